"""What sheets, returns and settlements say of pieces, added up by the database. Only what is posted counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import case, func, select

from core.api import Ctx
from core.db import among
from plugins.fulfilment.models import (
    GoodsReturn,
    ReturnLine,
    ReturnSize,
    Settlement,
    SettlementLine,
    SettlementSize,
    Sheet,
    SheetLine,
    SheetSize,
)
from plugins.orders.api import OrderLine

COUNTING = ("posted", "finalised")
"""States in which a sheet counts."""
Key = tuple[int, int, int]
"""Order line, purchase order (0: none), size."""


class Came(NamedTuple):
    """Pieces that came, of those damaged; and what of the accepted is finalised."""

    received: int
    damaged: int
    final: int


class Went(NamedTuple):
    """Pieces that went back, and of those the ones to be replaced."""

    back: int
    owed: int


def came(ctx: Ctx, order_ids: Iterable[int]) -> dict[tuple[Key, bool], Came]:
    """Pieces that came for orders, those sent again apart. One query."""
    line = SheetLine
    found = _sheets((line.order_line_id, line.purchase_order_id, SheetSize.size_id, line.replacement))
    found = found.join(
        OrderLine, (OrderLine.id == line.order_line_id) & (OrderLine.tenant_id == line.tenant_id)
    )
    return {
        ((order_line, po or 0, size), again): Came(int(n), int(bad), int(final))
        for order_line, po, size, again, n, bad, final in ctx.session.execute(
            found.where(among(OrderLine.order_id, order_ids))
        )
    }


def came_for_stock(ctx: Ctx, purchase_order_ids: Iterable[int]) -> dict[tuple[int, int, int, int, int], Came]:
    """Pieces that came and were ordered by nobody: (purchase order, style, colour, destination, size). One query."""
    line = SheetLine
    columns = (line.purchase_order_id, line.style_id, line.color_id, line.destination_id, SheetSize.size_id)
    return {
        (po, style, color, place or 0, size): Came(int(n), int(bad), int(final))
        for po, style, color, place, size, n, bad, final in ctx.session.execute(
            _sheets(columns).where(
                line.order_line_id.is_(None), among(line.purchase_order_id, purchase_order_ids)
            )
        )
    }


def _sheets(columns: tuple[Any, ...]) -> Any:
    head, line, size = Sheet, SheetLine, SheetSize
    final = case((head.state == "finalised", size.received - size.damaged), else_=0)
    return (
        select(*columns, func.sum(size.received), func.sum(size.damaged), func.sum(final))
        .join(line, (line.id == size.line_id) & (line.tenant_id == size.tenant_id))
        .join(head, (head.id == line.sheet_id) & (head.tenant_id == line.tenant_id))
        .where(head.state.in_(COUNTING))
        .group_by(*columns)
    )


def went_back(ctx: Ctx, order_ids: Iterable[int]) -> dict[Key, Went]:
    """Pieces that went back against orders. One query."""
    head, line, size = GoodsReturn, ReturnLine, ReturnSize
    owed = case((head.remedy == "replacement", size.qty), else_=0)
    columns = (line.order_line_id, line.purchase_order_id, size.size_id)
    found = ctx.session.execute(
        select(*columns, func.sum(size.qty), func.sum(owed))
        .join(line, (line.id == size.line_id) & (line.tenant_id == size.tenant_id))
        .join(head, (head.id == line.return_id) & (head.tenant_id == line.tenant_id))
        .where(among(head.customer_order_id, order_ids), head.state == "posted")
        .group_by(*columns)
    )
    return {
        (order_line, po or 0, size_id): Went(int(n), int(again))
        for order_line, po, size_id, n, again in found
    }


def settled(ctx: Ctx, order_ids: Iterable[int]) -> dict[tuple[int, int], dict[str, int]]:
    """Pieces closed without being delivered as ordered: (order line, size) → kind → pieces. One query."""
    head, line, size = Settlement, SettlementLine, SettlementSize
    found: dict[tuple[int, int], dict[str, int]] = defaultdict(dict)
    for order_line, size_id, kind, qty in ctx.session.execute(
        select(line.order_line_id, size.size_id, line.kind, func.sum(size.qty))
        .join(line, (line.id == size.line_id) & (line.tenant_id == size.tenant_id))
        .join(head, (head.id == line.settlement_id) & (head.tenant_id == line.tenant_id))
        .where(among(head.customer_order_id, order_ids), head.state == "posted")
        .group_by(line.order_line_id, size.size_id, line.kind)
    ):
        found[order_line, size_id][kind] = int(qty)
    return found


def of_purchase_lines(ctx: Ctx, line_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Purchase line → (pieces that came, damaged). One query."""
    head, line, size = Sheet, SheetLine, SheetSize
    found = ctx.session.execute(
        select(size.purchase_line_id, func.sum(size.received), func.sum(size.damaged))
        .join(line, (line.id == size.line_id) & (line.tenant_id == size.tenant_id))
        .join(head, (head.id == line.sheet_id) & (head.tenant_id == line.tenant_id))
        .where(among(size.purchase_line_id, line_ids), head.state.in_(COUNTING))
        .group_by(size.purchase_line_id)
    )
    return {line_id: (int(n), int(bad)) for line_id, n, bad in found if line_id is not None}


def back_of_purchase_lines(ctx: Ctx, line_ids: Iterable[int]) -> dict[tuple[int, str, str], int]:
    """(purchase line, who bears it, what the customer gets) → pieces that went back. One query."""
    head, line, size = GoodsReturn, ReturnLine, ReturnSize
    found = ctx.session.execute(
        select(size.purchase_line_id, head.bearer, head.remedy, func.sum(size.qty))
        .join(line, (line.id == size.line_id) & (line.tenant_id == size.tenant_id))
        .join(head, (head.id == line.return_id) & (head.tenant_id == line.tenant_id))
        .where(among(size.purchase_line_id, line_ids), head.state == "posted")
        .group_by(size.purchase_line_id, head.bearer, head.remedy)
    )
    return {
        (line_id, bearer, remedy): int(qty) for line_id, bearer, remedy, qty in found if line_id is not None
    }


def never_ours(ctx: Ctx, order_ids: Iterable[int]) -> dict[tuple[int, int], int]:
    """Accepted pieces that came into no store of ours, by (order line, size). One query."""
    line = SheetLine
    columns = (line.order_line_id, SheetSize.size_id)
    rows = _sheets(columns).join(
        OrderLine, (OrderLine.id == line.order_line_id) & (OrderLine.tenant_id == line.tenant_id)
    )
    rows = rows.where(among(OrderLine.order_id, order_ids), Sheet.place != "ours")
    return {(row[0], row[1]): int(row[2]) - int(row[3]) for row in ctx.session.execute(rows)}


def back_of_orders(ctx: Ctx, order_ids: Iterable[int]) -> dict[tuple[int, int], dict[tuple[str, str], int]]:
    """Pieces that went back: (order line, size) → (where from, what the customer gets) → pieces. One query."""
    head, line, size = GoodsReturn, ReturnLine, ReturnSize
    columns = (line.order_line_id, size.size_id, head.source, head.remedy)
    found: dict[tuple[int, int], dict[tuple[str, str], int]] = defaultdict(dict)
    for order_line, size_id, source, remedy, qty in ctx.session.execute(
        select(*columns, func.sum(size.qty))
        .join(line, (line.id == size.line_id) & (line.tenant_id == size.tenant_id))
        .join(head, (head.id == line.return_id) & (head.tenant_id == line.tenant_id))
        .where(among(head.customer_order_id, order_ids), head.state == "posted")
        .group_by(*columns)
    ):
        found[order_line, size_id][source, remedy] = int(qty)
    return found
