"""Working days: rolling back to one and counting back over them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.text.i18n import LOCALES
from plugins.catalog.services.workdays import WorkCalendar, countries, country_choices, public_holidays

pytestmark = pytest.mark.once

DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))
NEAR = st.integers(-60, 60)


@st.composite
def calendars(draw):
    """A calendar with a day to ask about: its own days lie around it, so that they matter."""
    day = draw(DAYS)
    near = st.frozensets(NEAR.map(lambda n: day + timedelta(days=n)), max_size=60)
    weekly = draw(st.frozensets(st.integers(0, 6), max_size=6))
    country = draw(st.sampled_from(["", "", "TW", "CN", "VN"]))
    return WorkCalendar(weekly, draw(near), draw(near), country), day


def plain_off(calendar: WorkCalendar, day: date) -> bool:
    """The rule again, for a single day and without any store."""
    public = public_holidays(calendar.country, day.year) if calendar.country else None
    if day in calendar.working:
        return False
    if day in calendar.off or (public and day in public.names):
        return True
    return day.weekday() in calendar.weekly_off and not (public and day in public.made_up)


@given(calendars())
def test_a_day_is_off_by_the_rule(drawn):
    calendar, day = drawn
    assert calendar.is_off(day) is plain_off(calendar, day)


@given(calendars())
def test_rolling_back_never_lands_on_a_day_off_and_never_moves_forward(drawn):
    calendar, day = drawn
    rolled = calendar.roll_back(day)
    assert rolled <= day
    assert not plain_off(calendar, rolled)
    between = (rolled + timedelta(days=n) for n in range(1, (day - rolled).days + 1))
    assert all(plain_off(calendar, skipped) for skipped in between)


@given(calendars(), st.integers(0, 90))
def test_counting_back_counts_exactly(drawn, days):
    calendar, anchor = drawn
    found = calendar.minus_working_days(anchor, days)
    if days == 0:
        assert found == anchor
        return
    counted = [
        d for n in range((anchor - found).days) if not plain_off(calendar, d := found + timedelta(days=n))
    ]
    assert len(counted) == days
    assert counted[0] == found  # the day found is worked itself; the anchor is not among them


@given(calendars(), st.integers(0, 40), st.integers(0, 40))
def test_counting_back_is_monotone(drawn, less, more):
    calendar, anchor = drawn
    assume(less <= more)
    assert calendar.minus_working_days(anchor, more) <= calendar.minus_working_days(anchor, less)
    later = anchor + timedelta(days=more)
    assert calendar.minus_working_days(anchor, less + 1) <= calendar.minus_working_days(later, less + 1)
    assert calendar.roll_back(anchor) <= calendar.roll_back(later)


HQ = WorkCalendar(
    off=frozenset({date(2026, 9, 25), date(2026, 9, 28)}), working=frozenset({date(2026, 9, 19)})
)


@pytest.mark.parametrize(
    ("day", "rolled"),
    [
        ("2026-09-24", "2026-09-24"),  # Thursday
        ("2026-09-25", "2026-09-24"),  # Friday, a day off of its own
        ("2026-09-27", "2026-09-24"),  # Sunday
        ("2026-09-28", "2026-09-24"),  # Monday, off
        ("2026-09-29", "2026-09-29"),
        ("2026-09-20", "2026-09-19"),  # Sunday; the Saturday before is worked
    ],
)
def test_rolling_back_by_table(day, rolled):
    assert HQ.roll_back(date.fromisoformat(day)) == date.fromisoformat(rolled)


@pytest.mark.parametrize(
    ("anchor", "days", "found"),
    [
        ("2026-09-27", 0, "2026-09-27"),  # nothing to count: the anchor, off or not
        ("2026-09-29", 1, "2026-09-24"),
        ("2026-09-29", 2, "2026-09-23"),
        ("2026-09-28", 1, "2026-09-24"),
        ("2026-09-22", 2, "2026-09-19"),
        ("2026-01-05", 3, "2025-12-31"),  # over the turn of the year: Friday 2, Thursday 1, Wednesday 31
    ],
)
def test_counting_back_by_table(anchor, days, found):
    assert HQ.minus_working_days(date.fromisoformat(anchor), days) == date.fromisoformat(found)


def test_a_working_weekend_that_makes_up_for_a_holiday_is_worked():
    china = WorkCalendar(country="CN")
    assert china.is_off(date(2024, 10, 1))  # National Day, a Tuesday
    assert not china.is_off(date(2024, 9, 29))  # the Sunday worked for it
    assert WorkCalendar().is_off(date(2024, 9, 29))
    assert WorkCalendar(country="CN", off=frozenset({date(2024, 9, 29)})).is_off(date(2024, 9, 29))


def test_the_days_off_of_a_span():
    assert HQ.days_off(date(2026, 9, 24), date(2026, 9, 29)) == [date(2026, 9, d) for d in (25, 26, 27, 28)]
    assert HQ.days_off(date(2026, 9, 29), date(2026, 9, 24)) == []


@pytest.mark.parametrize("week", [range(7), [7], [-1]])
def test_a_week_has_a_working_day(week):
    with pytest.raises(ValueError, match="at least one"):
        WorkCalendar(frozenset(week))


def test_a_calendar_in_which_everything_is_off_ends():
    first = date(1, 1, 1)
    always = WorkCalendar(
        frozenset(range(1, 7)), off=frozenset(first + timedelta(days=n) for n in range(800))
    )
    with pytest.raises(ValueError, match="no such working day"):
        always.roll_back(date(2, 6, 1))
    with pytest.raises(ValueError, match="no such working day"):
        always.minus_working_days(date(2, 6, 1), 1)
    with pytest.raises(ValueError, match="zero working days or more"):
        HQ.minus_working_days(date(2026, 9, 1), -1)


def test_calendars_are_values():
    assert WorkCalendar() == WorkCalendar(frozenset({5, 6}))
    asked = WorkCalendar()
    asked.is_off(date(2026, 1, 1))
    assert asked == WorkCalendar()
    assert hash(asked) == hash(WorkCalendar())


def test_where_holidays_are_known():
    assert {"TW", "CN", "HK", "VN", "KH"} <= countries()
    assert all(len(code) == 2 for code in countries())
    assert public_holidays("XX", 2026).names == {}
    assert [code for code, _ in country_choices(("VN", "TW"))[:2]] == ["VN", "TW"]
    assert dict(country_choices())["TW"] == "Taiwan"
    for locale in LOCALES:
        assert public_holidays("TW", 2026, locale).names[date(2026, 10, 10)]
    assert public_holidays("TW", 2026, "zh_Hant_TW").names[date(2026, 10, 10)] == "國慶日"
