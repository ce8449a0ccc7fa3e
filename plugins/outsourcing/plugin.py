"""Wiring of the outsourcing plugin: manifest and hook implementations, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from core.api import (
    Alert,
    Ctx,
    Declare,
    EntityRef,
    Field,
    JobKind,
    Manifest,
    Panel,
    SearchHit,
    T,
    Task,
    Tile,
    hookimpl,
)
from plugins.outsourcing import hookspecs, words
from plugins.outsourcing.demo import loader
from plugins.outsourcing.documents import contract
from plugins.outsourcing.entities import actions, money, orders, settings
from plugins.outsourcing.services import allocation, contracts, lines, lookup, ship_dates
from plugins.outsourcing.services import milestones as events
from plugins.outsourcing.shown import alerts as attention
from plugins.outsourcing.shown import hub_page, process
from plugins.outsourcing.shown import tasks as waiting
from plugins.outsourcing.words import CUSTOMER_ORDER, FACTORY_ORDER

manifest = Manifest(
    name="outsourcing",
    title=T("Outsourcing"),
    version="0.1.0",
    summary=T("Factory orders: consolidate customer orders, issue, contract, pay."),
    menu=20,
    requires=("base_files", "base_company", "catalog", "orders"),
    settings=(
        Field("four_eyes", T("Four-eyes rule"), "bool", default=False,
              help=T("Issuing, price changes and short-closing need a manager who did not make the factory order.")),
        Field("fg_over_pct", T("Allowed above the ordered quantity"), "pct", default=3, min=0, max=100, places=2,
              suffix="%"),
        Field("under_pct", T("A size is complete although short by"), "pct", default=0, min=0, max=100, places=2,
              suffix="%"),
        Field("unsigned_days", T("Days after which an unsigned contract is brought to mind"), "int", default=10, min=1,
              max=365),
        Field("require_signed_contract", T("Production starts only with a signed contract"), "bool", default=False),
        *settings.FIELDS,
    ),
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


@hookimpl
def order_allocations(ctx: Ctx, order_ids: Sequence[int]) -> Mapping[tuple[int, int], int]:
    """Pieces of customer orders that live factory orders take up."""
    return allocation.allocated_of_orders(ctx, order_ids)


@hookimpl
def makers(ctx: Ctx, order_ids: Sequence[int]) -> Mapping[int, Sequence[EntityRef]]:
    """Factory orders that make customer orders."""
    found = process.makers(ctx, order_ids)
    return {order_id: [EntityRef(FACTORY_ORDER, m.id) for m in made] for order_id, made in found.items()}


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
        events.changed(ctx, [split.order_id for split in row.splits])


@hookimpl
def milestones(ctx: Ctx, entity: str, ids: Sequence[int]) -> Mapping[int, Mapping[str, date]] | None:
    """When factory orders were issued, contracts signed, deposits paid, and cutting began."""
    return events.of(ctx, ids) if entity == events.ENTITY else None


@hookimpl
def milestones_changed(ctx: Ctx, entity: str, ids: Sequence[int]) -> None:
    """Ship dates of customer orders reach the factory orders that make them."""
    if entity == CUSTOMER_ORDER:
        ship_dates.follow(ctx, ids)


@hookimpl
def search(ctx: Ctx, query: str, limit: int) -> Sequence[SearchHit]:
    """Factory orders by customer PO and style."""
    return lookup.hits(ctx, query, limit)


@hookimpl
def entity_panels(ctx: Ctx, entity: str, row: Any) -> Sequence[Panel]:
    """On a customer order: the factory orders that make it."""
    if entity != CUSTOMER_ORDER or not ctx.can("outsourcing.order.view"):
        return []
    rows = lookup.of_customer_order(ctx, row.id)
    values = {"rows": rows, "status": words.CONTRACT_STATUS}
    return [Panel(T("Factory orders"), "outsourcing/panel_order.html", values)] if rows else []


@hookimpl
def alerts(ctx: Ctx) -> Sequence[Alert]:
    """Overdue instalments, unsigned contracts, lines of cancelled orders."""
    return attention.alerts(ctx)


@hookimpl
def dashboard_tiles(ctx: Ctx) -> Sequence[Tile]:
    """Figures for the Hub page."""
    return hub_page.tiles(ctx)


@hookimpl
def dashboard_panels(ctx: Ctx) -> Sequence[Panel]:
    """A tab of the Hub page."""
    return hub_page.panels(ctx)


@hookimpl
def tasks(ctx: Ctx) -> Sequence[Task]:
    """Own drafts, contracts, payments, production to start."""
    return waiting.tasks(ctx)
