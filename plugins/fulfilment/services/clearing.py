"""Orders are cleared, or open again, whenever goods count that did not, or no longer count."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.api import Ctx, EntityName, hookimpl
from plugins.fulfilment.services import sheet_rows
from plugins.fulfilment.words import CUSTOMER_ORDER, RETURN, SETTLEMENT, SHEET
from plugins.orders.api import clear_orders
from plugins.stock.api import DOCUMENT

COUNTS = ("post", "finalise", "reverse")


@hookimpl(specname="after_transition")
def counted(ctx: Ctx, entity: EntityName, row: Any, action: str) -> None:
    """A sheet, a return, a settlement, or what came back to a store."""
    if action in COUNTS:
        clear_orders(ctx, _orders(ctx, entity, row))


def _orders(ctx: Ctx, entity: EntityName, row: Any) -> Iterable[int]:
    if entity == SHEET:
        return sheet_rows.orders_on(ctx, row)
    if entity in (RETURN, SETTLEMENT):
        return [row.customer_order_id]
    return [row.owner_id] if entity == DOCUMENT and row.owner_entity == CUSTOMER_ORDER else []
