"""All there is and all that is wanted, asked of every plugin."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from core.api import Ctx
from plugins.catalog.api import PlanDemand, PlanSupply

Ids = Collection[int] | None


def demands(
    ctx: Ctx, until: date | None = None, styles: Ids = None, materials: Ids = None
) -> list[PlanDemand]:
    """What is still wanted, who is served first before. ``styles`` and ``materials``: None all, empty none."""
    answers = ctx.hooks.plan_demand(until=until, styles=styles, materials=materials)
    return sorted((each for answer in answers for each in answer or ()), key=lambda each: each.priority)


def supplies(
    ctx: Ctx, until: date | None = None, styles: Ids = None, materials: Ids = None
) -> list[PlanSupply]:
    """What there is and what is to come: what lies there first, then by day, without a day last."""
    answers = ctx.hooks.plan_supply(until=until, styles=styles, materials=materials)
    found = [each for answer in answers for each in answer or ()]
    return sorted(found, key=lambda each: (not each.on_hand, each.due or date.max))
