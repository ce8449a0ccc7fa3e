"""收料: the sheet with everything open of all suppliers; pages of receipts and returns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask import render_template, request
from sqlalchemy import select
from wtforms.validators import ValidationError

from core.api import Ctx, Problem, Refused, Registry, T, crud, lists, parse_date, parse_decimal, run_action
from core.i18n import LOCALE_NAMES
from core.web.formdata import by_input
from core.web.page import Page, ctx, once, route, undo
from core.web.screen import EntityView
from plugins.catalog.models import Partner
from plugins.purchasing.models import Receipt, SupplierReturn
from plugins.purchasing.screens import send_pdf
from plugins.purchasing.services import figures, posting, receiving, returns, sheet
from plugins.purchasing.services.quantities import ZERO
from plugins.purchasing.words import REASONS, RETURN_KINDS, SOURCES
from plugins.warehouse.models import Store

INPUT = re.compile(r"^lines-(\d{1,12})-(\w+)$")
RECEIPT, RETURN = "purchasing.receipt", "purchasing.return"


def register(registry: Registry) -> None:
    """The sheet, and the screens of receipts and returns."""
    registry.view(ReceivingPage())
    registry.screen(RECEIPT, ReceiptView)
    registry.screen(RETURN, ReturnView)


def typed_lines(form: Mapping[str, str]) -> dict[int, dict[str, str]]:
    """What was typed for each line of a sheet: line id → input → text."""
    found: dict[int, dict[str, str]] = {}
    for name, value in form.items():
        match = INPUT.match(name)
        if match and value.strip():
            found.setdefault(int(match[1]), {})[match[2]] = value.strip()
    return found


def number(values: Mapping[str, str], name: str, prefix: str, problems: list[Problem]) -> Decimal | None:
    """A decimal that was typed, None where nothing was; what is wrong goes to its input."""
    raw = values.get(name, "")
    if not raw:
        return None
    try:
        return parse_decimal(raw, 6)
    except ValidationError as error:
        problems.append(Problem(str(error), f"{prefix}{name}"))
        return None


def _stores(context: Ctx) -> list[Store]:
    return list(
        context.session.scalars(
            select(Store).where(Store.active).order_by(Store.is_default.desc(), Store.code)
        )
    )


def read_sheet(typed: Mapping[int, Mapping[str, str]]) -> list[receiving.Received]:
    """The lines of a delivery as typed; Refused with every text that is not a number."""
    problems: list[Problem] = []
    found = []
    for line_id, values in typed.items():
        if not values.get("received") and not values.get("rolls"):
            continue
        prefix = f"lines-{line_id}-"
        try:
            rolls = sheet.parse_rolls(values.get("rolls", ""), f"{prefix}rolls")
        except Refused as refused:
            problems += refused.problems
            rolls = []
        found.append(
            receiving.Received(
                line_id, number(values, "received", prefix, problems), number(values, "rejected", prefix, problems) or ZERO,
                number(values, "stock_qty", prefix, problems), free=bool(values.get("free")),
                reject_reason=values.get("reject_reason", ""), over_reason=values.get("over_reason", ""),
                deviation_ok=bool(values.get("deviation_ok")), note=values.get("note", "")[:400], rolls=rolls, name=prefix,
            )
        )  # fmt: skip
    if problems:
        raise Refused(problems)
    return found


class ReceivingPage(Page):
    """One sheet for all suppliers: open lines with their balance, what came is typed beside them."""

    plugin = "purchasing"
    prefix = RECEIPT
    right = f"{RECEIPT}.create"
    label = T("Receiving")

    def __init__(self) -> None:
        super().__init__(name=self.label, endpoint="purchasing_receiving", url="/purchasing/receiving")

    @route("/", right="create", methods=("GET", "POST"))
    def index(self) -> Any:
        """The sheet; posting it makes a receipt for each supplier, all of them or none."""
        if request.method == "GET":
            return self._sheet({}, {})
        context, form = ctx(), request.form
        typed = typed_lines(form)

        def work() -> str:
            made = self._receive(context, typed)
            return f"/purchasing/receipt/{made[0].id}" if len(made) == 1 else "/purchasing/receipt/"

        try:
            return once(work)
        except Refused as refused:
            undo()
            return self._sheet(typed, by_input(refused.problems)), 422

    def _receive(self, context: Ctx, typed: Mapping[int, Mapping[str, str]]) -> list[Receipt]:
        form = request.form
        store = context.session.scalars(
            select(Store).where(Store.code == form.get("store", ""))
        ).one_or_none()
        if store is None:
            raise Refused(T("Choose a store."), "store")
        try:
            day = parse_date(form["received_on"]) if form.get("received_on") else context.today()
        except ValidationError as error:
            raise Refused(str(error), "received_on") from error
        given = read_sheet(typed)
        if not given:
            raise Refused(T("Type what was received beside a line."))
        made: list[Receipt] = []
        problems: list[Problem] = []
        for supplier_id, found in sorted(receiving.by_supplier(context, given).items()):
            supplier = context.session.scalars(select(Partner).where(Partner.id == supplier_id)).one()
            try:
                receipt = receiving.draft(
                    context, supplier, store, found, received_on=day, delivery_note=form.get("delivery_note", "")[:80],
                    inspect=bool(form.get("inspect")), notes=form.get("notes", "")[:2000],
                    key=f"{form['_key']}:{supplier_id}" if form.get("_key") else "",
                )  # fmt: skip
                if form.get("do") != "draft":
                    run_action(context, context.registry.get(RECEIPT), receipt, "post")
            except Refused as refused:
                problems += refused.problems  # every supplier's lines are looked at; then nothing is saved
            else:
                made.append(receipt)
        if problems:
            raise Refused(problems)
        return made

    def _sheet(self, typed: Mapping[int, Mapping[str, str]], errors: dict[str, list[str]]) -> str:
        context, args = ctx(), request.args
        asked: dict[str, Any] = {
            "supplier": args.get("supplier", ""), "search": args.get("q", "")[:60],
            "material_class": args.get("class", ""), "everything": bool(args.get("all")),
            "only_overdue": bool(args.get("overdue")),
        }  # fmt: skip
        found, more = sheet.open_lines(context, **asked)
        lost = set(typed) - {each.line.id for each in found}
        if lost:
            found = [*sheet.open_lines(context, line_ids=sorted(lost))[0], *found]
        names = {
            f"lines-{each.line.id}-{part}"
            for each in found
            for part in (
                "received",
                "rejected",
                "stock_qty",
                "rolls",
                "over_reason",
                "deviation_ok",
                "reject_reason",
            )
        }
        for name in set(errors) - names - {"", "store", "received_on"}:
            errors.setdefault("", []).extend(errors.pop(name))
        header = request.form
        return render_template(
            "purchasing/receiving.html", view=self, lines=found, more=more, asked=asked, typed=typed, errors=errors,
            suppliers=sheet.suppliers(context), reasons=lists.choices(REASONS)(context),
            stores=_stores(context),
            may_exceed=context.can(posting.OVER),
            head={
                "store": header.get("store", ""), "received_on": header.get("received_on", context.today().isoformat()),
                "delivery_note": header.get("delivery_note", ""), "notes": header.get("notes", ""),
                "inspect": bool(header.get("inspect")) if header else bool(context.setting("purchasing.inspection", False)),
            },
        )  # fmt: skip


class ReceiptView(EntityView):
    """Material receipts: the document, its slip, inspection, and what goes back."""

    document_template = "purchasing/receipt.html"

    def document_values(self, context: Ctx, row: Any) -> dict[str, Any]:
        """Languages of the slip."""
        return {"locale_names": LOCALE_NAMES, "may_exceed": context.can(posting.OVER)}

    @route("/<int:row_id>/pdf", right="view")
    def pdf(self, row_id: int) -> Any:
        """The receipt slip 收料單."""
        row = self.row(row_id)
        return send_pdf(ctx(), RECEIPT, row, draft=row.state != "posted")

    @route("/<int:row_id>/inspect", right="inspect", methods=("GET", "POST"))
    def inspect(self, row_id: int) -> Any:
        """Accept or reject what waits, line by line or roll by roll."""
        row = self.row(row_id)
        if request.method == "GET":
            return self._inspection(row, {}, {})
        typed = typed_lines(request.form)

        def work() -> str:
            context, problems = ctx(), list[Problem]()
            crud.check_version(context, self.entity, row, _whole(request.form.get("_version")))
            done = 0
            for line in posting.load_lines(context, row.id):
                values, prefix = typed.get(line.id, {}), f"lines-{line.id}-"
                good = number(values, "accepted", prefix, problems) or ZERO
                bad = number(values, "rejected", prefix, problems) or ZERO
                rolls = [int(r) for r in request.form.getlist(f"{prefix}roll") if r.isdigit()]
                if problems or not (good or bad or values.get("decided")):
                    continue
                try:
                    posting.inspect(context, row, line, accepted=good, rejected=bad, rejected_rolls=rolls,
                                    reason=values.get("reason", ""))  # fmt: skip
                except Refused as refused:
                    problems += [
                        Problem(p.message, f"{prefix}{p.field}" if p.field else "") for p in refused.problems
                    ]
                done += 1
            if not done and not problems:
                problems.append(Problem(T("Say what is accepted or rejected.")))
            if problems:
                raise Refused(problems)
            run_action(context, self.entity, row, "inspected")
            return self.url_for_row(row)

        try:
            return once(work)
        except Refused as refused:
            undo()
            return self._inspection(self.row(row_id), typed, by_input(refused.problems)), 422

    def _inspection(self, row: Receipt, typed: Any, errors: Any) -> str:
        found = [line for line in figures.receipt_figures(ctx(), row)["lines"] if line["pending"]]
        return self.page("purchasing/inspect.html", row=row, lines=found, typed=typed, errors=errors,
                         reasons=lists.choices(REASONS)(ctx()))  # fmt: skip

    @route("/<int:row_id>/return", right=f"{RETURN}.create", methods=("GET", "POST"))
    def give_back(self, row_id: int) -> Any:
        """What goes back to the supplier: quantity and reason per line."""
        row = self.row(row_id)
        if request.method == "GET":
            return self._giving_back(row, {}, {})

        def work() -> str:
            made = self._return(row)
            return f"/purchasing/return/{made.id}"

        try:
            return once(work)
        except Refused as refused:
            undo()
            return self._giving_back(self.row(row_id), request.form, by_input(refused.problems)), 422

    def _return(self, row: Receipt) -> SupplierReturn:
        context, form = ctx(), request.form
        problems: list[Problem] = []
        given = []
        for index in range(_whole(form.get("rows")) or 0):
            prefix = f"back-{index}-"
            values = {
                name: form.get(prefix + name, "").strip() for name in ("qty", "reason", "note", "stock_qty")
            }
            qty = number(values, "qty", prefix, problems)
            if qty is None:
                continue
            given.append(
                returns.GoingBack(
                    _whole(form.get(f"{prefix}line")) or 0, qty, values["reason"], form.get(f"{prefix}source", "stock"),
                    form.get(f"{prefix}lot", ""), number(values, "stock_qty", prefix, problems), values["note"][:400],
                    prefix,
                )
            )  # fmt: skip
        if problems:
            raise Refused(problems)
        try:
            day = parse_date(form["returned_on"]) if form.get("returned_on") else None
        except ValidationError as error:
            raise Refused(str(error), "returned_on") from error
        made = returns.draft(context, row, given, kind=form.get("kind", "replacement"), returned_on=day,
                             notes=form.get("notes", "")[:2000])  # fmt: skip
        run_action(context, context.registry.get(RETURN), made, "post")
        return made

    def _giving_back(self, row: Receipt, typed: Any, errors: Any) -> str:
        found = [
            {**there, "line": line}
            for line in figures.receipt_figures(ctx(), row)["lines"]
            for there in line["returnable"]
        ]
        return self.page(
            "purchasing/give_back.html", row=row, rows=found, typed=typed, errors=errors,
            reasons=lists.choices(REASONS)(ctx()), kinds=RETURN_KINDS, sources=dict(SOURCES),
        )  # fmt: skip


class ReturnView(EntityView):
    """Returns to suppliers."""

    document_template = "purchasing/return.html"

    def document_values(self, context: Ctx, row: Any) -> dict[str, Any]:
        """Words of its lines."""
        return {"sources": dict(SOURCES), "locale_names": LOCALE_NAMES}

    @route("/<int:row_id>/pdf", right="view")
    def pdf(self, row_id: int) -> Any:
        """The return slip 進貨退出單."""
        row = self.row(row_id)
        return send_pdf(ctx(), RETURN, row, draft=row.state != "posted")


def _whole(raw: str | None) -> int | None:
    return int(raw) if raw and raw.isdigit() else None
