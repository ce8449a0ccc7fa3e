"""What a customer gave back to a store, on a return of stock that none of ours made: it counts like one of ours, once.

Such a return names an order and goods, not lines: pieces are taken off the rows of the same goods that were accepted finally,
in their order. What was shipped and never accepted is not counted, so nothing is taken off for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from core import ledger
from core.api import Ctx
from core.db import among
from plugins.fulfilment.models import GoodsReturn, StockReturn
from plugins.fulfilment.words import CUSTOMER_ORDER
from plugins.stock.api import keepers

if TYPE_CHECKING:
    from plugins.fulfilment.services.rows import Row

AGAIN = "replacement"


class Back(NamedTuple):
    """Pieces of one size of a row that came back so."""

    of: keepers.CameBack
    row: Row
    size_id: int
    qty: int

    @property
    def again(self) -> bool:
        """They are to be replaced."""
        return self.of.settlement == AGAIN


def taken_off(ctx: Ctx, rows: Sequence[Row]) -> list[Back]:
    """Take them off these rows, which are all of their orders; what was taken where. Two queries and those of stock."""
    by_goods: dict[tuple[int, int, int, int], list[Row]] = defaultdict(list)
    for row in rows:
        for size_id in row.cells:
            by_goods[row.order_id, row.style_id, row.color_id, size_id].append(row)
    orders = {row.order_id for row in rows}
    came = keepers.all_that_came_back(ctx, CUSTOMER_ORDER, orders)
    ours = _ours(ctx, orders) if came else set()
    found = []
    for each in came:
        left, item = int(each.qty), each.item
        if each.document_id in ours or item.kind != "garment":
            continue
        for row in by_goods.get((each.owner_id, item.id, item.color_id, item.size_id), ()):
            cell = row.cells[item.size_id]
            if (qty := min(left, cell.returnable)) > 0:
                back = Back(each, row, item.size_id, qty)
                cell.returned += qty
                cell.owed += qty if back.again else 0
                cell.closed += 0 if back.again else qty
                found.append(back)
                left -= qty
    return found


def replaced_through(ctx: Ctx, order_ids: Iterable[int]) -> dict[tuple[int, ledger.Item], int]:
    """Pieces to be replaced that came back to a store on returns of ours: (order, item) → pieces. A handful of queries."""
    ids, found = set(order_ids), defaultdict[tuple[int, ledger.Item], int](int)
    came = [each for each in keepers.all_that_came_back(ctx, CUSTOMER_ORDER, ids) if each.settlement == AGAIN]
    ours = _ours(ctx, ids) if came else set()
    for each in came:
        if each.document_id in ours:
            found[each.owner_id, each.item] += int(each.qty)
    return found


def _ours(ctx: Ctx, order_ids: Iterable[int]) -> set[int]:
    """Returns of stock that our returns of these orders made."""
    made, head = StockReturn, GoodsReturn
    return set(
        ctx.session.scalars(
            select(made.document_id)
            .join(head, (head.id == made.return_id) & (head.tenant_id == made.tenant_id))
            .where(among(head.customer_order_id, order_ids))
        )
    )
