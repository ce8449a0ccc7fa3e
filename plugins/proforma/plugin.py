"""Wiring of the proforma plugin: manifest and hook implementations, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.api import Ctx, Declare, Field, Manifest, Panel, T, hookimpl
from plugins.proforma import demo, entities, shown
from plugins.proforma.documents import invoice
from plugins.proforma.words import PURCHASE_ORDER, VALID_DAYS

manifest = Manifest(
    name="proforma",
    title=T("Proforma invoices"),
    version="0.1.0",
    summary=T("Turn an issued purchase order into a proforma invoice with quantities of its own."),
    category="sales",
    requires=("catalog", "purchasing"),
    settings=(Field("valid_days", T("Valid for days"), "int", default=VALID_DAYS, min=0, max=365),),
)


@hookimpl
def register(registry: Declare) -> None:
    """Declare the invoice, its PDF and the action on purchase orders."""
    entities.register(registry)
    invoice.register(registry)
    registry.demo(demo.load)


@hookimpl
def register_screens(registry: Declare) -> None:
    """Pages of our own."""
    from plugins.proforma import screens

    screens.register(registry)


@hookimpl
def entity_panels(ctx: Ctx, entity: str, row: Any) -> Sequence[Panel]:
    """The newest proforma invoice on the page of a purchase order."""
    return shown.of_order(ctx, row) if entity == PURCHASE_ORDER else []


@hookimpl
def action_tables(ctx: Ctx, entity: str) -> Sequence[Any]:
    """The page on which the lines of an order become those of an invoice."""
    from plugins.proforma.screens import CONVERT

    return [("proforma", CONVERT)] if entity == PURCHASE_ORDER else []
