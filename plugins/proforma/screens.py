"""Pages of proforma invoices: the dialog on a purchase order, the document, its PDF."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import abort, flash, render_template, request

from core.api import Ctx, Declare, Problem, Refused, T, get_row
from core.values import Unreadable, parse_decimal
from core.web.api import EntityView, Page, by_input, ctx, route, submit_once, undo
from plugins.proforma.entities import order_badge
from plugins.proforma.services import convert
from plugins.proforma.services.convert import Wanted
from plugins.proforma.words import HEADER, PURCHASE_ORDER

CREATE = convert.RIGHT
TYPED = re.compile(r"^qty-(\d{1,12})$")


def register(registry: Declare) -> None:
    """Use these pages."""
    registry.screen(convert.ENTITY, InvoiceView)
    registry.view(ConvertPage(name="PO to PI", endpoint="proforma_convert", url="/purchasing"))


class ConvertPage(Page):
    """The dialog that makes a proforma invoice, below the purchase order's address."""

    plugin = "proforma"
    menu_place = None
    right = CREATE
    label = T("Make PI")

    @route("/", right=CREATE)
    def index(self) -> Any:
        """There is nothing here: the dialog belongs to an order."""
        abort(404)

    @route("/order/<int:po_id>/proforma", right=CREATE, methods=("GET", "POST"))
    def convert(self, po_id: int) -> Any:
        """Terms, and the order's lines with quantities that may be changed."""
        context = ctx()
        entity = context.registry.get(PURCHASE_ORDER)
        context.require("purchasing.order.view")
        order = get_row(context, entity, po_id)
        if request.method == "GET":
            return self._page(context, order, {})

        def work() -> str:
            header, wanted = self._typed(context)
            row = convert.create(context, order, header, wanted)
            for text in convert.over(row.lines):
                flash(str(text))
            flash(str(T("Made: {what} {number}", what=T("Proforma invoice"), number=row.number)))
            return f"/proforma/invoice/{row.id}"

        try:
            return submit_once(work)
        except Refused as refused:
            undo()
            order = get_row(context, entity, po_id)
            return self._page(context, order, by_input(refused.problems)), 422

    def _page(self, context: Ctx, order: Any, errors: dict[str, list[str]]) -> str:
        lines = convert.sources(order)
        again = request.method == "POST"
        form = self.filled(context, HEADER, _defaults(context, order), again)
        known = {f.name for f in HEADER} | {f"qty-{line.line_id}" for line in lines}
        for name in set(errors) - known - {""}:
            errors.setdefault("", []).extend(errors.pop(name))
        return render_template(
            "proforma/convert.html", view=self, order=order, lines=lines, fields=HEADER, form=form, errors=errors,
            typed=lambda name, value: request.form.get(name, value) if again else value, plain=convert.plain,
            newest=next(iter(convert.of_order(context, order.id)), None),
        )  # fmt: skip

    def _typed(self, context: Ctx) -> tuple[dict[str, Any], dict[int, Wanted]]:
        """The posted form, checked field by field; Refused with every problem."""
        problems: list[Problem] = []
        header: dict[str, Any] = {}
        try:
            header = self.posted(context, HEADER)
        except Refused as refused:
            problems += refused.problems
        wanted: dict[int, Wanted] = {}
        for name, raw in request.form.items():
            match = TYPED.match(name)
            if match is None:
                continue
            try:
                qty = parse_decimal(raw, 6) if raw.strip() else convert.ZERO
            except Unreadable as error:
                problems.append(Problem(str(error), name))
                continue
            wanted[int(match[1])] = Wanted(qty, *_notes(request.form, match[1]))
        if problems:
            raise Refused(problems)
        return header, wanted


def _defaults(context: Ctx, order: Any) -> dict[str, Any]:
    """What the order and its supplier say already."""
    said = convert.check(order)
    values = {f.name: f.initial(context) for f in HEADER}
    return {
        **values, "incoterm": " ".join(part for part in (said.incoterm, said.delivery_place) if part)[:120],
        "ship_date": order.required_date if order.required_date and order.required_date >= context.today() else None,
        "bank": said.supplier.bank,
    }  # fmt: skip


def _notes(form: Mapping[str, str], line_id: str) -> tuple[str, str]:
    return form.get(f"hs-{line_id}", "").strip()[:20], form.get(f"note-{line_id}", "").strip()[:400]


class InvoiceView(EntityView):
    """Proforma invoices."""

    document_template = "proforma/invoice.html"

    def document_values(self, context: Ctx, row: Any) -> dict[str, Any]:
        """How the order went on."""
        return {
            "order_badge": order_badge(row),
            "may_make": context.can(CREATE) and row.order.state == "issued",
        }  # fmt: skip
