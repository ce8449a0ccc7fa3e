"""Documents that payments are for: found by their numbers, with what is open of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from core.api import Ctx, get_row
from core.db import among
from core.money import currency_decimals, round_half_up
from core.values import ZERO
from plugins.catalog.api import Partner
from plugins.invoicing.models import PaymentPart
from plugins.invoicing.services import settled
from plugins.invoicing.services.sides import PURCHASES, SALES, SIDES, Side
from plugins.invoicing.words import PARTNER
from plugins.orders.api import CustomerOrder, OrderLine
from plugins.purchasing.api import PurchaseOrder

PAYABLE = ("confirmed", "issued")
"""States in which orders are paid in advance."""


@dataclass(frozen=True)
class Target:
    """A document that may be paid. ``kind`` is the attribute of a payment's part that names it.

    open        may still be paid; ``refundable``: was paid too much, or in advance; ``kept``: paid so far by payments
    """

    kind: str
    side: Side
    id: int
    number: str
    partner_id: int
    currency: str
    live: bool
    due: date | None = None
    open: Decimal = ZERO
    refundable: Decimal = ZERO
    kept: Decimal = ZERO


def called(ctx: Ctx, numbers: Iterable[str]) -> dict[str, Target]:
    """Documents by their numbers, in small letters; four queries."""
    wanted = sorted({number.strip().casefold() for number in numbers if number.strip()})
    found: dict[str, Target] = {}
    if not wanted:
        return found
    for side in SIDES:
        for kind, model in ((side.part, side.document), (side.prepaid, side.order)):
            for row in ctx.session.scalars(select(model).where(func.lower(model.number).in_(wanted))):
                found.setdefault(row.number.casefold(), _target(kind, side, row))
    return found


def _target(kind: str, side: Side, row: Any) -> Target:
    if kind == side.part:
        live = row.state == "issued" and row.kind != side.against
        return Target(kind, side, row.id, row.number, row.partner_id, row.currency, live, row.due_date)
    partner = row.customer_id if side is SALES else row.supplier_id
    return Target(kind, side, row.id, row.number, partner, row.currency, row.state in PAYABLE)


def open_amounts(ctx: Ctx, parts: Sequence[PaymentPart]) -> dict[int, Target]:
    """By part, its document and what is open of it without regard to the part itself. A fixed number of queries."""
    found: dict[tuple[str, int], Target] = {}
    for side in SIDES:
        ids = {i for p in parts if (i := getattr(p, f"{side.part}_id")) is not None}
        stands = settled.of_documents(ctx, side, ids)
        for row in ctx.session.scalars(select(side.document).where(among(side.document.id, list(ids)))):
            stand = stands[row.id]
            found[side.part, row.id] = replace(
                _target(side.part, side, row), open=stand.open, refundable=-stand.open, kept=stand.paid
            )
        ids = {i for p in parts if (i := getattr(p, f"{side.prepaid}_id")) is not None}
        money = settled.of_orders(ctx, side, sorted(ids))
        worth = order_totals(ctx, side, sorted(ids))
        for order in ctx.session.scalars(select(side.order).where(among(side.order.id, list(ids)))):
            mine = money[order.id]
            found[side.prepaid, order.id] = replace(
                _target(side.prepaid, side, order),
                open=max(worth[order.id], mine.invoiced) - mine.paid,
                refundable=mine.advance,
                kept=mine.before,
            )
    return {part.id: found[_names(part)] for part in parts}


def _names(part: PaymentPart) -> tuple[str, int]:
    for kind in ("invoice", "bill", "order", "purchase"):
        if (row_id := getattr(part, f"{kind}_id")) is not None:
            return kind, row_id
    raise ValueError(f"part {part.id} names no document")


def order_totals(ctx: Ctx, side: Side, order_ids: Sequence[int]) -> dict[int, Decimal]:
    """What orders are worth with the tax that stands on them. A fixed number of queries."""
    if side is PURCHASES:
        rows = ctx.session.execute(
            select(PurchaseOrder.id, PurchaseOrder.total).where(among(PurchaseOrder.id, order_ids))
        )
        return dict(rows.all())
    heads = {
        order_id: (currency, pct)
        for order_id, currency, pct in ctx.session.execute(
            select(CustomerOrder.id, CustomerOrder.currency, CustomerOrder.tax_pct).where(
                among(CustomerOrder.id, order_ids)
            )
        )
    }
    sums = dict.fromkeys(heads, ZERO)
    for order_id, qty, price in ctx.session.execute(
        select(OrderLine.order_id, OrderLine.qty, OrderLine.price).where(among(OrderLine.order_id, order_ids))
    ):
        if price is not None:
            sums[order_id] += round_half_up(qty * price, currency_decimals(ctx, heads[order_id][0]))
    return {
        order_id: sums[order_id] + round_half_up(sums[order_id] * pct / 100, currency_decimals(ctx, currency))
        for order_id, (currency, pct) in heads.items()
    }


def debts(ctx: Ctx, side: Side, partner_id: int) -> list[Target]:
    """What is open of a partner's issued documents, the oldest due day first. A fixed number of queries."""
    head = side.document
    rows = ctx.session.scalars(
        select(head).where(head.partner_id == partner_id, head.state == "issued", head.kind != side.against)
    ).all()
    stands = settled.of_documents(ctx, side, [row.id for row in rows])
    found = [replace(_target(side.part, side, row), open=stands[row.id].open) for row in rows]
    return sorted((t for t in found if t.open > 0), key=lambda t: (t.due or date.max, t.id))


def partner_called(ctx: Ctx, partner_id: int) -> Partner:
    """The partner with this id; NotFound for one that is not there for this person."""
    found: Partner = get_row(ctx, ctx.registry.get(PARTNER), partner_id)
    return found


def left_of(ctx: Ctx, target: Target) -> Decimal:
    """What is open of an issued document; 0 of an order."""
    if target.kind == target.side.part:
        return settled.of_documents(ctx, target.side, [target.id])[target.id].open
    return ZERO
