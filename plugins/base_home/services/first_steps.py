"""What a new company does first, for its administrators: asked of plugins, ticked from the data, until it is put away."""

from __future__ import annotations

from core.api import Ctx, FirstStep

PUT_AWAY = "base_home.first_steps"
"""The setting that says that nobody wants to see them any more."""


def first_steps(ctx: Ctx) -> list[FirstStep]:
    """The steps in their order; none for those who are no administrators, once put away, and when all or the goal is done."""
    if "*" not in ctx.permissions or ctx.user is None or ctx.setting(PUT_AWAY):
        return []
    found = [step for _plugin, step in ctx.hooks.isolated("first_steps") if isinstance(step, FirstStep)]
    if all(step.done for step in found) or any(step.done for step in found if step.goal):
        return []
    return sorted(found, key=lambda step: step.order)


def put_away(ctx: Ctx) -> None:
    """Nobody sees them any more."""
    ctx.set_setting(PUT_AWAY, True)
