"""What the list and the page of customer orders offer: a factory order for what is left of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.api import Action, Ctx, Declare, Field, Panel, T
from plugins.orders.api import CustomerOrder
from plugins.outsourcing.models import FactoryOrder
from plugins.outsourcing.services import consolidate
from plugins.outsourcing.words import CUSTOMER_ORDER, FACTORY_ORDER

Orders = Sequence[CustomerOrder]


def _make(ctx: Ctx, orders: Orders, data: Mapping[str, Any]) -> FactoryOrder:
    return consolidate.make_factory_order(ctx, orders, data["factory"])


def _start(ctx: Ctx, orders: Orders) -> Mapping[str, Any]:
    return {"factory": consolidate.proposal(ctx, orders).factory}


def _preview(ctx: Ctx, orders: Orders) -> Sequence[Panel]:
    found = consolidate.proposal(ctx, orders)
    return [Panel(T("What it would hold"), "outsourcing/proposal.html", {"found": found})]


def _has_left(ctx: Ctx, order: CustomerOrder) -> bool:
    return bool(consolidate.left(ctx, [order]))


def register(registry: Declare) -> None:
    """Declare it."""
    registry.action(
        Action(
            CUSTOMER_ORDER, "factory_order", T("To factory order"), _make, ("confirmed",), batch="together", order=15,
            permission=f"{FACTORY_ORDER}.create", visible=_has_left, tone="primary", start=_start, preview=_preview,
            then=(FACTORY_ORDER, "issue"),
            fields=(
                Field("factory", T("Factory"), "ref", required=True, ref="catalog.partner", where={"is_factory": True}),
            ),
        )
    )  # fmt: skip
