"""*Buy* on factory orders, one or several: a draft for each supplier and class of what they still lack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.api import Action, Ctx, Declare, EntityName, Panel, T
from plugins.buying.api import proposals, shown
from plugins.outsourcing.api import FactoryOrder
from plugins.purchasing.api import PurchaseOrder
from plugins.stock.api import demands

ORDER, PURCHASE = EntityName("outsourcing.order"), EntityName("purchasing.order")
Orders = Sequence[FactoryOrder]


def _demands(ctx: Ctx, orders: Orders) -> list[int]:
    return list(demands.ids_of(ctx, ORDER, [order.id for order in orders]).values())


def _buy(ctx: Ctx, orders: Orders, data: Mapping[str, Any]) -> list[PurchaseOrder]:
    return proposals.buy(ctx, _demands(ctx, orders))


def _preview(ctx: Ctx, orders: Orders) -> list[Panel]:
    return shown.of_proposals(ctx, _demands(ctx, orders))


def _lacks(ctx: Ctx, order: FactoryOrder) -> bool:
    return bool(proposals.lacking(ctx, _demands(ctx, [order])))


BUY = Action(
    ORDER, "buy", T("Buy materials"), _buy, ("issued", "in_production"), permission=f"{PURCHASE}.create", batch="together",
    confirm=T("One draft for each supplier and class, for what is still to buy. Prices and days can be changed in the drafts."),
    visible=_lacks, preview=_preview, then=(PURCHASE, "issue"), tone="primary", order=26,
)  # fmt: skip


def register(registry: Declare) -> None:
    """Declare it."""
    registry.action(BUY)
