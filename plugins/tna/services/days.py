"""The working calendars of timelines, and the targets that follow from the day they are counted back from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from core.api import Ctx
from plugins.catalog.api import WorkCalendar, calendars
from plugins.tna.models import Milestone, MilestoneRule, Timeline
from plugins.tna.services import schedule


class Calendars:
    """The company's calendar and those of some factories, read with a fixed number of queries."""

    def __init__(self, ctx: Ctx, factory_ids: Iterable[int | None]) -> None:
        self.company = calendars.company(ctx)
        self.factories = calendars.of_factories(ctx, sorted({i for i in factory_ids if i is not None}))

    def calendar(self, which: str, factory_id: int | None) -> schedule.Calendar:
        """The calendar a milestone is counted in; the company's where a factory has none."""
        return self._own(factory_id) if which == "factory" else self.company

    def _own(self, factory_id: int | None) -> WorkCalendar:
        return self.company if factory_id is None else self.factories.get(factory_id, self.company)

    def is_off(self, factory_id: int | None, day: date) -> bool:
        """Does the factory (else the company) not work on ``day``?"""
        return self._own(factory_id).is_off(day)

    def target(self, rule: MilestoneRule, anchor: date, factory_id: int | None) -> date:
        """The day a milestone should happen for this ship date."""
        calendar = self.calendar(rule.calendar, factory_id)
        return schedule.target_of(anchor, rule.offset_days, rule.working_days, calendar)


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
