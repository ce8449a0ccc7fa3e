"""Wiring of the catalog plugin: manifest and hook implementations, nothing else."""

from __future__ import annotations

from core.api import Ctx, Field, Manifest, Registry, T, hookimpl
from plugins.catalog import entities, models  # noqa: F401  (models maps the tables)

manifest = Manifest(
    name="catalog",
    title=T("Catalog"),
    version="0.1.0",
    summary=T("Partners, styles, materials, consumption and price lists"),
    requires=(),
    settings=(
        Field("calendar", T("Working calendar of the company"), "ref", ref="catalog.calendar",
              help=T("Empty: Saturday and Sunday are off.")),
    ),
)  # fmt: skip


@hookimpl
def register(registry: Registry) -> None:
    """Declare entities and actions."""
    entities.declare(registry)


@hookimpl
def register_screens(registry: Registry) -> None:
    """The style's own pages."""
    from plugins.catalog.screens import StyleView

    registry.screen("catalog.style", StyleView)


@hookimpl
def demo_data(ctx: Ctx, shift: int) -> None:
    """Load the catalog of the demo tenant."""
    from plugins.catalog import demo_loader

    demo_loader.load(ctx, shift)
