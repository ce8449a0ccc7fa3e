"""What arrived for demands, and its history day by day, which ends at what is there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from core.api import Ctx
from core.db import among
from plugins.catalog.services import Key, size_codes
from plugins.purchasing.models import PurchaseLine, PurchaseOrder
from plugins.purchasing.services import positions
from plugins.purchasing.services.quantities import ZERO
from plugins.receiving.models import Inspection, Receipt, ReceiptLine, ReturnLine, SupplierReturn
from plugins.stock.hookspecs import Arrival
from plugins.stock.services import claims

SUPPLY = "purchasing.order"
Step = tuple[int, date, Decimal, Decimal]
"""Purchase line, day, and how much more is kept from then on: purchase units, stock units."""


@dataclass(frozen=True)
class Planned:
    """A purchase line, the demands that claim of it, and its group."""

    id: int
    plan: claims.Plan
    key: Key


def planned(ctx: Ctx, demand_ids: Iterable[int]) -> list[Planned]:
    """Lines of purchase orders that these demands claim of; not those of cancelled ones. Three queries."""
    line, po = PurchaseLine, PurchaseOrder
    rows = ctx.session.execute(
        select(line.id, line.qty, line.material_id, line.color_id, line.size_id, line.destination_id)
        .join(po, (po.id == line.order_id) & (po.tenant_id == line.tenant_id))
        .where(po.state != "cancelled", line.id.in_(claims.lines_of(SUPPLY, demand_ids)))
    ).all()
    claimed = claims.of_lines(ctx, SUPPLY, [row.id for row in rows]) if rows else {}
    sizes = size_codes(ctx, {row.size_id for row in rows if row.size_id})
    return [
        Planned(
            id, claims.Plan(qty, claimed.get(id, ())), Key(material, color, sizes.get(size or 0), destination)
        )
        for id, qty, material, color, size, destination in rows
    ]


def arrived(ctx: Ctx, demand_ids: Iterable[int]) -> dict[tuple[int, Key], Decimal]:
    """Accepted stock units for demands by group, less what went back for replacement or credit: what the material gate
    counts. What waits for inspection and what was rejected does not count."""
    wanted = set(demand_ids)
    found = planned(ctx, wanted)
    came = positions.of_lines(ctx, [each.id for each in found])
    total: dict[tuple[int, Key], Decimal] = defaultdict(lambda: ZERO)
    for each in found:
        here = came.get(each.id, positions.NOTHING)
        for demand_id, qty in each.plan.arrived(here.kept, here.stock_kept).items():
            if qty and demand_id in wanted:
                total[demand_id, each.key] += qty
    return dict(total)


def by_day(ctx: Ctx, demand_ids: Iterable[int]) -> list[Arrival]:
    """Accepted for these demands by day and group, less what went back; oldest first.

    What a line's shares were on a day follows from what was there by then, divided as it is today. A fixed number of
    queries however many lines.
    """
    wanted = set(demand_ids)
    found = planned(ctx, wanted)
    steps: dict[int, dict[date, tuple[Decimal, Decimal]]] = defaultdict(dict)
    lines = [each.id for each in found]
    for line_id, day, qty, stock in (*_received(ctx, lines), *_returned(ctx, lines)):
        before = steps[line_id].get(day, (ZERO, ZERO))
        steps[line_id][day] = (before[0] + qty, before[1] + stock)
    total: dict[tuple[date, int, Key], Decimal] = defaultdict(lambda: ZERO)
    for each in found:
        kept = stock_kept = ZERO
        there: dict[int, Decimal] = {}
        for day, (qty, stock) in sorted(steps[each.id].items()):
            kept, stock_kept = kept + qty, stock_kept + stock
            now = each.plan.arrived(kept, stock_kept)
            for demand_id in wanted & set(now):
                total[day, demand_id, each.key] += now[demand_id] - there.get(demand_id, ZERO)
            there = now
    return [
        Arrival(demand_id, key, day, qty)
        for (day, demand_id, key), qty in sorted(total.items(), key=lambda entry: entry[0][:2])
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
