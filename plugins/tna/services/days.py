"""The working calendars of timelines, and the targets that follow from a ship date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import func, select

from core.api import Ctx
from core.db import among
from plugins.catalog import calendars
from plugins.outsourcing.models import FactoryOrderLine
from plugins.tna import schedule
from plugins.tna.models import Milestone, MilestoneRule, Timeline


class Calendars:
    """The company's calendar and those of some factories, read with a fixed number of queries."""

    def __init__(self, ctx: Ctx, factory_ids: Iterable[int]) -> None:
        self.company = calendars.company(ctx)
        self.factories = calendars.of_factories(ctx, sorted(set(factory_ids)))

    def of(self, which: str, factory_id: int) -> schedule.Calendar:
        """The calendar a milestone is counted in; the company's where a factory has none."""
        return self.factories.get(factory_id, self.company) if which == "factory" else self.company

    def is_off(self, factory_id: int, day: date) -> bool:
        """Does the factory (else the company) not work on ``day``?"""
        return self.factories.get(factory_id, self.company).is_off(day)

    def target(self, rule: MilestoneRule, anchor: date, factory_id: int) -> date:
        """The day a milestone should happen for this ship date."""
        calendar = self.of(rule.calendar, factory_id)
        return schedule.target_of(anchor, rule.offset_days, rule.working_days, calendar)


def ship_dates(ctx: Ctx, order_ids: Iterable[int]) -> Mapping[int, date]:
    """The earliest ship date over the live lines of these factory orders; an order without one is left out. One query.

    A line is live unless it was short-closed or the customer cancelled what it fills.
    """
    line = FactoryOrderLine
    found = ctx.session.execute(
        select(line.order_id, func.min(line.ship_date))
        .where(
            among(line.order_id, order_ids),
            line.ship_date.is_not(None),
            line.short_closed.is_(False),
            line.flag != "cancelled",
        )
        .group_by(line.order_id)
    )
    return {order_id: day for order_id, day in found if day is not None}


def proposals(
    timeline: Timeline, milestones: Iterable[Milestone], known: Calendars, anchor: date | None
) -> dict[int, date]:
    """New targets of open milestones, by id, where counting back today gives another day than the one a person answered
    last. Nothing is proposed while no ship date is known."""
    if anchor is None:
        return {}
    found = {}
    for row in milestones:
        if row.actual is None and not row.skipped:
            day = known.target(row, anchor, timeline.factory_id)
            if day != row.scheduled:
                found[row.id] = day
    return found
