"""What goods are sold for by the mark-up of the business context: the vendor's price in the currency of the order, and so much
on it. A proposal: people type what is charged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from core.api import Ctx, Refused, run_action
from core.money import currency_decimals, rate_to_base, round_half_up
from plugins.catalog.api import Style
from plugins.fulfilment.models import Context
from plugins.fulfilment.services import split, vendors
from plugins.fulfilment.services.vendors import Choice
from plugins.fulfilment.words import CUSTOMER_ORDER
from plugins.orders.api import CustomerOrder


@dataclass
class StylePrice:
    """A style of an order: who would be asked first, what it should be sold for (None: no price, or no exchange rate), and
    for what its lines (numbers) are sold."""

    style: Style
    first: Choice | None
    proposed: Decimal | None
    qty: int = 0
    lines: list[int] = field(default_factory=list)
    now: set[Decimal | None] = field(default_factory=set)

    @property
    def below(self) -> bool:
        """Sold for less than the context wants."""
        return self.proposed is not None and any(
            price is not None and price < self.proposed for price in self.now
        )


def rule(ctx: Ctx, order: CustomerOrder) -> Context | None:
    """The context whose mark-up holds for an order; None where there is none."""
    context = split.business_context(ctx, order.id)
    return context if context is not None and context.markup_pct > 0 else None


def by_style(ctx: Ctx, order: CustomerOrder) -> list[StylePrice]:
    """Styles of an order in the order of its lines, those that were taken back left out. A fixed number of queries."""
    context = rule(ctx, order)
    lines = [line for line in order.lines if line.qty]
    pieces: dict[int, int] = defaultdict(int)
    for line in lines:
        pieces[line.order_style.style_id] += line.qty
    if context is None or not lines:
        return []
    offers = vendors.offers(ctx, pieces, ctx.today())
    found: dict[int, StylePrice] = {}
    for line in lines:
        style = line.order_style.style
        if style.id not in found:
            first = offers[style.id].first
            found[style.id] = StylePrice(
                style, first, _marked_up(ctx, order, first, context.markup_pct), pieces[style.id]
            )
        found[style.id].lines.append(line.position + 1)
        found[style.id].now.add(line.price)
    return list(found.values())


def _marked_up(ctx: Ctx, order: CustomerOrder, first: Choice | None, pct: Decimal) -> Decimal | None:
    if first is None:
        return None
    try:
        rate = Decimal(1) if first.currency == order.currency else (
            rate_to_base(ctx, first.currency, ctx.today()) / rate_to_base(ctx, order.currency, ctx.today())
        )  # fmt: skip
    except Refused:
        return None
    return round_half_up(first.price * rate * (100 + pct) / 100, currency_decimals(ctx, order.currency))


def charge(ctx: Ctx, order: CustomerOrder, typed: Mapping[int, Decimal], reason: str) -> int:
    """Let these be the prices of styles (id → price): all their lines; how many lines changed."""
    rows = [
        {"line": number, "price": typed[each.style.id]}
        for each in by_style(ctx, order)
        if each.style.id in typed and each.now != {typed[each.style.id]}
        for number in each.lines
    ]
    if rows:
        run_action(ctx, ctx.registry.get(CUSTOMER_ORDER), order, "lines", {"lines": rows, "reason": reason})
    return len(rows)
