"""A second plugin of somebody else: it needs ``samples``, vetoes, listens, adds a column, and can be made to fail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.api import (
    Block,
    Ctx,
    Declare,
    Manifest,
    Panel,
    SaveChange,
    T,
    hookimpl,
)
from tests.thirdparty.couriers import entities
from tests.thirdparty.couriers.services import (
    REQUEST,
    before_save,
    before_transition,
    plugin_upgraded,
    restrict,
)
from tests.thirdparty.samples.api import Request

manifest = Manifest(
    name="couriers",
    title=T("Couriers"),
    version="1.0",
    summary=T("Parcels that carry samples."),
    category="development",
    requires=("samples",),
    default_on=False,
)

heard: list[tuple[str, Any]] = []
"""What this plugin was told, for the tests."""
saved: list[tuple[str, Any, SaveChange]] = []
"""The saves it was told of."""


@hookimpl
def register(registry: Declare) -> None:
    entities.register(registry)


@hookimpl
def register_screens(registry: Declare) -> None:
    from tests.thirdparty.couriers.screens import views

    for view in views():
        registry.view(view)


@hookimpl
def plugins_enabled(ctx: Ctx, plugins: Sequence[str]) -> None:
    heard.append(("enabled", (*plugins, "of", *sorted(ctx.enabled - ctx.hub.always_on))))


@hookimpl
def after_save(ctx: Ctx, entity: str, row: Any, change: SaveChange) -> None:
    saved.append((entity, row, change))
    if change.new.get("notes") == "burn":
        raise RuntimeError("the courier's computer is on fire")


@hookimpl
def after_override(ctx: Ctx, row: Any, action: str, block: Block, code: str, reason: str) -> None:
    heard.append((f"overridden {block.detail.get('worth', '')} {code} {reason}", row.number))


@hookimpl
def after_transition(ctx: Ctx, entity: str, row: Any, action: str) -> None:
    if entity == REQUEST:
        heard.append((action, row.number))
        if row.notes == "explode":
            raise RuntimeError("the courier's computer is on fire")


@hookimpl
def sample_stamped(ctx: Ctx, row: Request, word: str) -> None:
    heard.append((f"stamped {word}", row.number))


@hookimpl
def entity_panels(ctx: Ctx, entity: str, row: Any) -> Sequence[Panel] | None:
    if entity != REQUEST:
        return None
    if row.notes == "broken panel":
        raise ValueError("no panel today")
    return [Panel(T("Parcels"), "couriers/parcels.html", {"number": row.number})]


__all__ = ["before_save", "before_transition", "manifest", "plugin_upgraded", "restrict"]
