"""Which vendor is asked for a style: the first by priority, then the cheapest; what people typed comes before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from core.api import Ctx, Refused
from core.db import among
from core.money import base_currency, rate_to_base
from core.values import ZERO
from plugins.catalog.api import GoodsPrice, Partner, best_price, goods_prices
from plugins.fulfilment.services.needs import Need
from plugins.fulfilment.services.sides import LIVE
from plugins.purchasing.api import PurchaseLine, PurchaseOrder


@dataclass(frozen=True)
class Choice:
    """From whom a style is bought, for how much a piece."""

    vendor: Partner
    price: Decimal
    currency: str
    lead_days: int = 0


@dataclass(frozen=True)
class Offers:
    """What may be chosen for a style, best first. ``without``: vendors (ids) that have no more of it, they are not proposed."""

    style_id: int
    qty: int
    choices: tuple[Choice, ...]
    without: frozenset[int] = frozenset()

    @property
    def first(self) -> Choice | None:
        """The proposal. None: nobody else has a price for so many pieces."""
        return next((each for each in self.choices if each.vendor.id not in self.without), None)


def offers(ctx: Ctx, pieces: Mapping[int, int], on: date) -> dict[int, Offers]:
    """For each style (id → pieces) what vendors offer on a day, best first: lowest priority number, lowest price in the
    currency of the books, code. Prices without an exchange rate come last. A query, and one for each currency."""
    listed = goods_prices(ctx, pieces, on)
    found: dict[int, list[GoodsPrice]] = {}
    for style, rows in listed.items():
        by_vendor: dict[tuple[int, str], list[GoodsPrice]] = defaultdict(list)
        for row in rows:
            by_vendor[row.vendor_id, row.currency].append(row)
        counts = (best_price(own, pieces[style], on) for own in by_vendor.values())
        found[style] = [row for row in counts if row is not None]
    worth = _rates(ctx, {row.currency for rows in found.values() for row in rows}, on)

    def rank(row: GoodsPrice) -> tuple[int, bool, Decimal, str]:
        rate = worth.get(row.currency)
        return (row.priority, rate is None, row.price * (rate or ZERO), row.vendor.code)

    return {
        style: Offers(
            style, qty,
            tuple(Choice(r.vendor, r.price, r.currency, r.lead_days) for r in sorted(found.get(style, ()), key=rank)),
        )
        for style, qty in pieces.items()
    }  # fmt: skip


def for_needs(ctx: Ctx, wanted: Iterable[Need]) -> dict[int, Offers]:
    """:func:`offers` of today for what nobody was asked for of these, by style in their order. A query more.

    Vendors that said on a purchase order which is not over that they never have one of these goods are not proposed.
    """
    pieces: dict[int, int] = defaultdict(int)
    goods = set()
    for need in wanted:
        pieces[need.style_id] += need.rest
        goods.add((need.style_id, need.color_id, need.size_id))
    if not pieces:
        return {}
    line, po = PurchaseLine, PurchaseOrder
    said = ctx.session.execute(
        select(line.style_id, line.color_id, line.size_id, po.supplier_id)
        .join(po, (po.id == line.order_id) & (po.tenant_id == line.tenant_id))
        .where(among(line.style_id, pieces), line.availability == "never", po.state.in_(LIVE))
        .distinct()
    )
    without: dict[int, set[int]] = defaultdict(set)
    for style, color, size, vendor in said:
        if style is not None and (style, color, size) in goods:
            without[style].add(vendor)
    return {
        style: replace(found, without=frozenset(without[style]))
        for style, found in offers(ctx, pieces, ctx.today()).items()
    }


def _rates(ctx: Ctx, currencies: Iterable[str], on: date) -> dict[str, Decimal]:
    """What a unit of each currency was worth, as far as it is known; a query for each but the books' own."""
    found = {}
    for currency in sorted(set(currencies)):
        try:
            found[currency] = rate_to_base(ctx, currency, on)
        except Refused:
            continue  # ranked behind those that can be compared
    return found


def currency(ctx: Ctx, vendor: Partner) -> str:
    """What a vendor is paid in where nothing else is said."""
    return vendor.currency or base_currency(ctx)
