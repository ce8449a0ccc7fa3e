"""Wiring of the stock plugin: manifest and hook implementations, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core import ledger
from core.api import Ctx, Declare, Manifest, NavItem, Panel, T, Task, hookimpl
from plugins.stock import hookspecs, shown, words
from plugins.stock.entities import documents, shared
from plugins.stock.entities import stores as entities
from plugins.stock.services import expiry, labels, release, setting_aside, stores
from plugins.stock.services.planned import plan_demand, plan_supply  # noqa: F401 - hooks
from plugins.stock.shown import alerts, label_kinds  # noqa: F401 - hooks

manifest = Manifest(
    name="stock",
    title=T("Warehouse"),
    version="0.1.0",
    summary=T(
        "Stores, counts, transfers and reservations; what documents want: demands, what is claimed and set aside for them."
    ),
    category="materials",
    menu=40,
    requires=("catalog",),
    settings=shared.SETTINGS,
)


@hookimpl
def register_hookspecs(registry: Declare) -> Any:
    """What this plugin asks of others."""
    return hookspecs


@hookimpl
def register(registry: Declare) -> None:
    """Declare words of the ledger and entities."""
    words.register(registry)
    entities.register(registry)
    documents.register(registry)
    registry.menu_group(shown.GROUP, T("Inventory"), 50)


@hookimpl
def register_screens(registry: Declare) -> None:
    """Pages of our own."""
    from plugins.stock.screens import documents as screens_documents

    screens_documents.register(registry)


@hookimpl
def plugins_enabled(ctx: Ctx, plugins: Sequence[str]) -> None:
    """A tenant starts with one store."""
    if "stock" in plugins:
        stores.seed(ctx)


@hookimpl
def after_transition(ctx: Ctx, entity: str, row: Any, action: str, data: Mapping[str, Any]) -> None:
    """What is over keeps nothing."""
    release.release_after(ctx, entity, row)


@hookimpl
def after_post(ctx: Ctx, moves: Sequence[ledger.Move], entity: str, entity_id: int) -> None:
    """Nor does it get anything to keep; demands that stock was set aside for are told of."""
    release.after(ctx, moves)
    expiry.after(ctx, moves)
    setting_aside.tell(ctx, moves)


@hookimpl
def stock_names(
    ctx: Ctx, items: Sequence[ledger.Item], places: Sequence[ledger.Place]
) -> Sequence[ledger.Named]:
    """Materials, garments, stores and partners."""
    return labels.stock_label_names(ctx, items, places)


@hookimpl
def nav_items(ctx: Ctx) -> Sequence[NavItem]:
    """Documents by kind."""
    return shown.nav(ctx)


@hookimpl
def tasks(ctx: Ctx) -> Sequence[Task]:
    """Counts to finish."""
    return shown.tasks(ctx)


@hookimpl
def entity_panels(ctx: Ctx, entity: str, row: Any) -> Sequence[Panel]:
    """What is kept for a document."""
    return shown.panels(ctx, entity, row)
