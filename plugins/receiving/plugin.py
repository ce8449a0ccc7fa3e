"""Wiring of the receiving bridge: manifest and hook implementations, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.api import Alert, Block, Ctx, Declare, Field, Manifest, NavItem, T, Task, hookimpl
from plugins.purchasing.hookspecs import LineConditions
from plugins.purchasing.services.positions import Position
from plugins.receiving import words
from plugins.receiving.demo import loader
from plugins.receiving.documents import slips
from plugins.receiving.entities import actions, receipts
from plugins.receiving.services import milestones, positions, pricing, vetoes
from plugins.receiving.services.tolerance import DEVIATION_PCT
from plugins.receiving.shown import figures, hub_page
from plugins.receiving.words import PURCHASE_ORDER

manifest = Manifest(
    name="receiving",
    title=T("Receiving"),
    version="0.1.0",
    summary=T("Receive what was ordered, inspect it, return it: receipts join purchase orders and stock."),
    menu=30,
    requires=("purchasing", "stock"),
    bridge=True,
    settings=(
        Field("inspection", T("Inspection before use"), "bool", default=False,
              help=T("What comes in waits until somebody accepts it.")),
        Field("deviation_pct", T("Ask when the measured quantity is off by"), "pct", default=DEVIATION_PCT, min=0, max=100,
              places=2, suffix="%"),
    ),
)  # fmt: skip


@hookimpl
def register(registry: Declare) -> None:
    """Declare receipts and returns, what is done with them, their slips."""
    for spec in words.LISTS:
        registry.list(spec)
    receipts.register(registry)
    actions.register(registry)
    slips.register(registry)
    registry.demo(loader.load)


@hookimpl
def register_screens(registry: Declare) -> None:
    """Pages of our own."""
    from plugins.receiving.screens import receipts as screens
    from plugins.receiving.screens import sheet

    sheet.register(registry)
    screens.register(registry)


@hookimpl
def nav_items(ctx: Ctx) -> Sequence[NavItem]:
    """The receiving sheet, beside the purchase orders."""
    if not ctx.can("receiving.receipt.create"):
        return []
    return [NavItem(T("Receiving"), "/receiving/sheet/", "purchasing", 30)]


@hookimpl
def line_positions(ctx: Ctx, line_ids: Sequence[int]) -> Mapping[int, Position]:
    """What came of purchase lines, and what went back."""
    return positions.positions(ctx, line_ids)


@hookimpl
def line_conditions(ctx: Ctx) -> LineConditions:
    """The same for lists."""
    return positions.conditions()


@hookimpl
def line_trails(ctx: Ctx, line_ids: Sequence[int]) -> Mapping[int, Sequence[Mapping[str, Any]]]:
    """The receipts and returns behind it."""
    return figures.trails(ctx, line_ids)


@hookimpl
def lines_repriced(ctx: Ctx, prices: Mapping[int, Decimal]) -> None:
    """Receipts take the new prices."""
    pricing.reprice(ctx, prices)


@hookimpl
def lines_page(ctx: Ctx, asked: str) -> str | None:
    """The receiving sheet."""
    return hub_page.sheet(ctx, asked)


@hookimpl
def before_transition(
    ctx: Ctx, entity: str, row: Any, action: str, data: Mapping[str, Any]
) -> Sequence[Block] | None:
    """No order is cancelled while a receipt is written for it."""
    return vetoes.cancelling(ctx, row) if (entity, action) == (PURCHASE_ORDER, "cancel") else None


@hookimpl
def after_transition(ctx: Ctx, entity: str, row: Any, action: str, data: Mapping[str, Any]) -> None:
    """Tell of those whose material came or went back."""
    milestones.follow(ctx, entity, row, action)


@hookimpl
def alerts(ctx: Ctx) -> Sequence[Alert]:
    """Overdue lines."""
    return hub_page.alerts(ctx)


@hookimpl
def tasks(ctx: Ctx) -> Sequence[Task]:
    """Receipts to inspect and to post."""
    return hub_page.tasks(ctx)
