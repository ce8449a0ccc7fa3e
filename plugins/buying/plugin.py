"""Wiring of the bridge that buys by need: manifest and hook implementations, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.api import Block, Ctx, Declare, EntityName, EntityRef, Field, Manifest, Panel, T, Text, hookimpl
from plugins.buying import hookspecs, shown
from plugins.buying.entities import register
from plugins.buying.services import excess, milestones, vetoes
from plugins.buying.services import purposes as claimed
from plugins.buying.services.excess import line_warnings
from plugins.buying.services.needs import begin as order_begun
from plugins.buying.services.proposals import wanted as purpose_wanted
from plugins.buying.services.purposes import called as purposes_called
from plugins.buying.services.purposes import of_lines as line_purposes
from plugins.buying.services.released import plan_release  # noqa: F401 - a hook
from plugins.buying.services.supply import expected as expected_supply
from plugins.buying.services.supply import ordered as ordered_supply
from plugins.purchasing.api import PurchaseOrder

ORDER = EntityName("purchasing.order")

manifest = Manifest(
    name="buying", title=T("Buying by need"),
    version="0.1.0", category="materials",
    summary=T("Purchase lines made from what is needed: who needs what is on order, and what is still to buy."),
    menu=30,
    requires=("purchasing", "stock"),
    bridge=True,
    settings=(
        Field("need_excess_pct", T("Warn when more than the need is ordered by"), "pct", default=excess.EXCESS_PCT, min=0,
              max=1000, places=2, suffix="%"),
    ),
)  # fmt: skip


@hookimpl
def register_hookspecs(registry: Declare) -> Any:
    """What this plugin asks of others."""
    return hookspecs


@hookimpl
def purpose_kinds(ctx: Ctx) -> Sequence[str]:
    """Documents that are demands."""
    return [kind for answer in ctx.hooks.demand_kinds() for kind in answer]


@hookimpl
def purpose_problems(ctx: Ctx, purposes: Sequence[EntityRef]) -> Mapping[EntityRef, Text]:
    """Demands that want nothing any more."""
    return claimed.problems(ctx, purposes)


@hookimpl
def lines_written(
    ctx: Ctx,
    order: PurchaseOrder,
    line_ids: Sequence[int],
    purposes: Mapping[int, Mapping[EntityRef, Decimal]],
) -> None:
    """Claims follow the lines."""
    claimed.keep_purposes(ctx, order, line_ids, purposes)


@hookimpl
def before_transition(
    ctx: Ctx, entity: str, row: Any, action: str, data: Mapping[str, Any]
) -> Sequence[Block] | None:
    """What material was ordered for is not withdrawn."""
    return vetoes.withdrawing(ctx, entity, row) if action == "withdraw" else None


@hookimpl
def after_transition(ctx: Ctx, entity: str, row: Any, action: str, data: Mapping[str, Any]) -> None:
    """Tell of those whose material is ordered, or not any more."""
    if entity == ORDER:
        milestones.purchase_milestones_changed(ctx, row, action)


@hookimpl
def entity_panels(ctx: Ctx, entity: str, row: Any) -> Sequence[Panel]:
    """The material need, on the page of who needs and of the order that buys."""
    return shown.of_order(ctx, row) if entity == ORDER else shown.of_document(ctx, entity, row)


__all__ = [
    "expected_supply",
    "line_purposes",
    "line_warnings",
    "manifest",
    "order_begun",
    "ordered_supply",
    "purpose_wanted",
    "purposes_called",
    "register",
]
