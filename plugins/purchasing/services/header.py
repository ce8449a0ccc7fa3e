"""The header of a purchase order: what may be entered, and what comes in by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import inspect

from core.api import Ctx, Problem, T, Text, list_choices, next_number
from core.money import base_currency
from core.values import ZERO
from kit.papers import stamp_created
from plugins.purchasing.models import PurchaseOrder
from plugins.purchasing.services import lines, purposes
from plugins.purchasing.words import GOODS, NOTES

SERIES = {"main": "po_main", "trim": "po_trim", "goods": "po_goods"}
PATTERNS = {"po_main": "PM-{YYYY}-{0000}", "po_trim": "PT-{YYYY}-{0000}", "po_goods": "PG-{YYYY}-{0000}"}


def check(
    ctx: Ctx, row: PurchaseOrder | None, data: Mapping[str, Any], children: Mapping[str, Any]
) -> list[Problem]:
    """The supplier is one and active; class and supplier keep what depends on them."""
    problems = []
    supplier = data.get("supplier") or (row.supplier if row is not None else None)
    if supplier is not None and not supplier.is_supplier:
        problems.append(Problem(T("{partner} is not a supplier.", partner=supplier.code), "supplier"))
    if supplier is not None and not supplier.active and (row is None or row.supplier_id != supplier.id):
        problems.append(Problem(T("{partner} is no longer active.", partner=supplier.code), "supplier"))
    if row is not None and data.get("material_class", row.material_class) != row.material_class:
        problems.append(
            Problem(
                T("The number {number} belongs to the other list. Make a new order.", number=row.number),
                "material_class",
            )
        )
    ordered, required = data.get("order_date"), data.get("required_date")
    if ordered is not None and required is not None and required < ordered:
        problems.append(Problem(T("Required before it is ordered."), "required_date"))
    made_for = (data.get("made_for") or "").strip()
    if made_for and data.get("material_class", row.material_class if row is not None else "") == GOODS:
        problems.append(Problem(T("Finished goods are bought for no factory order."), "made_for"))
    return problems + _purpose(ctx, row, made_for)


def _purpose(ctx: Ctx, row: PurchaseOrder | None, number: str) -> list[Problem]:
    """It is bought for a document that there is, and that needs something."""
    if not number or (row is not None and row.made_for.upper() == number.upper()):
        return []
    ref = purposes.called(ctx, [number]).get(number.upper())
    if ref is None:
        return [Problem(T("There is no factory order “{code}”.", code=number), "made_for")]
    return [Problem(text, "made_for") for text in purposes.problems(ctx, [ref]).values()]


def before_save(ctx: Ctx, row: PurchaseOrder, is_new: bool) -> None:
    """What was left empty comes from the supplier; the number from the series of the class."""
    supplier = row.supplier
    if is_new:
        stamp_created(ctx, row)
        row.terms = row.terms or supplier.terms
        row.terms_id = row.terms.id if row.terms is not None else None
        row.incoterm = row.incoterm or supplier.incoterm or ""
        row.revision, row.total = 0, ZERO
        row.number = next_number(ctx, SERIES[row.material_class])
    row.currency = row.currency or supplier.currency or base_currency(ctx)
    row.order_date = row.order_date or ctx.today()
    row.tax_pct = row.tax_pct if row.tax_pct is not None else ZERO
    row.note_codes = list(row.note_codes or ())
    row.made_for = (row.made_for or "").strip().upper()
    if not inspect(row).attrs.made_for.history.has_changes():
        return  # what it was made for stays so, whoever saves it
    ref = purposes.called(ctx, [row.made_for]).get(row.made_for) if row.made_for else None
    row.made_for_entity, row.made_for_id = (ref.entity, ref.id) if ref is not None else ("", 0)
    if is_new and ref is not None and row.required_date is None:
        wanted = ctx.hooks.purpose_wanted(purpose=ref, material_class=row.material_class)
        row.required_date = min(
            (day for day in wanted if day is not None and day >= row.order_date), default=None
        )


def after_save(ctx: Ctx, row: PurchaseOrder, is_new: bool) -> None:
    """Amounts follow currency and tax; a newly linked document takes the lines that were bought for nothing."""
    if is_new:
        return
    lines.reprice(ctx, row)
    found = lines.purchase_lines(ctx, row.id)
    taken = purposes.of_lines(ctx, [line.id for line in found])
    ref = row.purpose
    wanted = {line.id: {ref: line.qty} for line in found if not taken[line.id]} if ref is not None else {}
    purposes.write(ctx, row, wanted)


def note_choices(ctx: Ctx) -> Sequence[tuple[str, Text | str]]:
    """Notes of the administrator's list."""
    return list_choices(NOTES)(ctx)


def note_texts(ctx: Ctx, row: PurchaseOrder) -> list[str]:
    """The chosen notes in the reader's language, then the free text."""
    known = dict(note_choices(ctx))
    found = [str(known[code]) for code in row.note_codes or () if code in known]
    return [*found, row.notes] if row.notes else found
