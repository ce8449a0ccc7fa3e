"""Wiring of shipping, a bridge between orders and stock: manifest and hook implementations, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core import ledger
from core.api import Block, Ctx, Declare, DocumentKind, Manifest, Panel, T, hookimpl
from plugins.shipping import hookspecs
from plugins.shipping.demo import loader
from plugins.shipping.entities import actions, shipments
from plugins.shipping.services import packing, vetoes, wanted
from plugins.shipping.services.came_back import goods_returned  # noqa: F401 - a hook
from plugins.shipping.services.clearing import clearing  # noqa: F401 - a hook
from plugins.shipping.services.clearing import moved as after_transition  # noqa: F401 - a hook
from plugins.shipping.services.shipping_lines import ORDER, goods_sent  # noqa: F401 - a hook
from plugins.shipping.services.shipping_lines import supplied as supplied_cells  # noqa: F401 - a hook
from plugins.shipping.services.wanted import by_day as shipped_pieces  # noqa: F401 - a hook
from plugins.shipping.services.wanted import stock_keepers  # noqa: F401 - a hook
from plugins.shipping.shown import panels, process
from plugins.shipping.shown.cartons import label_kinds, labels
from plugins.shipping.shown.statistics import trade_facts  # noqa: F401 - a hook
from plugins.shipping.shown.tasks import tasks  # noqa: F401 - a hook
from plugins.shipping.words import CUSTOMER_ORDER, SHIPMENT
from plugins.stock.api import Delivered

manifest = Manifest(
    name="shipping",
    title=T("Shipping"),
    version="0.1.0",
    summary=T("Shipments of customer orders by destination, with packing lists."),
    category="sales",
    requires=("base_company", "orders", "stock"),
    bridge=True,
)


@hookimpl
def register_hookspecs(registry: Declare) -> Any:
    """What others may implement."""
    return hookspecs


@hookimpl
def register(registry: Declare) -> None:
    """Declare entities, actions and the packing list."""
    shipments.register(registry)
    actions.register(registry)
    process.register(registry)
    registry.document(
        DocumentKind("shipping.packing_list", "shipping.shipment", T("Packing list"), "shipping/packing_list.html",
                     packing.context, lambda row: f"{row.number}-packing-list.pdf",
                     visible=lambda ctx, row: bool(row.lines))
    )  # fmt: skip
    registry.demo(loader.load, after=("factory_stock",))


@hookimpl
def register_screens(registry: Declare) -> None:
    """Pages of our own."""
    from plugins.shipping import screens

    screens.register(registry)


@hookimpl
def before_transition(
    ctx: Ctx, entity: str, row: Any, action: str, data: Mapping[str, Any]
) -> Sequence[Block]:
    """A customer order that goods were shipped for is not cancelled; others may hold what is to leave."""
    if entity == SHIPMENT and action in ("confirm", "ship"):
        return vetoes.leaving(ctx, row)
    return vetoes.blocks(ctx, row) if entity == CUSTOMER_ORDER and action == "cancel" else ()


@hookimpl
def stock_wanted(
    ctx: Ctx, entity: str, owner_ids: Sequence[int]
) -> Mapping[int, Mapping[ledger.Item, Decimal]] | None:
    """What customer orders still take of finished goods."""
    return wanted.of_orders(ctx, owner_ids) if entity == ORDER else None


@hookimpl
def delivered(ctx: Ctx, entity: str, owner_id: int) -> Delivered | None:
    """What was shipped for a customer order."""
    return wanted.delivered(ctx, owner_id) if entity == ORDER else None


@hookimpl
def entity_panels(ctx: Ctx, entity: str, row: Any) -> Sequence[Panel]:
    """Shipments on a customer order."""
    return panels.of_order(ctx, row) if entity == CUSTOMER_ORDER else ()


__all__ = ["label_kinds", "labels", "manifest"]
