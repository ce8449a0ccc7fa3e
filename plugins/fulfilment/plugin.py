"""Wiring of fulfilment: manifest and hook implementations, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from core.api import Ctx, Declare, Field, Manifest, Panel, T, hookimpl
from plugins.fulfilment.demo import loader
from plugins.fulfilment.entities import contexts, pricing, purchases, splitting
from plugins.fulfilment.entities import returns as returned
from plugins.fulfilment.entities import sheets as sheet_entities
from plugins.fulfilment.services.answers import (
    clearing,
    deposit_rules,
    goods_delivered,
    goods_returned,
    line_conditions,
    line_positions,
    line_trails,
    own_returns,
)
from plugins.fulfilment.services.clearing import counted as after_transition
from plugins.fulfilment.services.keeping import lines_written
from plugins.fulfilment.services.needs import bought_pieces
from plugins.fulfilment.services.references import shipping_blocks
from plugins.fulfilment.services.released import plan_release
from plugins.fulfilment.services.straight import supplied_cells  # noqa: F401 - a hook
from plugins.fulfilment.services.vetoes import blocks as before_transition
from plugins.fulfilment.services.vetoes import goods_leave
from plugins.fulfilment.shown import panels, vendors
from plugins.fulfilment.shown.hub_page import alerts, tasks
from plugins.fulfilment.shown.statistics import trade_facts
from plugins.fulfilment.words import CUSTOMER_ORDER, PURCHASE_ORDER

manifest = Manifest(
    name="fulfilment",
    title=T("Fulfilment"),
    version="0.1.0",
    summary=T("Trading: one customer order bought finished from many vendors, and back."),
    category="sales",
    menu=15,
    requires=("base_company", "catalog", "orders", "purchasing", "stock"),
    settings=(
        Field("over_pct", T("Allowed above the order"), "pct", default=Decimal(0), min=0, max=100, places=2, suffix="%",
              help=T("Where an order has no business context.")),
    ),
)  # fmt: skip


@hookimpl
def register(registry: Declare) -> None:
    """Declare entities and actions."""
    contexts.register(registry)
    splitting.register(registry)
    pricing.register(registry)
    purchases.register(registry)
    sheet_entities.register(registry)
    returned.register(registry)
    registry.demo(loader.load, after=("factory_stock", "shipping"))


@hookimpl
def register_screens(registry: Declare) -> None:
    """Pages of our own."""
    from plugins.fulfilment.screens import progress, returns, sheets

    for screen in (sheets, returns, progress):
        screen.register(registry)


@hookimpl
def action_tables(ctx: Ctx, entity: str) -> Sequence[Any]:
    """The pages on which orders are split, allotted and moved."""
    from plugins.fulfilment.screens import tables

    if entity == CUSTOMER_ORDER:
        return [("split", tables.VENDORS), ("price", tables.PRICING)]
    return [("allot", tables.ALLOTTING), ("move", tables.MOVING)] if entity == PURCHASE_ORDER else []


@hookimpl
def entity_panels(ctx: Ctx, entity: str, row: Any) -> Sequence[Panel]:
    """Vendors and progress on customer orders, customer orders on purchase orders."""
    return [*vendors.of_document(ctx, entity, row), *panels.order_panels(ctx, entity, row)]


__all__ = [
    "after_transition", "alerts", "before_transition", "bought_pieces", "clearing", "deposit_rules",
    "goods_delivered", "goods_leave", "goods_returned", "line_conditions", "line_positions", "line_trails",
    "lines_written", "manifest", "own_returns", "plan_release", "shipping_blocks", "tasks", "trade_facts",
]  # fmt: skip
