"""Working calendars as an entity: the days off of a week, of a country and of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.api import ChildTable, Column, Ctx, EntityType, Field, Problem, T, Text
from plugins.catalog.models import Calendar, CalendarDay
from plugins.catalog.services import workdays
from plugins.catalog.services.calendars import SETTING
from plugins.catalog.services.codes import both, capitals, check_code
from plugins.catalog.words import ACTIVE, CODE, DAY_KINDS, NAMES, WEEKDAYS

NEIGHBOURS = ("TW", "CN", "HK", "VN", "KH")


def country_choices(ctx: Ctx) -> Sequence[tuple[str, Text | str]]:
    """Countries whose public holidays are known; where garments are made for us come first."""
    return [(code, f"{name} ({code})") for code, name in workdays.country_choices(NEIGHBOURS)]


def check_calendar(
    ctx: Ctx, row: Any, data: Mapping[str, Any], children: Mapping[str, Sequence[Mapping[str, Any]]]
) -> list[Problem]:
    """At least one day of the week is worked; holidays need a country; a day stands in the calendar once."""
    problems = []
    if set(data.get("weekly_off", ())) >= set(dict(WEEKDAYS)):
        problems.append(Problem(T("At least one day of the week is a working day."), "weekly_off"))
    public = data.get("public_holidays", getattr(row, "public_holidays", False))
    if public and not data.get("country", getattr(row, "country", None)):
        problems.append(Problem(T("Choose the country whose holidays are off."), "country"))
    if row is not None and ctx.setting(SETTING) == row.code and data.get("code", row.code) != row.code:
        problems.append(
            Problem(T("The company follows this calendar under its code {code}.", code=row.code), "code")
        )
    seen = set()
    for i, line in enumerate(children.get("days", ())):
        if line.get("day") in seen:
            problems.append(Problem(T("This day stands here twice."), f"days-{i}-day"))
        seen.add(line.get("day"))
    return problems


def weekly_off(ctx: Ctx, rows: Sequence[Calendar]) -> dict[int, str]:
    """The days of the week that are off, in words."""
    return {r.id: ", ".join(str(label) for day, label in WEEKDAYS if day in r.weekly_off) for r in rows}


CALENDAR = EntityType(
    name="catalog.calendar", model=Calendar, label=T("Working calendar"), plural=T("Working calendars"),
    fields=(
        CODE,
        Field("name", T("Name"), required=True, max_length=200),
        NAMES,
        Field("weekly_off", T("Days off every week"), "choices", choices=WEEKDAYS, default=["5", "6"], wide=True),
        Field("country", T("Country"), "choice", choices=country_choices),
        Field("public_holidays", T("Public holidays of the country are off"), "bool",
              help=T("With the weekend days that the country works to make up for some of them.")),
        ACTIVE,
    ),
    children=(
        ChildTable(
            "days", T("Days of its own"), CalendarDay,
            (
                Field("day", T("Date"), "date", required=True),
                Field("kind", T("Kind"), "choice", required=True, choices=DAY_KINDS, default="off"),
                Field("name", T("Occasion"), max_length=120),
            ),
            help=T("They win over the week and over public holidays."),
        ),
    ),
    columns=("code", "name", Column("weekly", T("Days off every week"), load=weekly_off, sort=False), "country",
             "public_holidays", "active"),
    filters=("active",), search=("code", "name"), default_sort="code",
    validate=both(check_code(Calendar), check_calendar), before_save=capitals, edit_roles=("mgr",), deletable=False,
    menu=("catalog", 95),
)  # fmt: skip
