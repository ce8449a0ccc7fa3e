"""What a return moves. Pieces that we shipped come back through a customer return of stock, so that shipping knows of it; of
pieces that never were ours only what comes into our store, goes to scrap or to the vendor is noted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import select

from core import ledger
from core.api import Ctx, T, run_action, save_row
from core.db import among, flush_rows, keyed_rows
from plugins.catalog.api import Color, Style
from plugins.fulfilment.models import GoodsReturn, StockReturn
from plugins.fulfilment.services.rows import Row
from plugins.fulfilment.words import CUSTOMER_ORDER, RETURN
from plugins.stock.api import DOCUMENT, garment, keepers, on_hand, stamps, stores, taking_back

MOVEMENT = ledger.MovementKind("fulfilment_return", T("Return from the customer"))
SCRAP = ledger.Place("scrap")
Rows = Mapping[tuple[int, int], Row]
Through = dict[tuple[str, ledger.Item], Decimal]
"""Pieces that come back through stock, by reason."""


def move(ctx: Ctx, row: GoodsReturn, known: Rows) -> None:
    """Post what comes back."""
    through: Through = defaultdict(Decimal)
    moves = (
        _from_store(ctx, row, known) if row.source == "store" else _from_customer(ctx, row, known, through)
    )
    if through:
        _through_stock(ctx, row, known, through)
    if moves:
        with stamps.said_at("day"):
            ledger.post(
                ctx, moves, entity=RETURN, entity_id=row.id, on=row.day, key=f"{RETURN}:{row.id}:post"
            )


def take_back(ctx: Ctx, row: GoodsReturn, reason: str) -> None:
    """Take back what a return moved, the last first."""
    if ledger.movements(ctx, entity=RETURN, entity_id=row.id, limit=1):
        taking_back.reverse(ctx, RETURN.ref(row.id), on=max(ctx.today(), row.day), reason=reason)
    entity = ctx.registry.get(DOCUMENT)
    made = select(StockReturn.document_id).where(StockReturn.return_id == row.id)
    found = ctx.session.scalars(
        select(entity.model).where(among(entity.model.id, ctx.session.scalars(made).all()))
    )
    for document in found.all():
        run_action(ctx, entity, document, "reverse", {"reason": reason})


def _from_store(ctx: Ctx, row: GoodsReturn, known: Rows) -> list[ledger.Move]:
    """Pieces that had not left: kept for the order first. Restocked, they are only free again."""
    styles = {known[line.order_line_id, line.purchase_order_id or 0].style_id for line in row.lines}
    there = on_hand.of_store(ctx, row.store_id, CUSTOMER_ORDER, row.customer_order_id, "garment", styles)
    moves = []
    for line in row.lines:
        at = known[line.order_line_id, line.purchase_order_id or 0]
        for size in line.sizes:
            item = garment(at.style_id, at.color_id, size.size_id)
            moves += there.take(MOVEMENT.code, item, _target(row, at), Decimal(size.qty), line.id)
    return [each for each in moves if each.source != each.target]


def _from_customer(ctx: Ctx, row: GoodsReturn, known: Rows, through: Through) -> list[ledger.Move]:
    shipped = _shipped(ctx, row)
    customer, rejected = (
        ledger.Place("customer", row.customer_order.customer_id),
        stores.rejected(row.store_id),
    )
    moves = []
    for line in row.lines:
        at = known[line.order_line_id, line.purchase_order_id or 0]
        for size in line.sizes:
            item, qty = garment(at.style_id, at.color_id, size.size_id), Decimal(size.qty)
            ours = min(qty, shipped.get(item, Decimal(0)))
            if ours > 0:
                shipped[item] -= ours
                through[line.reason, item] += ours
                if row.fate != "restock":
                    moves.append(ledger.Move(MOVEMENT.code, item, rejected, _target(row, at), ours, line.id))
            if qty > ours:
                moves.append(
                    ledger.Move(MOVEMENT.code, item, customer, _target(row, at), qty - ours, line.id)
                )
    return moves


def _target(row: GoodsReturn, at: Row) -> ledger.Place:
    if row.fate == "scrap":
        return SCRAP
    return ledger.Place("supplier", at.vendor_id) if row.fate == "vendor" else stores.place(row.store_id)


def _shipped(ctx: Ctx, row: GoodsReturn) -> dict[ledger.Item, Decimal]:
    """What our shipments took to the customer and did not come back, by item; nothing where nobody ships."""
    keeper = keepers.kinds(ctx).get(CUSTOMER_ORDER)
    if keeper is None:
        return {}
    owner = keepers.Owner(keeper, row.customer_order)
    gone = keepers.delivered(ctx, owner)
    back = keepers.returned(ctx, owner.ref)
    return {item: qty - back.get(item, Decimal(0)) for item, qty in (gone.items if gone else {}).items()}


def _through_stock(ctx: Ctx, row: GoodsReturn, known: Rows, through: Through) -> None:
    """A customer return of stock for each reason, posted at once."""
    entity = ctx.registry.get(DOCUMENT)
    styles = keyed_rows(ctx.session, Style, {item.id for _reason, item in through})
    colors = keyed_rows(ctx.session, Color, {item.color_id for _reason, item in through})
    sizes = {size.size_id: size.size.code for line in row.lines for size in line.sizes}
    by_reason: dict[str, list[dict[str, object]]] = defaultdict(list)
    for (reason, item), qty in through.items():
        by_reason[reason].append(
            {
                "style": styles[item.id],
                "color": colors[item.color_id],
                "size": sizes[item.size_id],
                "qty": qty,
            }
        )
    for reason, lines in by_reason.items():
        head = {
            "kind": "customer_return", "owner": row.customer_order.number, "store": row.store, "day": row.day, "cause": reason,
            "settlement": "replacement" if row.remedy == "replacement" else "credit",
            "quality": "good" if row.fate == "restock" else "rejected", "notes": row.number,
        }  # fmt: skip
        document = save_row(ctx, entity, None, head, {"lines": lines})
        run_action(ctx, entity, document, "post")
        ctx.session.add(StockReturn(return_id=row.id, document_id=document.id))
    flush_rows(ctx.session)
