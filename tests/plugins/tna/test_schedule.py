"""The rules of the timeline: counting back, projecting, standing. Expected figures by hand, properties by Hypothesis."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.catalog.api import WorkCalendar
from plugins.tna.services import schedule
from plugins.tna.services.schedule import (
    AT_RISK,
    DONE,
    DONE_LATE,
    LATE,
    ON_TIME,
    SKIPPED,
    Step,
    evaluate,
    target_of,
)

pytestmark = pytest.mark.once
DAY = timedelta(days=1)
TODAY = date(2026, 11, 23)
days = st.dates(date(2025, 1, 1), date(2028, 12, 31))
calendars = st.builds(
    WorkCalendar,
    st.frozensets(st.integers(0, 6), max_size=4),
    st.frozensets(st.dates(date(2025, 1, 1), date(2028, 12, 31)), max_size=40),
)


# --- counting back -----------------------------------------------------------------------------------------------------


@given(days, st.integers(0, 200), st.booleans(), calendars)
def test_a_target_is_never_a_day_off(
    anchor: date, offset: int, working: bool, calendar: WorkCalendar
) -> None:
    target = target_of(anchor, offset, working, calendar)
    assert target <= anchor
    if not (working and offset == 0):
        assert not calendar.is_off(target)


@given(days, st.integers(0, 60), st.integers(0, 200), st.booleans(), calendars)
def test_a_later_ship_date_never_makes_a_target_earlier(
    anchor: date, later: int, offset: int, working: bool, calendar: WorkCalendar
) -> None:
    before = target_of(anchor, offset, working, calendar)
    assert target_of(anchor + later * DAY, offset, working, calendar) >= before


@pytest.mark.parametrize(
    ("offset", "working", "expected"),
    [
        (0, False, date(2026, 12, 11)),  # Friday itself
        (5, False, date(2026, 12, 4)),  # 5 days: Sunday 6 → Friday 4
        (10, False, date(2026, 12, 1)),
        (0, True, date(2026, 12, 11)),
        (1, True, date(2026, 12, 10)),
        (5, True, date(2026, 12, 4)),
        (9, True, date(2026, 11, 27)),  # the 30th is a holiday
    ],
)
def test_counting_back(offset: int, working: bool, expected: date) -> None:
    calendar = WorkCalendar(off=frozenset({date(2026, 11, 30)}))
    assert target_of(date(2026, 12, 11), offset, working, calendar) == expected


# --- how it stands -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "warn", "risk", "actual", "expected", "late"),
    [
        (date(2026, 11, 22), 0, False, None, LATE, 1),
        (
            date(2026, 11, 23),
            0,
            False,
            None,
            AT_RISK,
            0,
        ),  # the target day itself is not late, the warning days reach it
        (date(2026, 11, 24), 0, False, None, ON_TIME, 0),
        (date(2026, 11, 26), 3, False, None, AT_RISK, 0),
        (date(2026, 11, 27), 3, False, None, ON_TIME, 0),
        (date(2026, 12, 30), 0, True, None, AT_RISK, 0),
        (date(2026, 11, 20), 0, True, date(2026, 11, 20), DONE, 0),
        (date(2026, 11, 20), 0, False, date(2026, 11, 23), DONE_LATE, 3),
    ],
)
def test_one_milestone(
    target: date, warn: int, risk: bool, actual: date | None, expected: str, late: int
) -> None:
    verdict = evaluate([Step("A", target, actual, warn_days=warn, risk=risk)], TODAY).verdicts["A"]
    assert (verdict.status, verdict.days) == (expected, late)


def test_projections_follow_the_latest_predecessor() -> None:
    steps = [
        Step("A", TODAY + 2 * DAY),
        Step("B", TODAY, TODAY - DAY),
        Step("C", TODAY + 9 * DAY, predecessors=("A", "B"), min_days=10),
        Step("D", TODAY + 30 * DAY, predecessors=("C",), min_days=7, critical=True),
    ]
    found = evaluate(steps, TODAY)
    assert [found.verdicts[c].projected - TODAY for c in "ABCD"] == [0 * DAY, -DAY, 10 * DAY, 17 * DAY]
    assert found.verdicts["C"].status == AT_RISK  # projected a day after its target, and not critical
    assert (found.status, found.slip, found.at_risk, found.done, found.open) == (ON_TIME, -13, 1, 1, 3)
    assert (found.next, found.next_on) == ("A", TODAY + 2 * DAY)


def test_projected_on_the_target_itself_is_on_time() -> None:
    steps = [Step("A", TODAY), Step("B", TODAY + 5 * DAY, predecessors=("A",), min_days=5)]
    assert evaluate(steps, TODAY).verdicts["B"].status == ON_TIME
    tighter = [steps[0], steps[1]._replace(min_days=6)]
    assert evaluate(tighter, TODAY).verdicts["B"].status == AT_RISK


def test_the_worst_open_critical_one_decides_and_late_others_are_counted() -> None:
    ahead = TODAY + 20 * DAY
    late = Step("L", TODAY - DAY)
    risk = Step("R", ahead, risk=True, critical=True)
    assert evaluate([late, risk, Step("E", ahead, critical=True)], TODAY).status == AT_RISK
    found = evaluate([late, late._replace(code="K", critical=True), risk], TODAY)
    assert (found.status, found.late, found.late_other) == (LATE, 2, 1)
    done = late._replace(code="K", critical=True, actual=TODAY)
    assert evaluate([late, done], TODAY).status == ON_TIME  # what is done late weighs no more
    assert evaluate([done], TODAY).status == DONE


def test_successors_look_through_what_is_skipped() -> None:
    steps = [
        Step("A", TODAY),
        Step("B", TODAY, predecessors=("A",), min_days=50, skipped=True),
        Step("C", TODAY + 9 * DAY, predecessors=("B",), min_days=3),
    ]
    found = evaluate(steps, TODAY)
    assert found.verdicts["C"].projected == TODAY + 3 * DAY
    assert found.verdicts["B"].status == SKIPPED
    assert (found.done, found.open) == (0, 2)


@st.composite
def networks(draw: st.DrawFn) -> list[Step]:
    """Milestones that wait for earlier ones only."""
    found: list[Step] = []
    for n in range(draw(st.integers(1, 9))):
        before = draw(st.lists(st.integers(0, n - 1), max_size=3, unique=True)) if n else []
        target = TODAY + draw(st.integers(-30, 60)) * DAY
        actual = draw(st.none() | st.integers(-40, 0))
        skipped = actual is None and draw(st.booleans())
        found.append(
            Step(f"M{n}", target, None if actual is None else TODAY + actual * DAY, draw(st.integers(0, 20)),
                 draw(st.integers(0, 7)), tuple(f"M{b}" for b in before), draw(st.booleans()), draw(st.booleans()), skipped)
        )  # fmt: skip
    return found


def longest_way(steps: list[Step], today: date) -> dict[str, date]:
    """The same projection by another way: raise every day until nothing moves any more."""
    found = {s.code: s.actual or today for s in steps}
    for _ in steps:
        for s in steps:
            if s.actual is None:
                found[s.code] = max([today, *(found[p] + s.min_days * DAY for p in s.predecessors)])
    return found


@given(networks(), st.integers(0, 20))
def test_projections_are_the_longest_way(steps: list[Step], later: int) -> None:
    whole = [s._replace(skipped=False) for s in steps]
    today = TODAY + later * DAY
    found = evaluate(whole, today)
    assert {c: v.projected for c, v in found.verdicts.items()} == longest_way(whole, today)


@given(networks(), st.integers(1, 20))
def test_standing_depends_on_its_inputs_and_today_alone(steps: list[Step], later: int) -> None:
    before = evaluate(steps, TODAY)
    evaluate(steps, TODAY + later * DAY)  # leaves nothing behind
    assert evaluate(list(steps), TODAY) == before
    shuffled = evaluate(
        list(reversed(steps)), TODAY
    )  # the order only says which one is the last, and which of two is next
    assert shuffled.verdicts == before.verdicts
    assert (shuffled.status, shuffled.late, shuffled.late_other) == (
        before.status,
        before.late,
        before.late_other,
    )


@given(networks(), st.integers(1, 20))
def test_waiting_never_makes_it_better(steps: list[Step], later: int) -> None:
    now, then = evaluate(steps, TODAY), evaluate(steps, TODAY + later * DAY)
    assert then.slip >= now.slip
    for code, verdict in now.verdicts.items():
        if verdict.status in schedule.RANK:
            assert schedule.RANK[then.verdicts[code].status] >= schedule.RANK[verdict.status]


@given(networks())
def test_skipping_is_leaving_out_and_joining_the_ends(steps: list[Step]) -> None:
    by_code = {s.code: s for s in steps}

    def joined(codes: tuple[str, ...]) -> tuple[str, ...]:
        found: list[str] = []
        for code in codes:
            found += joined(by_code[code].predecessors) if by_code[code].skipped else [code]
        return tuple(dict.fromkeys(found))

    left = [s._replace(predecessors=joined(s.predecessors)) for s in steps if not s.skipped]
    if not left:
        return
    with_skipped, without = evaluate(steps, TODAY), evaluate(left, TODAY)
    assert {c: v for c, v in with_skipped.verdicts.items() if v.status != SKIPPED} == without.verdicts
    assert with_skipped._replace(verdicts={}) == without._replace(verdicts={})


# --- circles, and what does not fit ------------------------------------------------------------------------------------


@given(networks(), st.data())
def test_a_circle_is_found_and_only_then(steps: list[Step], data: st.DataObject) -> None:
    graph = {s.code: list(s.predecessors) for s in steps}
    assert schedule.cycle(graph) == ()
    code = data.draw(st.sampled_from(sorted(graph)))
    reached = {code}
    while True:
        more = {p for c in reached for p in graph[c]} - reached
        if not more:
            break
        reached |= more
    graph[data.draw(st.sampled_from(sorted(reached)))].append(code)  # what code waits for now waits for code
    circle = schedule.cycle(graph)
    assert circle
    assert circle[0] == circle[-1]
    assert all(after in graph[before] for before, after in itertools.pairwise(circle))


def test_by_how_many_days_it_does_not_fit() -> None:
    done = Step("A", TODAY - 40 * DAY, TODAY - 35 * DAY)
    skipped = Step("B", TODAY - 30 * DAY, skipped=True)
    steps = [done, skipped, Step("C", TODAY - 12 * DAY), Step("D", TODAY + DAY)]
    assert schedule.compressed(steps, TODAY) == 12
    assert schedule.compressed(steps, TODAY - 12 * DAY) == 0
    assert schedule.compressed([done], TODAY) == 0
    assert schedule.compressed([done], TODAY - 35 * DAY) == 0  # done on that very day
    assert schedule.compressed([done], TODAY - 36 * DAY) == 4


@pytest.mark.parametrize(
    ("offsets", "available", "expected"),
    [
        ([90, 45, 2, 0], 60, [60, 30, 1, 0]),  # 2 × 60 ÷ 90 = 1.33
        ([90, 45], 90, [90, 45]),
        ([90, 45], 200, [90, 45]),
        ([90, 45], 0, [0, 0]),
        ([0], 5, [0]),
    ],
)
def test_shortening(offsets: list[int], available: int, expected: list[int]) -> None:
    assert schedule.scaled(offsets, available) == expected
