"""The rules of the timeline, without database: when a milestone should happen, when it will, and how it stands.

Every function depends on its arguments alone; ``today`` is one of them. Days are calendar days.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple, Protocol

DAY = timedelta(days=1)
ON_TIME, AT_RISK, LATE = "on_time", "at_risk", "late"
DONE, DONE_LATE, SKIPPED = "done", "done_late", "skipped"
RANK = {ON_TIME: 0, AT_RISK: 1, LATE: 2}
"""How bad an open milestone stands."""
SOON = 7
"""Days ahead that count as "this week"."""


class Calendar(Protocol):
    """What is asked of a working calendar."""

    def roll_back(self, day: date) -> date:
        """``day``, or the last working day before it."""

    def minus_working_days(self, anchor: date, days: int) -> date:
        """The working day ``days`` working days before ``anchor``, which is not counted itself; 0 days: ``anchor``."""


class Step(NamedTuple):
    """A milestone as the rules see it. ``predecessors`` are codes; ``risk`` is a person's own warning; ``earliest`` is a
    day before which it cannot be, where one is assumed."""

    code: str
    target: date
    actual: date | None = None
    min_days: int = 0
    warn_days: int = 0
    predecessors: tuple[str, ...] = ()
    critical: bool = False
    risk: bool = False
    skipped: bool = False
    earliest: date | None = None


class Verdict(NamedTuple):
    """How a milestone stands: ``projected`` is the actual day once it is done; ``days`` late, or late when done."""

    status: str
    projected: date
    days: int = 0


class Outcome(NamedTuple):
    """How a timeline stands.

    status       worst open critical milestone; ``done`` where nothing is open
    slip         days the last milestone is projected to come after (before: negative) its target
    late_other   late milestones that are not critical
    next         the open milestone with the earliest target
    """

    verdicts: Mapping[str, Verdict]
    status: str
    slip: int
    late: int
    late_other: int
    at_risk: int
    done: int
    open: int
    next: str
    next_on: date | None


def target_of(anchor: date, offset: int, working_days: bool, calendar: Calendar) -> date:
    """The day a milestone should happen, ``offset`` days before ``anchor``: never a day off, except that 0 working days
    are the anchor itself. Calendar days unless ``working_days``."""
    if working_days:
        return calendar.minus_working_days(anchor, offset)
    return calendar.roll_back(anchor - offset * DAY)


def look_through(steps: Iterable[Step]) -> dict[str, tuple[str, ...]]:
    """Predecessors by code, where a skipped one is replaced by its own. Codes that are not there are left out."""
    by_code = {step.code: step for step in steps}
    found: dict[str, tuple[str, ...]] = {}
    for step in by_code.values():
        wanted: list[str] = []
        seen: set[str] = set()
        stack = list(reversed(step.predecessors))
        while stack:
            code = stack.pop()
            if code in seen or code not in by_code:
                continue
            seen.add(code)
            if by_code[code].skipped:
                stack += reversed(by_code[code].predecessors)
            else:
                wanted.append(code)
        found[step.code] = tuple(wanted)
    return found


def evaluate(steps: Sequence[Step], today: date) -> Outcome:
    """How each milestone and the whole timeline stand ``today``. ``steps`` in their order; the last one that is not
    skipped ends the timeline. Predecessors must not run in circles (:func:`cycle`)."""
    projected = _projections(steps, today)
    verdicts: dict[str, Verdict] = {}
    worst, late, late_other, at_risk, done, left = ON_TIME, 0, 0, 0, 0, 0
    next_code, next_on, last = "", None, None
    for step in steps:
        expected = projected[step.code]
        if step.skipped:
            verdicts[step.code] = Verdict(SKIPPED, expected)
            continue
        last = step
        if step.actual is not None:
            done += 1
            days = (step.actual - step.target).days
            verdicts[step.code] = Verdict(DONE_LATE, expected, days) if days > 0 else Verdict(DONE, expected)
            continue
        left += 1
        if next_on is None or step.target < next_on:
            next_code, next_on = step.code, step.target
        status = _open_status(step, expected, today)
        if status == LATE:
            verdicts[step.code] = Verdict(LATE, expected, (today - step.target).days)
            late += 1
            late_other += not step.critical
        else:
            verdicts[step.code] = Verdict(status, expected)
            at_risk += status == AT_RISK
        if step.critical and RANK[status] > RANK[worst]:
            worst = status
    slip = (projected[last.code] - last.target).days if last is not None else 0
    return Outcome(
        verdicts, worst if left else DONE, slip, late, late_other, at_risk, done, left, next_code, next_on
    )


def _open_status(step: Step, projected: date, today: date) -> str:
    if today > step.target:
        return LATE
    if step.risk or projected > step.target or (step.target - today).days <= step.warn_days:
        return AT_RISK
    return ON_TIME


def _projections(steps: Sequence[Step], today: date) -> dict[str, date]:
    """The actual day, else the latest of today, its earliest and every predecessor's day plus the minimum days between."""
    by_code = {step.code: step for step in steps}
    through = look_through(steps) if any(step.skipped for step in steps) else None
    found: dict[str, date] = {}

    def day_of(step: Step) -> date:
        known = found.get(step.code)
        if known is not None:
            return known
        if step.actual is not None:
            day = step.actual
        else:
            day, gap = max(today, step.earliest or today), step.min_days
            for code in through[step.code] if through is not None else step.predecessors:
                before = by_code.get(code)
                if before is not None:
                    after = day_of(before)
                    after = after + gap * DAY if gap else after
                    day = max(day, after)
        found[step.code] = day
        return day

    for step in steps:
        day_of(step)
    return found


def cycle(predecessors: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Codes that wait for each other in a circle, the first one again at the end; empty where there is none."""
    state: dict[str, int] = {}
    for start in predecessors:
        if start in state:
            continue
        path: list[tuple[str, int]] = [(start, 0)]
        state[start] = 1
        while path:
            code, at = path[-1]
            following = [c for c in predecessors.get(code, ()) if c in predecessors]
            if at == len(following):
                state[code] = 2
                path.pop()
                continue
            path[-1] = (code, at + 1)
            after = following[at]
            if state.get(after) == 1:
                trail = [c for c, _at in path]
                return (*trail[trail.index(after) :], after)
            if after not in state:
                state[after] = 1
                path.append((after, 0))
    return ()


def compressed(steps: Iterable[Step], day: date) -> int:
    """By how many days the schedule does not fit: how long before ``day`` the first milestone that was still open on it
    should have happened. 0 where it fits."""
    targets = [s.target for s in steps if not s.skipped and (s.actual is None or s.actual > day)]
    return max(0, (day - min(targets)).days) if targets else 0


def scaled(offsets: Sequence[int], available: int) -> list[int]:
    """Offsets shortened so that the longest is ``available`` days; rounded down, never longer than before."""
    longest = max(offsets, default=0)
    if longest <= 0 or available >= longest:
        return list(offsets)
    return [offset * max(0, available) // longest for offset in offsets]
