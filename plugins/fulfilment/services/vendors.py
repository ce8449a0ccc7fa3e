"""Which vendor is asked for a style: the first by priority, then the cheapest; what people typed comes before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.api import Ctx, Refused
from core.money import base_currency, rate_to_base
from core.values import ZERO
from plugins.catalog.api import GoodsPrice, Partner, best_price, goods_prices


@dataclass(frozen=True)
class Choice:
    """From whom a style is bought, for how much a piece."""

    vendor: Partner
    price: Decimal
    currency: str
    lead_days: int = 0


@dataclass(frozen=True)
class Offers:
    """What may be chosen for a style: the first is what is proposed. None: nobody has a price for so many pieces."""

    style_id: int
    qty: int
    choices: tuple[Choice, ...]

    @property
    def first(self) -> Choice | None:
        """The proposal."""
        return self.choices[0] if self.choices else None


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
