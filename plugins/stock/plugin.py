"""Wiring of the stock plugin: manifest and hook implementations, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.api import Ctx, Manifest, Registry, T, hookimpl, ledger
from plugins.stock import entities, hookspecs, labels, stores, words
from plugins.stock.services import release

manifest = Manifest(
    name="stock",
    title=T("Warehouse"),
    version="0.1.0",
    summary=T("Stores, and what documents want of them: demands, what is claimed and set aside for them."),
    menu=40,
    requires=("catalog",),
)


@hookimpl
def register_hookspecs(registry: Registry) -> Any:
    """What this plugin asks of others."""
    return hookspecs


@hookimpl
def register(registry: Registry) -> None:
    """Declare words of the ledger and entities."""
    words.register(registry)
    entities.register(registry)


@hookimpl
def plugins_enabled(ctx: Ctx, plugins: Sequence[str]) -> None:
    """A tenant starts with one store."""
    if "stock" in plugins:
        stores.seed(ctx)


@hookimpl
def after_transition(ctx: Ctx, entity: str, row: Any, action: str, data: Mapping[str, Any]) -> None:
    """What is over keeps nothing."""
    release.follow(ctx, entity, row)


@hookimpl
def after_post(ctx: Ctx, moves: Sequence[ledger.Move], entity: str, entity_id: int) -> None:
    """Nor does it get anything to keep."""
    release.after(ctx, moves)


@hookimpl
def stock_names(
    ctx: Ctx, items: Sequence[ledger.Item], places: Sequence[ledger.Place]
) -> Sequence[ledger.Named]:
    """Materials, garments, stores and partners."""
    return labels.names(ctx, items, places)
