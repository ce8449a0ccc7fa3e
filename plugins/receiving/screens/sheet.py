"""收料: the sheet with everything open of all suppliers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask import render_template, request
from sqlalchemy import select

from core.api import Ctx, Declare, Problem, Refused, T, find_rows, list_choices, run_action
from core.values import Unreadable, fold, parse_date, parse_decimal
from core.web.api import Page, by_input, ctx, route, submit_once, undo
from plugins.catalog.models import Partner
from plugins.purchasing.services.quantities import ZERO
from plugins.receiving.models import Receipt
from plugins.receiving.services import receiving, sheet, tolerance
from plugins.receiving.services.rolls import parse_rolls
from plugins.receiving.words import REASONS, RECEIPT, STORE
from plugins.stock.models import Store

WITH_UNIT = re.compile(r"([^A-Za-z]*\d) ?([A-Za-z]{1,10})")
INPUT = re.compile(r"^lines-(\d{1,12})-(\w+)$")


def register(registry: Declare) -> None:
    """The sheet."""
    registry.view(ReceivingPage())


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
    except Unreadable as error:
        problems.append(Problem(str(error), f"{prefix}{name}"))
        return None


def with_unit(text: str) -> tuple[str, str]:
    """A quantity as typed with or without its unit: ``350 kg`` → ("350", "kg")."""
    found = WITH_UNIT.fullmatch(fold(text))
    return (found[1], found[2].lower()) if found else (text, "")


def _stores(context: Ctx) -> list[Store]:
    return list(
        context.session.scalars(
            select(Store).where(Store.active).order_by(Store.is_default.desc(), Store.code)
        )
    )


def read_sheet(
    typed: Mapping[int, Mapping[str, str]], units: Mapping[int, str] | None = None
) -> list[receiving.Received]:
    """The lines of a delivery as typed, ``units`` being what they count in. Refused with every text that is not a number."""
    problems: list[Problem] = []
    found = []
    for line_id, values in typed.items():
        if not values.get("received") and not values.get("rolls"):
            continue
        prefix = f"lines-{line_id}-"
        received, uom = with_unit(values.get("received", ""))
        values = {**values, "received": received}
        try:
            rolls = parse_rolls(
                values.get("rolls", ""),
                f"{prefix}rolls",
                uom or (units or {}).get(line_id, ""),
                bool(values.get("leave_out")),
            )
        except Refused as refused:
            problems += refused.problems
            rolls = []
        found.append(
            receiving.Received(
                line_id, number(values, "received", prefix, problems), number(values, "rejected", prefix, problems) or ZERO,
                number(values, "stock_qty", prefix, problems), uom=uom, free=bool(values.get("free")),
                reject_reason=values.get("reject_reason", ""), over_reason=values.get("over_reason", ""),
                deviation_ok=bool(values.get("deviation_ok")), note=values.get("note", "")[:400], rolls=rolls, name=prefix,
            )
        )  # fmt: skip
    if problems:
        raise Refused(problems)
    return found


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
        if request.method == "GET":
            return self._sheet({}, {})
        context, form = ctx(), request.form
        typed = typed_lines(form)

        def work() -> str:
            made = self._receive(context, typed)
            return f"/receiving/receipt/{made[0].id}" if len(made) == 1 else "/receiving/receipt/"

        try:
            return submit_once(work)
        except Refused as refused:
            undo()
            return self._sheet(typed, by_input(refused.problems)), 422

    def _receive(self, context: Ctx, typed: Mapping[int, Mapping[str, str]]) -> list[Receipt]:
        form = request.form
        code = form.get("store", "").strip()
        store = find_rows(context, context.registry.get(STORE), [code]).get(code.upper())
        if store is None:
            raise Refused(T("Choose a store."), "store")
        try:
            day = parse_date(form["received_on"]) if form.get("received_on") else context.today()
        except Unreadable as error:
            raise Refused(str(error), "received_on") from error
        given = read_sheet(typed, sheet.units(context, list(typed)))
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
            "only_overdue": bool(args.get("overdue")), "only_soon": bool(args.get("due")),
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
            "receiving/sheet.html", view=self, lines=found, more=more, asked=asked, typed=typed, errors=errors,
            suppliers=sheet.suppliers(context), reasons=list_choices(REASONS)(context),
            stores=_stores(context),
            may_exceed=context.can(tolerance.OVER),
            head={
                "store": header.get("store", ""), "received_on": header.get("received_on", context.today().isoformat()),
                "delivery_note": header.get("delivery_note", ""), "notes": header.get("notes", ""),
                "inspect": bool(header.get("inspect")) if header else bool(context.setting("receiving.inspection", False)),
            },
        )  # fmt: skip
