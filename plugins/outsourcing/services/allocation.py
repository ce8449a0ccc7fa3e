"""What of the customer orders is on factory orders already, and the guard against sending out more than was ordered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, func, select

from core.api import Ctx, Problem, T, Text, hookimpl
from core.db import among
from core.values import decimal_text
from plugins.catalog.api import Color, Size, Style
from plugins.orders.api import CustomerOrder, OrderLine, OrderSize, OrderStyle
from plugins.outsourcing.models import FactoryOrder, FactoryOrderLine, FactoryOrderSize

__all__ = ["Excess", "allocated", "excess", "limit", "lock", "ordered", "over_pct", "problems"]

Key = tuple[int, int]
"""(customer order line id, size id)"""


class Excess(NamedTuple):
    """A size of a customer order line of which more would be sent out than is allowed."""

    order_line_id: int
    size_id: int
    wanted: int
    elsewhere: int
    ordered: int


def over_pct(ctx: Ctx) -> Decimal:
    """How many percent above the ordered quantity may be sent out (setting ``fg_over_pct``, default 3)."""
    return Decimal(str(ctx.setting("outsourcing.fg_over_pct", 3)))


def limit(ordered_qty: int, pct: Decimal) -> int:
    """Most whole pieces that may be on live factory orders: ordered × (1 + pct), rounded down."""
    return int(ordered_qty * (100 + pct) // 100)


def lock(ctx: Ctx, customer_order_ids: Iterable[int]) -> None:
    """Make others who allocate from the same customer orders wait, in one fixed order (SQLite has one writer anyway)."""
    if ctx.session.get_bind().dialect.name != "sqlite":
        ctx.session.execute(
            select(CustomerOrder.id)
            .where(among(CustomerOrder.id, customer_order_ids))
            .order_by(CustomerOrder.id)
            .with_for_update()
        ).all()


def ordered(ctx: Ctx, order_line_ids: Iterable[int]) -> dict[Key, int]:
    """Pieces the customer ordered, by order line and size."""
    found = ctx.session.execute(
        select(OrderSize.line_id, OrderSize.size_id, OrderSize.qty).where(
            among(OrderSize.line_id, order_line_ids)
        )
    )
    return {(line, size): qty for line, size, qty in found}


def _taken(*conditions: ColumnElement[bool]) -> Select[int, int, int]:
    """Pieces that live (not cancelled) factory orders take up, by order line and size; released pieces do not count."""
    return (
        select(
            FactoryOrderSize.order_line_id,
            FactoryOrderSize.size_id,
            func.sum(FactoryOrderSize.qty - FactoryOrderSize.released),
        )
        .join(
            FactoryOrderLine,
            (FactoryOrderLine.id == FactoryOrderSize.line_id)
            & (FactoryOrderLine.tenant_id == FactoryOrderSize.tenant_id),
        )
        .join(
            FactoryOrder,
            (FactoryOrder.id == FactoryOrderLine.order_id)
            & (FactoryOrder.tenant_id == FactoryOrderLine.tenant_id),
        )
        .where(FactoryOrder.state != "cancelled", *conditions)
        .group_by(FactoryOrderSize.order_line_id, FactoryOrderSize.size_id)
    )


def allocated(ctx: Ctx, order_line_ids: Iterable[int], *, without: int | None = None) -> dict[Key, int]:
    """Pieces on live factory orders, by order line and size; ``without`` leaves one factory order out."""
    statement = _taken(among(FactoryOrderSize.order_line_id, order_line_ids))
    if without is not None:
        statement = statement.where(FactoryOrder.id != without)
    return {(line, size): int(qty) for line, size, qty in ctx.session.execute(statement)}


@hookimpl(specname="order_allocations")
def allocated_of_orders(ctx: Ctx, order_ids: Iterable[int]) -> dict[Key, int]:
    """Pieces of these customer orders on live factory orders, by order line and size, without zeros. One query."""
    found = ctx.session.execute(_taken(among(FactoryOrderLine.customer_order_id, order_ids)))
    return {(line, size): int(qty) for line, size, qty in found if qty}


def excess(ctx: Ctx, wanted: Mapping[Key, int], *, order_id: int) -> list[Excess]:
    """Where ``wanted`` pieces on this factory order, with those on others, exceed ordered × (1 + over %)."""
    line_ids = {line for line, _size in wanted}
    elsewhere = allocated(ctx, line_ids, without=order_id)
    bought = ordered(ctx, line_ids)
    pct = over_pct(ctx)
    return [
        Excess(line, size, qty, elsewhere.get((line, size), 0), bought.get((line, size), 0))
        for (line, size), qty in wanted.items()
        if qty and qty + elsewhere.get((line, size), 0) > limit(bought.get((line, size), 0), pct)
    ]


def problems(ctx: Ctx, found: Iterable[Excess], fields: Mapping[Key, str] | None = None) -> list[Problem]:
    """A sentence for each excess, at the input that held it (``fields``)."""
    found = list(found)
    if not found:
        return []
    names = _names(ctx, found)
    pct = over_pct(ctx)
    result = []
    for item in found:
        order, style, color, size = names[(item.order_line_id, item.size_id)]
        message: Text = T(
            "{order} {style} {color} {size}: {wanted} here and {elsewhere} on other factory orders are more than the "
            "{ordered} ordered (at most {most} with {pct} % over). A manager may allow it.",
            order=order, style=style, color=color, size=size, wanted=item.wanted, elsewhere=item.elsewhere,
            ordered=item.ordered, most=limit(item.ordered, pct), pct=decimal_text(pct),
        )  # fmt: skip
        result.append(Problem(message, (fields or {}).get((item.order_line_id, item.size_id), "")))
    return result


def _names(ctx: Ctx, found: Iterable[Excess]) -> dict[Key, tuple[str, str, str, str]]:
    lines_wanted = {item.order_line_id for item in found}
    heads = {
        line: (order, style, color)
        for line, order, style, color in ctx.session.execute(
            select(OrderLine.id, CustomerOrder.number, Style.code, Color.code)
            .join(
                CustomerOrder,
                (CustomerOrder.id == OrderLine.order_id) & (CustomerOrder.tenant_id == OrderLine.tenant_id),
            )
            .join(
                OrderStyle,
                (OrderStyle.id == OrderLine.order_style_id) & (OrderStyle.tenant_id == OrderLine.tenant_id),
            )
            .join(Style, (Style.id == OrderStyle.style_id) & (Style.tenant_id == OrderStyle.tenant_id))
            .join(Color, (Color.id == OrderLine.color_id) & (Color.tenant_id == OrderLine.tenant_id))
            .where(among(OrderLine.id, lines_wanted))
        )
    }
    codes = dict(
        ctx.session.execute(
            select(Size.id, Size.code).where(among(Size.id, {i.size_id for i in found}))
        ).all()
    )
    return {(i.order_line_id, i.size_id): (*heads[i.order_line_id], codes.get(i.size_id, "?")) for i in found}
