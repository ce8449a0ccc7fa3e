"""The page of a working calendar, with its year as a picture."""

from __future__ import annotations

from typing import Any

from flask import request
from sqlalchemy import select

from core.api import Ctx
from core.values import parse_id
from core.web.api import EntityView
from plugins.catalog.models import Partner
from plugins.catalog.services.calendars import SETTING, values
from plugins.catalog.shown import year

FIRST, LAST = 1990, 2100
MOST = 50


class CalendarView(EntityView):
    """A working calendar: twelve small months, the special days by name, and who follows it."""

    document_template = "catalog/calendar.html"

    def document_values(self, context: Ctx, row: Any) -> dict[str, Any]:
        """The year asked for with ``?year=``, else the present one."""
        asked = request.args.get("year", "")
        today = context.today()
        number = parse_id(asked) or 0
        number = number if FIRST <= number <= LAST else today.year
        own = {line.day: line.name for line in row.days}
        followers = context.session.scalars(
            select(Partner).where(Partner.calendar_id == row.id).order_by(Partner.code).limit(MOST)
        ).all()
        return {
            "year": year.picture(number, values(context, [row])[row.id], own, today),
            "size": (year.WIDTH, year.HEIGHT, year.CELL_WIDTH, year.CELL_HEIGHT, year.TOP),
            "followers": followers,
            "ours": context.setting(SETTING) == row.code,
            "bounds": (FIRST, LAST),
        }
