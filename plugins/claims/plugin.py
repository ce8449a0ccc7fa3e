"""Wiring of the claims plugin: manifest and hook implementations, nothing else."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from core.api import Ctx, Declare, Field, Manifest, NavItem, T, hookimpl
from plugins.claims.demo import loader
from plugins.claims.documents import report
from plugins.claims.entities import actions, claims
from plugins.claims.services import photos
from plugins.claims.shown import alerts, tasks
from plugins.claims.shown import hits as search
from plugins.claims.shown import on_page as entity_panels
from plugins.claims.shown import panels as dashboard_panels
from plugins.claims.shown import tiles as dashboard_tiles

manifest = Manifest(
    name="claims",
    title=T("Claims"),
    version="0.1.0",
    summary=T(
        "Material and garment claims with photos, from open to closed; they never move stock or money."
    ),
    category="production",
    menu=60,
    requires=("base_files", "catalog", "orders", "outsourcing", "factory_stock", "shipping", "purchasing", "receiving"),
    settings=(
        Field("due_days", T("Days to answer a claim"), "int", default=14, min=0, max=365,
              help=T("A new claim is due so many days after it was opened.")),
    ),
)  # fmt: skip


@hookimpl
def register(registry: Declare) -> None:
    """Declare entity, actions, the list of defects and the report."""
    claims.register(registry)
    actions.register(registry)
    report.register(registry)
    registry.demo(loader.load)


@hookimpl
def register_screens(registry: Declare) -> None:
    """Pages of our own."""
    from plugins.claims.screens import claims as screens
    from plugins.claims.screens import figures

    screens.register(registry)
    figures.register(registry)


@hookimpl
def attachments_shown_elsewhere(ctx: Ctx, entity: str) -> Collection[str]:
    """Pictures have their own place on a claim's page."""
    return (photos.KIND,) if entity == claims.NAME else ()


@hookimpl
def nav_items(ctx: Ctx) -> Sequence[NavItem]:
    """Two lists, the short form for phones, the figures."""
    if not ctx.can("claims.claim.view"):
        return []
    found = [
        NavItem(T("Material claims"), "/claims/claim/?kind=material", "claims", 10),
        NavItem(T("Garment claims"), "/claims/claim/?kind=garment", "claims", 20),
        NavItem(T("Claim figures"), "/claims/figures/", "claims", 40),
    ]
    if ctx.can("claims.claim.create"):
        found.append(NavItem(T("Quick claim"), "/claims/claim/quick", "claims", 30))
    return found


__all__ = ["alerts", "dashboard_panels", "dashboard_tiles", "entity_panels", "manifest", "search", "tasks"]
