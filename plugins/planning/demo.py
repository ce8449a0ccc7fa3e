"""The part of the demo company that is planning: forecasts, a plan with merged suggestions, a question that is kept."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from core.api import Ctx, save_row
from plugins.catalog.api import Key, Style
from plugins.planning.services import gathering, running
from plugins.planning.services.forecasts import first_of, last_of
from plugins.planning.words import FORECAST, RUN, SCENARIO


def demo_forecasts(ctx: Ctx, shift: int) -> None:
    """Two months of the first style in its first colour; its customer usually orders more of the middle sizes."""
    style = ctx.session.scalars(select(Style).order_by(Style.code).limit(1)).one_or_none()
    if style is None or not style.colors:
        return
    month = first_of(ctx.today())
    for qty in (2400, 3000):
        month = last_of(month) + timedelta(days=1)
        values = {
            "style": style,
            "color": style.colors[0].color,
            "month": month,
            "qty": qty,
            "mix": "",
            "notes": "",
        }
        save_row(ctx, ctx.registry.get(FORECAST), None, values)


def demo_plans(ctx: Ctx, shift: int) -> None:
    """A plan of half a year in weeks, merged within a fortnight; and: what if the fabric that is expected last comes later?"""
    asked = {"scope": "all", "horizon_days": 180, "bucket": "week", "merge_days": 14}
    run = save_row(ctx, ctx.registry.get(RUN), None, asked)
    running.keep(ctx, run.id, *running.reckon(ctx, run))
    coming = [each for each in gathering.supplies(ctx) if each.due is not None and isinstance(each.item, Key)]
    if coming:
        late = {
            "kind": "late",
            "document": max(coming, key=lambda each: each.due or ctx.today()).number,
            "days": 42,
        }
        question = {"name": "布料晚六週到 / The fabric comes six weeks later", "horizon_days": 365}
        save_row(ctx, ctx.registry.get(SCENARIO), None, question, {"assumptions": [late]})


def load(ctx: Ctx, shift: int) -> None:
    """All of it."""
    demo_forecasts(ctx, shift)
    demo_plans(ctx, shift)
