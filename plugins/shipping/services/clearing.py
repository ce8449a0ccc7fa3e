"""An order is not cleared while goods that it still wants lie here for it: they have to leave first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core import ledger
from core.api import Ctx, EntityName, T, Text, hookimpl
from plugins.orders.api import clear_orders
from plugins.shipping.services import wanted
from plugins.shipping.services.shipping_lines import ORDER
from plugins.shipping.words import SHIPMENT
from plugins.stock.api import keepers, without_lot


@hookimpl
def clearing(ctx: Ctx, order_ids: Sequence[int]) -> Mapping[int, Sequence[Text]]:
    """Pieces that are kept for these orders and were not shipped, as far as they are wanted. Nothing of orders that nothing is
    kept for: whether they are done is not for shipping to say. A fixed number of queries."""
    kept = keepers.kept_for(ctx, ORDER, order_ids)
    wants = wanted.of_orders(ctx, sorted(kept)) if kept else {}
    found = {}
    for order_id, pieces in kept.items():
        here: dict[ledger.Item, Decimal] = defaultdict(Decimal)
        for (item, _store), qty in pieces.items():
            here[without_lot(item)] += qty
        left = sum(int(min(qty, wants.get(order_id, {}).get(item, 0))) for item, qty in here.items())
        if left:
            found[order_id] = [T("Goods: {n} pieces are here and have not left.", n=f"{left:,}")]
    return found


@hookimpl(specname="after_transition")
def moved(ctx: Ctx, entity: EntityName, row: Any, action: str) -> None:
    """Goods left, or did not after all."""
    if entity == SHIPMENT and action in ("ship", "reverse"):
        clear_orders(ctx, [row.customer_order_id])
