"""收料: the sheet with everything open of all suppliers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template, request
from sqlalchemy import select

from core.api import Ctx, Declare, Field, Problem, Refused, T, pick, run_action
from core.web.api import Page, ctx, route, submit_once, undo
from kit.lines import TableForm
from plugins.catalog.api import Partner
from plugins.receiving.models import Receipt
from plugins.receiving.screens.delivered import DELIVERED
from plugins.receiving.services import line_payload, receiving, sheet
from plugins.receiving.words import RECEIPT
from plugins.stock.api import Store

HEAD = (
    Field("received_on", T("Received on"), "date", fact=True, default=lambda ctx: ctx.today()),
    Field("delivery_note", T("Delivery note"), max_length=80),
    Field("store", T("Store"), "choice", required=True, choices=lambda ctx: _stores(ctx)),
    Field(
        "inspect",
        T("Inspection before use"),
        "bool",
        default=lambda ctx: bool(ctx.setting("receiving.inspection", False)),
    ),
)


def register(registry: Declare) -> None:
    """The sheet."""
    registry.view(ReceivingPage())


def _stores(context: Ctx) -> list[tuple[str, str]]:
    found = select(Store).where(Store.active).order_by(Store.is_default.desc(), Store.code)
    return [
        (store.code, f"{store.code} {pick(store.names, store.name)}")
        for store in context.session.scalars(found)
    ]


class ReceivingPage(Page):
    """One sheet for all suppliers: open lines with their balance, what came is typed beside them."""

    plugin = "receiving"
    prefix = RECEIPT
    right = f"{RECEIPT}.create"
    label = T("Receiving")

    def __init__(self) -> None:
        super().__init__(name=self.label, endpoint="receiving_sheet", url="/receiving/sheet")

    @route("/", right="create", methods=("GET", "POST"))
    def index(self) -> Any:
        """The sheet; posting it makes a receipt for each supplier, all of them or none."""
        context, asked = ctx(), _asked()
        form = TableForm(DELIVERED, context, asked, request.form if request.method == "POST" else None)
        if request.method == "GET":
            return self._sheet(form)
        everything = request.form.get("do") == "all"
        if everything or request.form.get("_all"):
            form.refuse(asked, (), set())
            form.take_all("received")
            if not everything:
                return self._sheet(form)

        def work() -> str:
            made = self._receive(context, form)
            return f"/receiving/receipt/{made[0].id}" if len(made) == 1 else "/receiving/receipt/"

        try:
            return submit_once(work)
        except Refused as refused:
            undo()
            form.refuse(asked, refused.problems, {spec.name for spec in HEAD})
            return self._sheet(form), 422

    def _receive(self, context: Ctx, form: TableForm) -> list[Receipt]:
        problems: list[Problem] = []
        head, rows = dict[str, Any](), list[dict[str, Any]]()
        try:
            head = self.posted(context, HEAD)
        except Refused as refused:
            problems += refused.problems
        try:
            rows = form.values(
                lambda read: line_payload.check_rows(context, [int(row.offer) for row in form.sent], read)
            )
        except Refused as refused:
            problems += refused.problems
        if problems:
            raise Refused(problems)
        if not rows:
            raise Refused(T("Type what was received beside a line."))
        given = line_payload.received([int(row.offer) for row in form.sent], rows)
        made: list[Receipt] = []
        for supplier_id, found in sorted(receiving.by_supplier(context, given).items()):
            try:
                made.append(self._receipt(context, supplier_id, found, head))
            except Refused as refused:  # every supplier's lines are looked at; then nothing is saved
                problems += refused.problems
        if problems:
            raise Refused(problems)
        return made

    def _receipt(
        self, context: Ctx, supplier_id: int, found: Sequence[receiving.Received], head: dict[str, Any]
    ) -> Receipt:
        form = request.form
        supplier = context.session.scalars(select(Partner).where(Partner.id == supplier_id)).one()
        store = context.session.scalars(select(Store).where(Store.code == head["store"])).one()
        receipt = receiving.draft(
            context, supplier, store, found, received_on=head["received_on"], delivery_note=head["delivery_note"],
            inspect=head["inspect"], key=f"{form['_key']}:{supplier_id}" if form.get("_key") else "",
        )  # fmt: skip
        if form.get("do") != "draft":
            try:
                run_action(context, context.registry.get(RECEIPT), receipt, "post")
            except Refused as refused:  # it counts the lines of this receipt
                raise Refused([_of_sheet(problem, found) for problem in refused.problems]) from refused
        return receipt

    def _sheet(self, form: TableForm) -> str:
        context, again = ctx(), request.method == "POST"
        start = {spec.name: spec.initial(context) for spec in HEAD}
        return render_template(
            "receiving/sheet.html", view=self, lines=form, asked=form.document, errors=form.errors, fields=HEAD,
            head=self.filled(context, HEAD, start, again), suppliers=sheet.suppliers(context),
            more=len(form.rows) > sheet.MOST,
        )  # fmt: skip


def _asked() -> dict[str, Any]:
    """Which lines the address asks for, as :func:`sheet.open_lines` takes them."""
    args = request.args
    return {
        "supplier": args.get("supplier", ""), "search": args.get("q", "")[:60], "material_class": args.get("class", ""),
        "everything": bool(args.get("all")), "only_overdue": bool(args.get("overdue")), "only_soon": bool(args.get("due")),
    }  # fmt: skip


def _of_sheet(problem: Problem, found: Sequence[receiving.Received]) -> Problem:
    """A problem of a receipt's third line at the line of the sheet that it came from."""
    table, _, rest = problem.field.partition(".")
    index, _, name = rest.partition(".")
    if table != "lines" or not index.isdigit():
        return problem
    return Problem(problem.message, found[int(index)].name + name, problem.params)
