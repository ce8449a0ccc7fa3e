"""Wiring of the invoicing plugin: manifest and hook implementations, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.api import Block, Ctx, Declare, Field, Manifest, Panel, T, hookimpl
from plugins.catalog.api import CUSTOMER_PRICES, SUPPLIER_PRICES
from plugins.invoicing import demo, hookspecs, words
from plugins.invoicing.documents import invoice
from plugins.invoicing.entities import bills, invoice_actions, invoices, payments, taxes
from plugins.invoicing.services import holding, orders_tax, ratios
from plugins.invoicing.shown import hub_page, panels
from plugins.invoicing.shown.statistics import customer_debts  # noqa: F401 - a hook

manifest = Manifest(
    name="invoicing",
    title=T("Invoices and payments"),
    version="0.1.0",
    summary=T("Invoices to customers, bills of vendors, payments, and what is owed; goods wait for their deposit."),
    category="sales",
    menu=40,
    requires=("base_company", "catalog", "orders", "purchasing"),
    settings=(
        Field("basis", T("Customers are invoiced for"), "choice", choices=words.BASES, default="delivered",
              help=T("Where nobody keeps count of deliveries, it is what was ordered.")),
        Field("hold", T("Goods wait for their deposit"), "bool", default=False,
              help=T("Instalments before delivery in the payment terms hold shipments until they are paid.")),
    ),
)  # fmt: skip


@hookimpl
def register_hookspecs(registry: Declare) -> Any:
    """What others may implement."""
    return hookspecs


@hookimpl
def register(registry: Declare) -> None:
    """Declare entities, actions, rights and the printed invoice."""
    taxes.register(registry)
    invoices.register(registry)
    invoice_actions.register(registry)
    bills.register(registry)
    payments.register(registry)
    registry.list(words.RELEASE_REASONS)
    registry.permission(words.RELEASE, T("Let goods go before the deposit is paid"), ("mgr",))
    registry.permission(
        f"{words.AGEING}.view",
        T("See what is owed, by age"),
        words.FINANCE,
        needs=(CUSTOMER_PRICES, SUPPLIER_PRICES),
    )
    invoice.register(registry)
    registry.demo(demo.load, after=("shipping", "receiving", "fulfilment"))


@hookimpl
def register_screens(registry: Declare) -> None:
    """Pages of our own."""
    from plugins.invoicing import screens

    screens.register(registry)


@hookimpl
def entity_panels(ctx: Ctx, entity: str, row: Any) -> Sequence[Panel]:
    """Money on the pages of orders and partners."""
    if entity == words.CUSTOMER_ORDER:
        return panels.of_order(ctx, row)
    if entity == words.PARTNER:
        return panels.of_partner(ctx, row)
    return panels.of_purchase(ctx, row) if entity == words.PURCHASE_ORDER else []


@hookimpl
def before_transition(
    ctx: Ctx, entity: str, row: Any, action: str, data: Mapping[str, Any]
) -> Sequence[Block] | None:
    """Goods do not leave before their deposit is paid."""
    return holding.blocks(ctx, holding.leaving(ctx, entity, row, action))


after_save = hookimpl(specname="after_save")(orders_tax.after_save)
deposit_rules = holding.deposit_rules
clearing = hookimpl(specname="clearing")(ratios.clearing)
nav_items = hookimpl(specname="nav_items")(hub_page.nav_items)
alerts = hookimpl(specname="alerts")(hub_page.alerts)
tasks = hookimpl(specname="tasks")(hub_page.tasks)
dashboard_tiles = hookimpl(specname="dashboard_tiles")(hub_page.tiles)
