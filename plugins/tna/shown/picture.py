"""Timelines as pictures: where each mark stands, in pixels. Drawn by ``templates/tna/picture.html``; no style is needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from core.api import pick
from plugins.tna import words
from plugins.tna.models import Milestone, Timeline
from plugins.tna.services import schedule
from plugins.tna.services.schedule import Outcome

DAY = timedelta(days=1)
HEAD, ROW, LANE = 34, 24, 30
"""Height of the head, of a milestone's row, of a factory order's lane."""
WIDE, MOST_PX, PX, LANE_PX = 860, 9, 6, 4
"""A picture of few days is made about so wide; a day has at most, and at least (timeline, overview) so many pixels."""
BACK, MOST_DAYS = 60, 330
"""An overview starts at most so many days ago, and shows at most so many."""


class Mark(NamedTuple):
    """A month or a week in the head of a picture."""

    x: int
    label: str


class Row(NamedTuple):
    """A milestone: x of the planned bar, the target, the baseline (where it differs), the actual and the projected day."""

    code: str
    name: str
    y: int
    start: int
    target: int
    baseline: int | None
    actual: int | None
    projected: int | None
    label: Any
    tone: str
    note: str
    end: int
    day: date
    open: bool
    critical: bool


class Tick(NamedTuple):
    """A critical milestone on a lane."""

    x: int
    tone: str
    done: bool
    words: str


class Lane(NamedTuple):
    """A factory order in an overview."""

    row: Timeline
    y: int
    start: int
    ship: int
    end: int | None
    label: Any
    tone: str
    slip: str
    ticks: Sequence[Tick]


@dataclass(frozen=True)
class Axis:
    """Days from left to right. ``today`` and ``ship`` are None where they lie outside."""

    first: date
    days: int
    px: int

    @property
    def width(self) -> int:
        """In pixels."""
        return self.days * self.px

    def x(self, day: date) -> int:
        """The middle of a day; days outside stand at the edge."""
        return max(0, min(self.days, (day - self.first).days)) * self.px + self.px // 2

    def has(self, day: date) -> bool:
        """Is the day on it?"""
        return 0 <= (day - self.first).days < self.days

    def months(self) -> list[Mark]:
        """The first day of each month, and the left edge."""
        found = [Mark(0, self.first.strftime("%Y-%m"))]
        for n in range(1, self.days):
            day = self.first + n * DAY
            if day.day == 1:
                found.append(Mark(n * self.px, day.strftime("%Y-%m")))
        if len(found) > 1 and found[1].x < 56:  # no room for both words
            found.pop(0)
        return found

    def weeks(self) -> list[Mark]:
        """Mondays; every other one where days are narrow."""
        mondays = [n for n in range(self.days) if (self.first + n * DAY).weekday() == 0]
        step = 1 if self.px >= 5 else 2
        return [Mark(n * self.px, (self.first + n * DAY).strftime("%d")) for n in mondays[::step]]

    def shade(self, is_off: Callable[[date], bool], height: int) -> str:
        """The days off as one path."""
        off = (n for n in range(self.days) if is_off(self.first + n * DAY))
        return "".join(f"M{n * self.px} {HEAD}h{self.px}v{height - HEAD}h-{self.px}z" for n in off)


def _axis(first: date, days: int, least: int) -> Axis:
    return Axis(first, days, max(least, min(MOST_PX, WIDE // days)))


@dataclass(frozen=True)
class Picture:
    """A picture with its axis and marks."""

    axis: Axis
    rows: Sequence[Any]
    height: int
    shade: str
    today: int | None
    ship: int | None = None


def of_timeline(
    row: Timeline,
    milestones: Sequence[Milestone],
    outcome: Outcome,
    today: date,
    is_off: Callable[[date], bool],
    only: Sequence[str] | None = None,
) -> Picture:
    """The timeline of a factory order: a row for each milestone that is not skipped (``only``: of these codes)."""
    shown = [m for m in milestones if not m.skipped and (only is None or m.code in only)]
    verdicts = outcome.verdicts
    days = [d for m in shown for d in (m.target, m.baseline, verdicts[m.code].projected)]
    first, last = min([*days, today, row.anchor]), max([*days, row.anchor, today])
    first -= 4 * DAY
    axis = _axis(first, (last - first).days + 8, PX)
    targets = {m.code: m.target for m in milestones}
    before = schedule.look_through(
        [
            schedule.Step(m.code, m.target, predecessors=tuple(m.predecessors.split()), skipped=m.skipped)
            for m in milestones
        ]
    )
    rows = [
        _row(m, i, axis, verdicts[m.code], max((targets[c] for c in before[m.code]), default=m.target))
        for i, m in enumerate(shown)
    ]
    height = HEAD + ROW * len(rows)
    return Picture(axis, rows, height, axis.shade(is_off, height), axis.x(today), axis.x(row.anchor))


def _row(m: Milestone, index: int, axis: Axis, verdict: schedule.Verdict, start: date) -> Row:
    label, tone = words.standing(verdict.status)
    is_open = m.actual is None
    gap = (verdict.projected - m.target).days
    behind = gap if is_open else verdict.days
    note = f"+{behind}" if behind > 0 else ""
    marks = [
        m.target,
        *([verdict.projected] if is_open and gap > 0 else []),
        *([m.actual] if m.actual else []),
    ]
    return Row(
        m.code, pick(m.names, m.code), HEAD + ROW * index, axis.x(min(start, m.target)), axis.x(m.target),
        axis.x(m.baseline) if m.baseline != m.target else None, axis.x(m.actual) if m.actual else None,
        axis.x(verdict.projected) if is_open and gap > 0 else None, label, tone, note, axis.x(max(marks)), m.target,
        is_open, m.critical,
    )  # fmt: skip


def overview(
    rows: Sequence[Timeline],
    milestones: Mapping[int, Sequence[Any]],
    outcomes: Mapping[int, Outcome],
    today: date,
    is_off: Callable[[date], bool],
) -> Picture | None:
    """Factory orders one below the other, their critical milestones as marks; None where there are none."""
    if not rows:
        return None
    targets = [m.target for row in rows for m in milestones.get(row.id, ())]
    first = max(min([*targets, today]), today - BACK * DAY) - 4 * DAY
    last = max([row.anchor for row in rows] + [_end(row, milestones, outcomes) or today for row in rows])
    axis = _axis(first, min((max(last, today) - first).days + 14, MOST_DAYS), LANE_PX)
    lanes = [
        _lane(row, i, axis, milestones.get(row.id, ()), outcomes[row.id])
        for i, row in enumerate(rows)
        if row.id in outcomes
    ]
    height = HEAD + LANE * len(lanes)
    return Picture(axis, lanes, height, axis.shade(is_off, height), axis.x(today))


def _end(
    row: Timeline, milestones: Mapping[int, Sequence[Any]], outcomes: Mapping[int, Outcome]
) -> date | None:
    found = [m for m in milestones.get(row.id, ()) if not m.skipped]
    return outcomes[row.id].verdicts[found[-1].code].projected if found and row.id in outcomes else None


def _lane(row: Timeline, index: int, axis: Axis, milestones: Sequence[Any], outcome: Outcome) -> Lane:
    label, tone = words.standing(outcome.status)
    ticks = []
    for m in milestones:
        if not m.critical or m.skipped or not axis.has(m.actual or m.target):
            continue
        verdict = outcome.verdicts[m.code]
        state, mark = words.standing(verdict.status, verdict.days)
        day = m.actual or m.target
        ticks.append(
            Tick(
                axis.x(day), mark, m.actual is not None, f"{pick(m.names, m.code)} {day.isoformat()} {state}"
            )
        )
    end = next((outcome.verdicts[m.code].projected for m in reversed(milestones) if not m.skipped), None)
    first = min((m.target for m in milestones), default=row.anchor)
    late = end is not None and outcome.slip > 0 and outcome.open
    return Lane(
        row, HEAD + LANE * index, axis.x(first), axis.x(row.anchor), axis.x(end) if late and end else None, label, tone,
        words.slip_mark(outcome.slip), ticks,
    )  # fmt: skip
