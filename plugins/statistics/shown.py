"""What statistics shows on other pages: an entry of the menu, tiles of the Hub page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from core.api import Ctx, NavItem, T, Tile, hookimpl
from plugins.statistics.services import sums
from plugins.statistics.words import ORDER, SOLD, VIEW

BASE = "/statistics/figures"


@hookimpl
def nav_items(ctx: Ctx) -> Sequence[NavItem]:
    """The views."""
    return [NavItem(T("Statistics"), f"{BASE}/sellers", "orders", 90)] if ctx.can(VIEW) else []


@hookimpl
def dashboard_tiles(ctx: Ctx) -> Sequence[Tile]:
    """What customers ordered this month, in pieces and money. One statement."""
    if not ctx.can(VIEW) or not ctx.can(f"{ORDER}.view"):
        return []
    today = ctx.today()
    since = date(today.year, today.month, 1)
    found, seen = sums.sum_up(ctx, SOLD, (), sums.Asked(since, today))
    own, converter = found.get((), sums.Sum()), sums.Converter(ctx, today)
    value = converter.rounded(converter.exact(own.values)) if seen else None
    address = f"{BASE}/sellers?from={since.isoformat()}&to={today.isoformat()}"
    tiles = [Tile(T("Pieces sold this month"), own.qty, address, "neutral", 70, "statistics")]
    if value is not None:
        label = T("Sold this month in {currency}", currency=converter.currency)
        tiles.append(Tile(label, value, address, "neutral", 71, "statistics"))
    return tiles
