"""The working calendars of the company and of factories, as plain values to reckon with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select

from core.api import Ctx
from core.db import among
from plugins.catalog.models import Calendar, CalendarDay, Partner
from plugins.catalog.services.workdays import WorkCalendar

SETTING = "catalog.calendar"
DEFAULT = WorkCalendar()
"""Where nothing is chosen: Saturday and Sunday off, no holidays."""


def company(ctx: Ctx) -> WorkCalendar:
    """The calendar chosen in the settings, :data:`DEFAULT` where none is."""
    row = _company_row(ctx)
    return DEFAULT if row is None else values(ctx, [row])[row.id]


def of_factories(ctx: Ctx, partner_ids: Iterable[int]) -> dict[int, WorkCalendar]:
    """The calendar of each of these partners: its own, else the company's. A fixed number of queries."""
    wanted = set(partner_ids)
    chosen = select(Partner.id, Calendar).join(Calendar, Partner.calendar_id == Calendar.id)
    rows = dict(ctx.session.execute(chosen.where(among(Partner.id, wanted))).all())
    shared = _company_row(ctx)
    known = values(ctx, [*rows.values(), *([shared] if shared is not None else [])])
    fallback = DEFAULT if shared is None else known[shared.id]
    return {id: known[rows[id].id] if id in rows else fallback for id in wanted}


def values(ctx: Ctx, rows: Sequence[Calendar]) -> dict[int, WorkCalendar]:
    """Calendars as values, by id; one query for the days of them all."""
    days: dict[tuple[int, str], set[date]] = {}
    own = select(CalendarDay.calendar_id, CalendarDay.kind, CalendarDay.day)
    for id, kind, day in ctx.session.execute(own.where(among(CalendarDay.calendar_id, {r.id for r in rows}))):
        days.setdefault((id, kind), set()).add(day)
    return {
        row.id: WorkCalendar(
            frozenset(int(day) for day in row.weekly_off),
            off=frozenset(days.get((row.id, "off"), ())),
            working=frozenset(days.get((row.id, "working"), ())),
            country=(row.country or "") if row.public_holidays else "",
        )
        for row in rows
    }


def _company_row(ctx: Ctx) -> Calendar | None:
    code = ctx.setting(SETTING)
    return ctx.session.scalars(select(Calendar).where(Calendar.code == code)).one_or_none() if code else None
