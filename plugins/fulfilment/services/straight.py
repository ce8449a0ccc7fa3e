"""What nobody waits for any more without a shipment of ours: what customers have from vendors, and what was settled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from core.api import Ctx, hookimpl
from plugins.fulfilment.services import needs, stock_returns, sums
from plugins.stock.api import garment

CUSTOMER, STORE, AGAIN = "customer", "store", "replacement"


@hookimpl
def supplied_cells(ctx: Ctx, order_ids: Sequence[int]) -> dict[tuple[int, int], int]:
    """Pieces of orders that were accepted and never were ours, less those that came back to be replaced (what came back
    through a store of ours, shipping takes off); and pieces that were settled. A fixed number of queries."""
    found = defaultdict[tuple[int, int], int](int, sums.never_ours(ctx, order_ids))
    for cell, closed in sums.settled(ctx, order_ids).items():
        found[cell] += sum(closed.values())
    back = sums.back_of_orders(ctx, order_ids)
    if not back:
        return found
    through = stock_returns.replaced_through(ctx, order_ids)
    goods = {need.cell: need for need in needs.of_orders(ctx, order_ids)} if through else {}
    for cell, kinds in back.items():
        for (source, remedy), qty in kinds.items():
            if source == STORE and remedy != AGAIN:
                found[cell] += qty  # it never left, and nothing comes in its place
            elif source == CUSTOMER and remedy == AGAIN:
                own = 0
                if (need := goods.get(cell)) is not None:
                    item = need.order_id, garment(need.style_id, need.color_id, need.size_id)
                    own = min(qty, through.get(item, 0))
                    through[item] -= own
                found[cell] -= qty - own
    return found
