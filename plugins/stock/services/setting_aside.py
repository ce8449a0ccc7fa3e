"""After a posting: demands that stock was set aside for, or is no longer."""

from __future__ import annotations

from collections.abc import Sequence

from core import ledger
from core.api import Ctx
from plugins.stock.services import demands

KEEPING = ("reserve", "release", "surplus", "count")
"""Kinds of movements that nobody else tells of."""


def tell(ctx: Ctx, moves: Sequence[ledger.Move]) -> None:
    """Whoever plans by these demands hears it, of all of them together."""
    kinds = set(ctx.hooks.each("demand_kinds"))
    demands.tell(
        ctx,
        {
            place.document
            for move in moves
            if move.item.kind == "material" and move.kind in KEEPING
            for place in (move.source, move.target)
            if place.kind == "reserved" and place.document is not None and place.document.entity in kinds
        },
    )
