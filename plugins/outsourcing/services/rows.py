"""Reading the lines and cells of factory orders as plain values: one statement each, whatever their number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import select

from core.api import Ctx, NotFound, T
from core.db import among, flush_rows
from plugins.outsourcing.models import FactoryOrder, FactoryOrderLine, FactoryOrderSize


class Cell(NamedTuple):
    """Pieces of one colour and size on one line, and the customer order line they fill."""

    id: int
    line_id: int
    order_line_id: int
    color_id: int
    size_id: int
    qty: int
    released: int


def lines(ctx: Ctx, order: FactoryOrder) -> list[FactoryOrderLine]:
    """The lines of a factory order in the order shown; always fresh from the database after a flush."""
    found = ctx.session.scalars(
        select(FactoryOrderLine)
        .where(FactoryOrderLine.order_id == order.id)
        .order_by(FactoryOrderLine.position, FactoryOrderLine.id)
    )
    return list(found)


def line_at(ctx: Ctx, order: FactoryOrder, position: int) -> FactoryOrderLine:
    """The line with this number; NotFound otherwise."""
    line = ctx.session.scalars(
        select(FactoryOrderLine).where(
            FactoryOrderLine.order_id == order.id, FactoryOrderLine.position == position
        )
    ).one_or_none()
    if line is None:
        raise NotFound(T("{number} has no line {line}.", number=order.number, line=position))
    return line


def cells(ctx: Ctx, order_ids: Iterable[int]) -> Sequence[Cell]:
    """All cells of these factory orders. One query, once a page."""
    wanted = frozenset(order_ids)
    return ctx.memo.once(("outsourcing.cells", wanted), lambda: _cells(ctx, wanted))


def _cells(ctx: Ctx, order_ids: Collection[int]) -> list[Cell]:
    found = ctx.session.execute(
        select(
            FactoryOrderSize.id,
            FactoryOrderSize.line_id,
            FactoryOrderSize.order_line_id,
            FactoryOrderSize.color_id,
            FactoryOrderSize.size_id,
            FactoryOrderSize.qty,
            FactoryOrderSize.released,
        )
        .join(
            FactoryOrderLine,
            (FactoryOrderLine.id == FactoryOrderSize.line_id)
            & (FactoryOrderLine.tenant_id == FactoryOrderSize.tenant_id),
        )
        .where(among(FactoryOrderLine.order_id, order_ids))
        .order_by(FactoryOrderLine.position, FactoryOrderSize.id)
    )
    return [Cell(*row) for row in found]


def by_line(found: Iterable[Cell]) -> dict[int, list[Cell]]:
    """Cells grouped by their line."""
    grouped: dict[int, list[Cell]] = defaultdict(list)
    for cell in found:
        grouped[cell.line_id].append(cell)
    return grouped


def accepted(ctx: Ctx, order_ids: Iterable[int]) -> Mapping[tuple[int, int, int], int] | None:
    """Accepted pieces by (line, colour, size), summed over the plugins that record goods-in; None where none does."""
    answers = ctx.hooks.goods_in(order_ids=list(order_ids))
    if not answers:
        return None
    total: dict[tuple[int, int, int], int] = defaultdict(int)
    for answer in answers:
        for key, qty in answer.items():
            total[key] += qty
    return total


def factory_order_changed(ctx: Ctx, order: FactoryOrder) -> None:
    """Flush and forget the loaded collections of a factory order after its rows were written in bulk."""
    flush_rows(ctx.session)
    ctx.session.expire(order, ["lines", "prices"])
