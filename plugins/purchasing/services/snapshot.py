"""What a purchase order says now, as it is kept when it is issued or revised."""

from __future__ import annotations

from collections.abc import Sequence

from core.api import Ctx
from core.money import currency_decimals, round_half_up
from core.values import ZERO
from kit.papers import Named
from kit.printing.glyphs import check_glyphs
from plugins.purchasing.models import LineSnapshot, OrderSnapshot, PurchaseLine, PurchaseOrder


def keep_snapshot(ctx: Ctx, order: PurchaseOrder, found: Sequence[PurchaseLine]) -> None:
    """What the order says now is what was issued. Refused where it cannot be printed."""
    said = build_snapshot(ctx, order, found)
    check_glyphs(ctx, said)
    order.snapshot = said


def build_snapshot(ctx: Ctx, order: PurchaseOrder, found: Sequence[PurchaseLine]) -> OrderSnapshot:
    """An order as it stands; ``found`` are its lines with all they refer to."""
    decimals = currency_decimals(ctx, order.currency)
    subtotal = sum((line.amount for line in found), ZERO)
    tax = round_half_up(subtotal * order.tax_pct / 100, decimals)
    terms = order.terms
    return OrderSnapshot(
        number=order.number, revision=order.revision, issue_date=order.issue_date, order_date=order.order_date,
        required_date=order.required_date, currency=order.currency, decimals=decimals, tax_pct=order.tax_pct,
        incoterm=order.incoterm, delivery_place=order.delivery_place, note_codes=tuple(order.note_codes or ()),
        notes=order.notes, made_for=order.made_for, supplier=order.supplier.party(),
        terms=Named(code=terms.code, name=terms.name, names=terms.names) if terms else None,
        lines=tuple(_line(line) for line in found), subtotal=subtotal, tax=tax, total=subtotal + tax,
    )  # fmt: skip


def _line(line: PurchaseLine) -> LineSnapshot:
    article, color = line.article, line.color
    material = line.material
    return LineSnapshot(
        line_id=line.id, position=line.position, material=article.code, name=article.name, names=article.names,
        composition=material.composition if material else "", gsm=material.gsm if material else None,
        width_in=material.width_in if material else None, color=color.code if color else "",
        color_name=color.name if color else "", color_names=color.names if color else None,
        size=line.size.code if line.size else "", destination=line.destination.code if line.destination else "",
        qty=line.qty, uom=line.uom, price=line.price, amount=line.amount,
        styles=tuple(sorted(s.style.code for s in line.styles)), required_date=line.required_date,
        availability=line.availability, note=line.note,
    )  # fmt: skip
