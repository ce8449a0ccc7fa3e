"""Lines of an issue as the ledger knows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from core import ledger
from core.api import Ctx
from core.values import ZERO
from plugins.catalog.api import Key
from plugins.factory_stock.models import IssueLine
from plugins.stock.api import groups


def item_of(line: IssueLine) -> ledger.Item:
    """The ledger's item of a line."""
    return ledger.Item(
        "material",
        line.material_id,
        line.color_id or 0,
        line.size_id or 0,
        line.destination_id or 0,
        line.lot,
    )


def by_key(ctx: Ctx, items: Mapping[ledger.Item, Decimal]) -> dict[Key, Decimal]:
    """Sums by group, whatever the lot; one query."""
    codes = groups.size_codes(ctx, {i.size_id for i in items})
    found: dict[Key, Decimal] = defaultdict(lambda: ZERO)
    for item, qty in items.items():
        found[groups.key_of(item, codes)] += qty
    return found
