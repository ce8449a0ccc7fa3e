"""The demo tenant's inventory: a count sheet of the trims that somebody has just begun."""

from __future__ import annotations

from core.api import Ctx, run_action, save_row
from plugins.stock.api import COUNT, DOCUMENT


def load(ctx: Ctx, shift: int) -> None:
    """A draft, so that no figure of the demo moves."""
    entity = ctx.registry.get(DOCUMENT)
    row = save_row(ctx, entity, None, {"kind": COUNT, "day": ctx.today()}, {"lines": []})
    if ctx.enabled >= {"receiving"}:
        run_action(ctx, entity, row, "fill", {"what": "trim"})
