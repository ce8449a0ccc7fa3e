"""The lines of a customer order by who sends them: a tab for each vendor, one for factories, one for what nobody was asked for.

Together the tabs are the order, piece for piece and cent for cent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.api import Ctx
from core.db import among
from core.money import currency_decimals, line_amount, round_half_up
from core.values import ZERO
from plugins.catalog.api import Partner
from plugins.fulfilment.services import labels, needs
from plugins.fulfilment.services.allocations import Allotted, allocations
from plugins.fulfilment.services.needs import Need
from plugins.orders.api import CustomerOrder
from plugins.purchasing.api import PurchaseLine, PurchaseOrder

FACTORY, NOBODY = 0, -1
"""Tabs that are no vendor."""


@dataclass
class TabLine:
    """A line of the order as far as it is in a tab: pieces by size, their share of the line's amount (None: no price yet)."""

    need: Need
    pieces: dict[int, int] = field(default_factory=dict)
    amount: Decimal | None = None

    @property
    def qty(self) -> int:
        """Pieces of all sizes."""
        return sum(self.pieces.values())


@dataclass
class Tab:
    """What one vendor sends: ``purchases`` are its purchase orders, ``costs`` what it is paid for these pieces, by currency."""

    vendor_id: int
    vendor: Partner | None = None
    lines: list[TabLine] = field(default_factory=list)
    purchases: list[Any] = field(default_factory=list)
    costs: dict[str, Decimal] = field(default_factory=dict)

    @property
    def qty(self) -> int:
        """Pieces of the order."""
        return sum(line.qty for line in self.lines)

    @property
    def amount(self) -> Decimal:
        """Their value in the order's currency."""
        return sum((line.amount or ZERO for line in self.lines), ZERO)

    def sizes(self) -> list[int]:
        """Sizes in which it has pieces, as they stand in the order."""
        return list(dict.fromkeys(size for line in self.lines for size in line.pieces))


def of_order(ctx: Ctx, order: CustomerOrder) -> list[Tab]:
    """Vendors by code, then factories, then nobody; tabs without pieces are left out. A fixed number of queries."""
    rows = allocations(ctx, [order.id])
    parts = _parts(needs.of_orders(ctx, [order.id]), needs.by_cell(rows))
    tabs: dict[int, Tab] = {}
    for lines in parts.values():
        amounts = _amounts(ctx, order, lines)
        for (vendor_id, line), amount in zip(lines.items(), amounts, strict=True):
            line.amount = amount
            tabs.setdefault(vendor_id, Tab(vendor_id)).lines.append(line)
    vendors = {row.id: row for row in ctx.session.scalars(select(Partner).where(among(Partner.id, tabs)))}
    for vendor_id, tab in tabs.items():
        tab.vendor = vendors.get(vendor_id)
    _purchases(ctx, tabs, rows)
    named = sorted((tab for tab in tabs.values() if tab.vendor), key=lambda tab: labels.code(tab.vendor))
    return named + [tabs[each] for each in (FACTORY, NOBODY) if each in tabs]


def _parts(
    found: Iterable[Need], bought: Mapping[needs.Cell, Sequence[Allotted]]
) -> dict[int, dict[int, TabLine]]:
    """By line and tab. What is too much of a size is in no tab; the oldest come first."""
    parts: dict[int, dict[int, TabLine]] = defaultdict(dict)
    for need in found:
        left = need.ordered

        def give(tab: int, qty: int, need: Need = need) -> int:
            if qty > 0:
                line = parts[need.line_id].setdefault(tab, TabLine(need))
                line.pieces[need.size_id] = line.pieces.get(need.size_id, 0) + qty
            return max(0, qty)

        left -= give(FACTORY, min(left, need.made))
        for each in bought.get(need.cell, ()):
            left -= give(each.vendor_id, min(left, each.qty))
        give(NOBODY, left)
    return parts


def _amounts(ctx: Ctx, order: CustomerOrder, lines: Mapping[int, TabLine]) -> list[Decimal | None]:
    """A line's amount over its tabs by pieces, each rounded, the residue on the largest."""
    found = list(lines.values())
    price, whole = found[0].need.price, sum(line.qty for line in found)
    if price is None:
        return [None] * len(found)
    total, decimals = line_amount(ctx, whole, price, order.currency), currency_decimals(ctx, order.currency)
    parts = [round_half_up(total * line.qty / whole, decimals) for line in found]
    parts[max(range(len(found)), key=lambda i: found[i].qty)] += total - sum(parts, ZERO)
    return list(parts)


def _purchases(ctx: Ctx, tabs: Mapping[int, Tab], rows: Sequence[Allotted]) -> None:
    po, line = PurchaseOrder, PurchaseLine
    heads = {
        row.id: row
        for row in ctx.session.scalars(
            select(po).where(among(po.id, {each.purchase_order_id for each in rows}))
        )
    }
    prices = dict(
        ctx.session.execute(
            select(line.id, line.price).where(among(line.order_id, heads), line.style_id.is_not(None))
        ).all()
    )
    for each in rows:
        head, tab = heads[each.purchase_order_id], tabs.get(each.vendor_id)
        if tab is None:
            continue
        if head not in tab.purchases:
            tab.purchases.append(head)
        worth = line_amount(ctx, each.qty, prices.get(each.purchase_line_id) or ZERO, head.currency)
        tab.costs[head.currency] = tab.costs.get(head.currency, ZERO) + worth
