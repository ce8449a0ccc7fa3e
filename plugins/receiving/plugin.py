"""Wiring of the receiving bridge: manifest and hook implementations, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.api import Block, Ctx, Declare, Field, Manifest, NavItem, T, hookimpl
from plugins.purchasing.api import LineConditions, Position
from plugins.receiving import words
from plugins.receiving.demo import loader
from plugins.receiving.documents import slips
from plugins.receiving.entities import actions, receipts
from plugins.receiving.services import positions, vetoes
from plugins.receiving.services.milestones import receipt_milestones_changed as after_transition
from plugins.receiving.services.pricing import reprice as lines_repriced
from plugins.receiving.services.tolerance import DEVIATION_PCT
from plugins.receiving.shown.figures import trails as line_trails
from plugins.receiving.shown.hub_page import alerts, tasks
from plugins.receiving.shown.hub_page import sheet as lines_page
from plugins.receiving.shown.rolls import label_kinds, labels, search
from plugins.receiving.words import PURCHASE_ORDER

manifest = Manifest(
    name="receiving",
    title=T("Receiving"),
    version="0.1.0",
    summary=T("Receive what was ordered, inspect it, return it: receipts join purchase orders and stock."),
    category="materials",
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
def before_transition(
    ctx: Ctx, entity: str, row: Any, action: str, data: Mapping[str, Any]
) -> Sequence[Block] | None:
    """No order is cancelled while a receipt is written for it."""
    return vetoes.cancelling(ctx, row) if (entity, action) == (PURCHASE_ORDER, "cancel") else None


__all__ = [
    "after_transition", "alerts", "label_kinds", "labels", "line_trails", "lines_page", "lines_repriced", "manifest", "search",
    "tasks",
]  # fmt: skip
