"""The history of what arrived for factory orders, day by day: it ends at what :mod:`allocation` says is there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import select

from core.api import Ctx, among
from plugins.catalog.services import Key
from plugins.purchasing.services import allocation, demanded
from plugins.purchasing.services.quantities import ZERO
from plugins.receiving.models import Inspection, Receipt, ReceiptLine, ReturnLine, SupplierReturn
from plugins.stock.hookspecs import Arrival


class Came(NamedTuple):
    """Accepted for a factory order on a day, in stock units; below zero: it went back."""

    order_id: int
    key: Key
    day: date
    qty: Decimal


Step = tuple[int, date, Decimal, Decimal]
"""Purchase line, day, and how much more is kept from then on: purchase units, stock units."""


def arrived(ctx: Ctx, demand_ids: Sequence[int]) -> dict[tuple[int, Key], Decimal]:
    """Accepted stock units for demands by group: what the material gate counts."""
    ids = demanded.orders(ctx, demand_ids)
    return {(ids[order], key): qty for (order, key), qty in allocation.arrived(ctx, ids).items()}


def by_day(ctx: Ctx, demand_ids: Sequence[int]) -> list[Arrival]:
    """The history of :func:`arrived`."""
    ids = demanded.orders(ctx, demand_ids)
    return [Arrival(ids[order], key, day, qty) for order, key, day, qty in history(ctx, ids)]


def history(ctx: Ctx, order_ids: Iterable[int]) -> list[Came]:
    """Accepted for these factory orders by day and group, less what went back; oldest first.

    What a line's shares were on a day follows from what was there by then, divided as it is today. Eight queries however
    many lines.
    """
    wanted = set(order_ids)
    found = allocation.planned(ctx, wanted)
    steps: dict[int, dict[date, tuple[Decimal, Decimal]]] = defaultdict(dict)
    lines = [each.line.id for each in found]
    for line_id, day, qty, stock in (*_received(ctx, lines), *_returned(ctx, lines)):
        before = steps[line_id].get(day, (ZERO, ZERO))
        steps[line_id][day] = (before[0] + qty, before[1] + stock)
    total: dict[tuple[date, int, Key], Decimal] = defaultdict(lambda: ZERO)
    for each in found:
        kept = stock_kept = ZERO
        there: dict[int, Decimal] = {}
        for day, (qty, stock) in sorted(steps[each.line.id].items()):
            kept, stock_kept = kept + qty, stock_kept + stock
            now = each.arrived(kept, stock_kept)
            for order_id in wanted & set(now):
                total[day, order_id, each.key] += now[order_id] - there.get(order_id, ZERO)
            there = now
    return [
        Came(order_id, key, day, qty)
        for (day, order_id, key), qty in sorted(total.items(), key=lambda entry: entry[0][:2])
        if qty
    ]


def _received(ctx: Ctx, line_ids: Sequence[int]) -> Iterator[Step]:
    """What posted receipts brought: at once, or when it was inspected."""
    decided: dict[int, list[tuple[date, Decimal, Decimal]]] = defaultdict(list)
    for receipt_line, day, qty, stock in ctx.session.execute(
        select(
            Inspection.receipt_line_id, Inspection.decided_on, Inspection.accepted, Inspection.stock_accepted
        )
        .join(
            ReceiptLine,
            (ReceiptLine.id == Inspection.receipt_line_id) & (ReceiptLine.tenant_id == Inspection.tenant_id),
        )
        .where(among(ReceiptLine.line_id, line_ids))
    ):
        decided[receipt_line].append((day, qty, stock))
    for receipt_line, line_id, received_on, accepted, stock_accepted in ctx.session.execute(
        select(
            ReceiptLine.id, ReceiptLine.line_id, Receipt.received_on, ReceiptLine.accepted, ReceiptLine.stock_accepted
        )
        .join(Receipt, (Receipt.id == ReceiptLine.receipt_id) & (Receipt.tenant_id == ReceiptLine.tenant_id))
        .where(among(ReceiptLine.line_id, line_ids), Receipt.state == "posted")
    ):  # fmt: skip
        at_once, at_once_stock = accepted, stock_accepted
        for day, qty, stock in decided.get(receipt_line, ()):
            yield line_id, day, qty, stock
            at_once, at_once_stock = at_once - qty, at_once_stock - stock
        yield line_id, received_on, at_once, at_once_stock


def _returned(ctx: Ctx, line_ids: Sequence[int]) -> Iterator[Step]:
    """What went back of it."""
    for line_id, day, qty, stock in ctx.session.execute(
        select(ReturnLine.line_id, SupplierReturn.returned_on, ReturnLine.qty, ReturnLine.stock_qty)
        .join(
            SupplierReturn,
            (SupplierReturn.id == ReturnLine.return_id) & (SupplierReturn.tenant_id == ReturnLine.tenant_id),
        )
        .where(
            among(ReturnLine.line_id, line_ids),
            ReturnLine.source == "stock",
            SupplierReturn.state == "posted",
        )
    ):
        yield line_id, day, -qty, -stock
