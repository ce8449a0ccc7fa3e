"""Deliveries of the demo company's traded orders: in parts, pieces back that each side bears, a substitution."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from core.api import Ctx, run_action, save_row
from core.db import among
from plugins.fulfilment.models import Allocation, Sheet
from plugins.fulfilment.services import rows, starting
from plugins.fulfilment.services.rows import Row
from plugins.fulfilment.words import RETURN, SETTLEMENT, SHEET
from plugins.orders.api import CustomerOrder, OrderLine
from plugins.stock.api import stores

BACK = (
    ("seller", "credit", "scrap", "defect"),
    ("buyer", "none", "restock", "wrong"),
    ("vendor", "replacement", "vendor", "shade"),
    ("carrier", "credit", "scrap", "late"),
)
"""Who bears it, what the customer gets, what becomes of the goods, why."""


WHY = "往來多年，付款準時 / Has paid on time for years"


def load(ctx: Ctx, shift: int) -> None:
    """Goods for traded orders whose purchase orders are out; those of the first go back and forth. Twice is harmless."""
    if ctx.session.scalar(select(Sheet.id).limit(1)) is not None:
        return
    for i, order in enumerate(_traded(ctx)):
        found = [row for row in rows.of_orders(ctx, [order.id]) if row.po_id and row.receivable]
        if not found:
            continue
        _receive(ctx, order, found, final=True, share=2)
        if i == 0:
            for row, (bearer, remedy, fate, reason) in zip(found * len(BACK), BACK, strict=False):
                head = {
                    "customer_order": order,
                    "bearer": bearer,
                    "remedy": remedy,
                    "fate": fate,
                    "source": "customer",
                }
                _give(ctx, RETURN, head, row, 1, {"purchase_order": row.po, "reason": reason})
            _receive(ctx, order, found[:1], final=False, share=4)
            other = {"kind": "substitution", "style": found[0].style, "color": found[0].color, "price": "5"}
            _give(ctx, SETTLEMENT, {"customer_order": order}, found[-1], 2, other)


def _traded(ctx: Ctx) -> list[CustomerOrder]:
    bought = select(OrderLine.order_id).join(
        Allocation, (Allocation.order_line_id == OrderLine.id) & (Allocation.tenant_id == OrderLine.tenant_id)
    )
    ids = set(ctx.session.scalars(bought.distinct()))
    return list(
        ctx.session.scalars(
            select(CustomerOrder)
            .where(among(CustomerOrder.id, ids), CustomerOrder.state == "confirmed")
            .order_by(CustomerOrder.id)
        )
    )


def _receive(ctx: Ctx, order: CustomerOrder, found: list[Row], *, final: bool, share: int) -> None:
    """A part of what is ordered came, one piece of it damaged."""
    entity, place = ctx.registry.get(SHEET), starting.place_of(ctx, order)
    data = {"customer_order": order, "place": place, "store": stores.default(ctx), "day": ctx.today()}
    sheet = save_row(ctx, entity, None, data)
    lines = [
        {"order": row.order, "line": row.position + 1, "purchase_order": row.po,
         "sizes": _sizes(ctx, row, lambda cell: cell.ordered // share, "received")}
        for row in found
    ]  # fmt: skip
    lines[0]["sizes"][0]["damaged"] = "1"  # type: ignore[index]
    run_action(ctx, entity, sheet, "lines", {"lines": lines})
    run_action(ctx, entity, sheet, "post")
    if final:  # of drop shipping before the deposit is there
        run_action(ctx, entity, sheet, "finalise", {"override_code": "trusted", "override_reason": WHY})


def _give(
    ctx: Ctx, name: str, head: Mapping[str, Any], row: Row, pieces: int, line: Mapping[str, Any]
) -> None:
    """A document with a few pieces of the largest size of a row, posted."""
    entity = ctx.registry.get(name)
    made = save_row(ctx, entity, None, {**head, "day": ctx.today()})
    largest = max(row.cells.values(), key=lambda cell: cell.ordered)
    sizes = _sizes(ctx, row, lambda cell: pieces if cell is largest else 0, "qty")
    run_action(ctx, entity, made, "lines", {"lines": [{"line": row.position + 1, **line, "sizes": sizes}]})
    run_action(ctx, entity, made, "post")


def _sizes(ctx: Ctx, row: Row, qty: Any, name: str) -> list[dict[str, str]]:
    codes = rows.sizes_by_id(ctx, [row])
    return [
        {"size": codes[size_id][0], name: str(n)} for size_id, cell in row.cells.items() if (n := qty(cell))
    ]
