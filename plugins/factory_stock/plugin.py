"""Wiring of stock at factories, a bridge between outsourcing and stock: manifest and hook implementations, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from core import ledger
from core.api import Block, Ctx, Declare, DocumentKind, Field, Manifest, NavItem, Panel, T, Task, hookimpl
from plugins.catalog.api import Need
from plugins.factory_stock import words
from plugins.factory_stock.demo import loader
from plugins.factory_stock.documents import issue_slip
from plugins.factory_stock.entities import actions, documents
from plugins.factory_stock.entities import need as need_action
from plugins.factory_stock.services import labels, need, usage, vetoes
from plugins.factory_stock.services import milestones as events
from plugins.factory_stock.shown import panels, process
from plugins.factory_stock.shown import tasks as waiting
from plugins.outsourcing.services import milestones as factory
from plugins.stock.api import Keeper

manifest = Manifest(
    name="factory_stock",
    title=T("Stock at factories"),
    version="0.1.0",
    summary=T("Material need of factory orders, material to and from factories, goods in, the statement of each."),
    requires=("base_company", "outsourcing", "stock"),
    bridge=True,
    settings=(
        Field("overcut_pct", T("Over-cut"), "pct", default=0, min=0, max=50, places=2, suffix="%",
              help=T("Pieces cut above the order; they need material too.")),
        Field("yield_mode", T("Wastage is a share of what is cut"), "bool", default=False,
              help=T("On: net ÷ (1 − wastage). Off: net × (1 + wastage).")),
        Field("carton_material", T("Material code of export cartons"), default="CTN", max_length=40,
              help=T("Their need follows from the pieces per carton of each style, by destination. Empty: not counted.")),
    ),
)  # fmt: skip


@hookimpl
def register(registry: Declare) -> None:
    """Declare entities, actions and events."""
    for event in events.EVENTS:
        registry.event(event)
    registry.permission(
        "factory_stock.need.update",
        T("Update the material need of a factory order"),
        ("merch", "purch", "mgr"),
    )
    registry.permission("factory_stock.statement.view", T("See the statements of factories"),
                        ("merch", "purch", "wh", "qc", "prod", "fin", "mgr"))  # fmt: skip
    registry.permission(
        "factory_stock.goods_in.over", T("Accept more pieces than ordered plus the tolerance"), ("mgr",)
    )
    registry.permission(vetoes.SETTLE, T("Close a factory order with material at the factory"), ("mgr",))
    labels.register(registry)
    documents.register(registry)
    need_action.register(registry)
    actions.register(registry)
    process.register(registry)
    registry.document(
        DocumentKind("factory_stock.issue_slip", "factory_stock.issue", T("Issue slip"), "factory_stock/issue_slip.html",
                     issue_slip.context, lambda row: f"{row.number}.pdf", visible=lambda ctx, row: bool(row.lines),
                     title=lambda row: words.SLIPS[row.kind])
    )  # fmt: skip
    registry.demo(loader.load, after=("receiving", "inventory"))


@hookimpl
def register_screens(registry: Declare) -> None:
    """Pages of our own."""
    from plugins.factory_stock.screens import documents as screens
    from plugins.factory_stock.screens import statement

    screens.register(registry)
    statement.register(registry)


@hookimpl
def plugins_enabled(ctx: Ctx, plugins: Sequence[str]) -> None:
    """Factory orders that are there already become demands."""
    if "factory_stock" in plugins:
        need.tell(ctx)


@hookimpl
def factory_orders_changed(ctx: Ctx, order_ids: Sequence[int]) -> None:
    """Factory orders are demands: who supplies them is told how they stand."""
    need.tell(ctx, order_ids)


@hookimpl
def demand_kinds(ctx: Ctx) -> Sequence[str]:
    """Factory orders want material."""
    return [need.ENTITY]


@hookimpl
def stock_keepers(ctx: Ctx) -> Sequence[Keeper]:
    """Material is kept for factory orders until they are completed."""
    return [
        Keeper(need.ENTITY, "material", ("draft", "issued", "in_production"), ("issued", "in_production"))
    ]


@hookimpl
def planned_needs(ctx: Ctx, entity: str, owner_ids: Sequence[int]) -> Mapping[int, Sequence[Need]] | None:
    """What factory orders that are still drafts would need."""
    return need.now(ctx, owner_ids) if entity == need.ENTITY else None


@hookimpl
def after_transition(ctx: Ctx, entity: str, row: Any, action: str, data: Mapping[str, Any]) -> None:
    """Keep the material need of a factory order when it is issued or changes; tell of goods that came in."""
    if entity == need.ENTITY:
        need.follow(ctx, row, action)
    elif entity == events.GOODS_IN and action in ("post", "reverse"):
        factory.changed(ctx, [row.factory_order_id])


@hookimpl
def milestones(ctx: Ctx, entity: str, ids: Sequence[int]) -> Mapping[int, Mapping[str, date]] | None:
    """When all goods of factory orders were in."""
    return events.of(ctx, ids) if entity == events.ENTITY else None


@hookimpl
def stock_names(
    ctx: Ctx, items: Sequence[ledger.Item], places: Sequence[ledger.Place]
) -> Sequence[ledger.Named]:
    """Places at factories."""
    return labels.names(ctx, places)


@hookimpl
def before_transition(
    ctx: Ctx, entity: str, row: Any, action: str, data: Mapping[str, Any]
) -> Sequence[Block]:
    """Orders that material or goods were booked for are neither withdrawn nor cancelled."""
    return vetoes.blocks(ctx, entity, row, action)


@hookimpl
def goods_in(ctx: Ctx, order_ids: Sequence[int]) -> Mapping[tuple[int, int, int], int]:
    """Accepted pieces of factory orders."""
    return usage.accepted(ctx, order_ids)


@hookimpl
def entity_panels(ctx: Ctx, entity: str, row: Any) -> Sequence[Panel]:
    """The statement on a factory order, shipments on a customer order."""
    return panels.of(ctx, entity, row)


@hookimpl
def tasks(ctx: Ctx) -> Sequence[Task]:
    """Shipments to confirm and to send, documents to post, material to issue."""
    return waiting.tasks(ctx)


@hookimpl
def nav_items(ctx: Ctx) -> Sequence[NavItem]:
    """The statements of factories have no entity of their own."""
    if not ctx.can("factory_stock.statement.view"):
        return []
    return [NavItem(T("Statements of factories"), "/factory_stock/statement/", "stock", 40)]
