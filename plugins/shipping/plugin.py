"""Wiring of shipping, a bridge between orders and stock: manifest and hook implementations, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.api import Block, Ctx, DocumentKind, Manifest, Panel, Registry, T, Task, hookimpl
from plugins.shipping import actions, demo, entities, panels, vetoes
from plugins.shipping.services import packing, process
from plugins.shipping.services import tasks as waiting

manifest = Manifest(
    name="shipping",
    title=T("Shipping"),
    version="0.1.0",
    summary=T("Shipments of customer orders by destination, with packing lists."),
    requires=("base_company", "orders", "stock"),
    bridge=True,
)


@hookimpl
def register(registry: Registry) -> None:
    """Declare entities, actions and the packing list."""
    entities.register(registry)
    actions.register(registry)
    process.register(registry)
    registry.document(
        DocumentKind("shipping.packing_list", "shipping.shipment", T("Packing list"), "shipping/packing_list.html",
                     packing.context, lambda row: f"{row.number}-packing-list.pdf")
    )  # fmt: skip


@hookimpl
def register_screens(registry: Registry) -> None:
    """Pages of our own."""
    from plugins.shipping import screens

    screens.register(registry)


@hookimpl
def before_transition(
    ctx: Ctx, entity: str, row: Any, action: str, data: Mapping[str, Any]
) -> Sequence[Block]:
    """A customer order that goods were shipped for is not cancelled."""
    return vetoes.blocks(ctx, row) if entity == "orders.order" and action == "cancel" else ()


@hookimpl
def entity_panels(ctx: Ctx, entity: str, row: Any) -> Sequence[Panel]:
    """Shipments on a customer order."""
    return panels.of_order(ctx, row) if entity == "orders.order" else ()


@hookimpl
def tasks(ctx: Ctx) -> Sequence[Task]:
    """Shipments to confirm and to send."""
    return list(waiting.tasks(ctx))


@hookimpl(trylast=True)
def demo_data(ctx: Ctx, shift: int) -> None:
    """The demo tenant's shipment; after everybody else, since pieces must have come in first."""
    demo.load(ctx, shift)
