"""Wiring of the outsourcing plugin: manifest and hook implementations, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from core.api import Ctx, Declare, JobKind, Manifest, T, hookimpl
from plugins.outsourcing import hookspecs
from plugins.outsourcing.demo import loader
from plugins.outsourcing.documents import contract
from plugins.outsourcing.entities import actions, money, orders, settings
from plugins.outsourcing.services import contracts, lines
from plugins.outsourcing.services import milestones as events
from plugins.outsourcing.services.allocation import allocated_of_orders as order_allocations
from plugins.outsourcing.services.lookup import hits as search
from plugins.outsourcing.services.planned import plan_supply  # noqa: F401 - a hook
from plugins.outsourcing.services.released import plan_release  # noqa: F401 - a hook
from plugins.outsourcing.services.ship_dates import milestones_changed
from plugins.outsourcing.shown import process
from plugins.outsourcing.shown.alerts import alerts
from plugins.outsourcing.shown.hub_page import panels as dashboard_panels
from plugins.outsourcing.shown.hub_page import tiles as dashboard_tiles
from plugins.outsourcing.shown.panels import entity_panels, makers
from plugins.outsourcing.shown.statistics import trade_facts  # noqa: F401 - a hook
from plugins.outsourcing.shown.tasks import tasks
from plugins.outsourcing.words import CUSTOMER_ORDER

manifest = Manifest(
    name="outsourcing", title=T("Outsourcing"), version="0.1.0", category="production",
    summary=T("Factory orders: consolidate customer orders, issue, contract, pay."),
    menu=20, requires=("base_files", "base_company", "catalog", "orders"),
    settings=settings.SETTINGS,
)  # fmt: skip


@hookimpl
def register_hookspecs(registry: Declare) -> Any:
    """What this plugin asks of others."""
    return hookspecs


@hookimpl
def register(registry: Declare) -> None:
    """Declare entities, actions and events."""
    orders.register(registry)
    actions.register(registry)
    money.register(registry)
    contract.declare(registry)
    for event in events.EVENTS:
        registry.event(event)
    process.register(registry)
    registry.job(JobKind(contracts.JOB, contracts.run_job, T("Make the contract")))
    registry.demo(loader.load)


@hookimpl
def register_screens(registry: Declare) -> None:
    """Pages of our own."""
    from plugins.outsourcing.screens.money import AdjustmentView, PaymentView
    from plugins.outsourcing.screens.orders import OrderView

    registry.screen("outsourcing.order", OrderView)
    registry.screen("outsourcing.payment", PaymentView)
    registry.screen("outsourcing.adjustment", AdjustmentView)


@hookimpl(trylast=True)
def after_transition(ctx: Ctx, entity: str, row: Any, action: str, data: Mapping[str, Any]) -> None:
    """A cancelled customer order flags its lines on factory orders; a revived one takes the flag off.

    Last, so that what others keep of a factory order (its material need) is there when they are told that it changed.
    """
    if entity == CUSTOMER_ORDER and action in ("cancel", "reopen"):
        lines.flag_order(ctx, row.id, cancelled=row.state == "cancelled")
    elif entity == events.ENTITY and action not in events.STILL:
        events.moved(ctx, [row.id])
    elif entity == events.PAYMENT:
        events.factory_orders_changed(ctx, [split.order_id for split in row.splits])


@hookimpl
def milestones(ctx: Ctx, entity: str, ids: Sequence[int]) -> Mapping[int, Mapping[str, date]] | None:
    """When factory orders were issued, contracts signed, deposits paid, and cutting began."""
    return events.factory_order_milestones(ctx, ids) if entity == events.ENTITY else None


__all__ = [
    "alerts",
    "dashboard_panels",
    "dashboard_tiles",
    "entity_panels",
    "makers",
    "manifest",
    "milestones_changed",
    "order_allocations",
    "search",
    "tasks",
]
