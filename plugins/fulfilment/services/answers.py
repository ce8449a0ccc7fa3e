"""What fulfilment answers to others: where purchase lines stand, what orders miss, what was delivered and came back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select

from core.api import Ctx, EntityName, Text, hookimpl
from core.db import among
from plugins.fulfilment.models import (
    Context,
    GoodsReturn,
    OrderContext,
    ReturnLine,
    ReturnSize,
    Sheet,
    SheetLine,
    SheetSize,
    StockReturn,
)
from plugins.fulfilment.services import positions, progress, rows, starting, sums
from plugins.fulfilment.words import RETURN, SHEET
from plugins.orders.api import GoodsReturned, OrderLine
from plugins.purchasing.api import LineConditions, Position, PurchaseOrder


@hookimpl
def line_positions(ctx: Ctx, line_ids: Sequence[int]) -> Mapping[int, Position]:
    """What came of purchase lines of finished goods, and what went back."""
    return positions.positions(ctx, line_ids)


@hookimpl
def line_conditions(ctx: Ctx) -> LineConditions:
    """The same for lists."""
    return positions.conditions()


@hookimpl
def line_trails(ctx: Ctx, line_ids: Sequence[int]) -> Mapping[int, Sequence[Mapping[str, Any]]]:
    """The sheets and returns behind the numbers of purchase lines, oldest first. Two queries."""
    found: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    head, line, size = Sheet, SheetLine, SheetSize
    for line_id, sheet, came, bad in ctx.session.execute(
        select(size.purchase_line_id, head, size.received, size.damaged)
        .join(line, (line.id == size.line_id) & (line.tenant_id == size.tenant_id))
        .join(head, (head.id == line.sheet_id) & (head.tenant_id == line.tenant_id))
        .where(among(size.purchase_line_id, line_ids), head.state.in_((*sums.COUNTING, "reversed")))
        .order_by(head.day, head.id)
    ):
        found[line_id or 0].append(
            _trail(SHEET, sheet, "receipt") | {
                "delivery_note": sheet.delivery_note, "received": came, "accepted": came - bad, "rejected": bad, "pending": 0,
                "stock": came, "over_reason": sheet.over_reason, "over_by": sheet.over_by, "free": False,
            }
        )  # fmt: skip
    if not found:
        return found  # nothing goes back of what did not come
    back, gone, pieces = GoodsReturn, ReturnLine, ReturnSize
    for line_id, made, qty in ctx.session.execute(
        select(pieces.purchase_line_id, back, pieces.qty)
        .join(gone, (gone.id == pieces.line_id) & (gone.tenant_id == pieces.tenant_id))
        .join(back, (back.id == gone.return_id) & (back.tenant_id == gone.tenant_id))
        .where(among(pieces.purchase_line_id, line_ids), back.state != "draft", back.bearer == "vendor")
        .order_by(back.day, back.id)
    ):
        found[line_id or 0].append(
            _trail(RETURN, made, "replacement" if made.remedy == "replacement" else "credit")
            | {"returned": qty, "source": "stock", "stock": qty}
        )
    return found


def _trail(entity: EntityName, row: Sheet | GoodsReturn, kind: str) -> dict[str, Any]:
    """A finalised document counts as a posted one does."""
    return {
        "kind": kind, "entity": entity, "href": f"/{entity.replace('.', '/')}/{row.id}", "id": row.id, "number": row.number,
        "date": row.day, "state": "posted" if row.state in sums.COUNTING else row.state,
    }  # fmt: skip


@hookimpl
def clearing(ctx: Ctx, order_ids: Sequence[int]) -> Mapping[int, Sequence[Text]]:
    """What of the goods is missing until orders are cleared."""
    return progress.missing(ctx, order_ids)


@hookimpl
def goods_delivered(ctx: Ctx, order_ids: Sequence[int]) -> Mapping[tuple[int, int], int]:
    """Pieces of traded orders that were accepted finally, or given in place of what was ordered."""
    found: dict[tuple[int, int], int] = defaultdict(int)
    for row in rows.of_orders(ctx, starting.traded_of(ctx, order_ids)):
        for size_id, cell in row.cells.items():
            found[row.line_id, size_id] += cell.final + cell.substituted
    return dict(found)


@hookimpl
def goods_returned(ctx: Ctx, order_ids: Sequence[int]) -> Sequence[GoodsReturned]:
    """Pieces that came back, and who bears it. One query."""
    head, line, size, po = GoodsReturn, ReturnLine, ReturnSize, PurchaseOrder
    found = ctx.session.execute(
        select(
            head.id, head.number, head.day, head.customer_order_id, line.order_line_id, size.size_id, size.qty, head.bearer,
            head.remedy, OrderLine.price, line.reason, po.supplier_id, size.purchase_line_id,
        )
        .join(line, (line.return_id == head.id) & (line.tenant_id == head.tenant_id))
        .join(size, (size.line_id == line.id) & (size.tenant_id == line.tenant_id))
        .join(OrderLine, (OrderLine.id == line.order_line_id) & (OrderLine.tenant_id == line.tenant_id))
        .outerjoin(po, (po.id == line.purchase_order_id) & (po.tenant_id == line.tenant_id))
        .where(among(head.customer_order_id, order_ids), head.state == "posted")
        .order_by(head.id, line.position, size.id)
    )  # fmt: skip
    return [GoodsReturned(RETURN.ref(row[0]), *row[1:]) for row in found]


@hookimpl
def own_returns(ctx: Ctx) -> Select[tuple[int]]:
    """Returns of stock that ours made."""
    return select(StockReturn.document_id)


@hookimpl(optionalhook=True)
def deposit_rules(ctx: Ctx, order_ids: Sequence[int]) -> Mapping[int, Decimal]:
    """What business contexts want to be paid before goods leave, in percent of the order. One query."""
    found = ctx.session.execute(
        select(OrderContext.row_id, Context.deposit_pct)
        .join(
            Context,
            (Context.id == OrderContext.business_context_id) & (Context.tenant_id == OrderContext.tenant_id),
        )
        .where(among(OrderContext.row_id, order_ids), Context.deposit_pct > 0)
    )
    return dict(found.all())
