"""The security log, for administrators."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from flask import request

from core.api import T
from core.base_api import OPERATE_RIGHT
from core.values import Unreadable, parse_date, parse_id
from core.web.api import FormPage, ctx, route
from plugins.base_people.services import security_log


class SecurityLogPage(FormPage):
    """Who came in, who was refused, who changed what others may do, who took files away."""

    plugin = "base_people"
    menu_place = ("admin", 32)
    right = security_log.RIGHT
    label = T("Security log")

    @route("/", right=security_log.RIGHT)
    def index(self) -> str:
        """The lines that were asked for, a hundred at a time."""
        context, given = ctx(), request.args
        asked = security_log.Asked(
            who=given.get("who", "")[:255].strip(),
            event=given.get("event", "") if given.get("event", "") in security_log.WORDS else "",
            since=_day(given.get("since", "")),
            until=_day(given.get("until", "")),
            alarms=given.get("alarms") == "1",
            everywhere=given.get("everywhere") == "1",
            before=parse_id(given.get("before")) or 0,
        )
        rows, more = security_log.page(context, asked)
        kept = {k: v for k, v in given.items() if k != "before" and v}
        older = urlencode({**kept, "before": rows[-1].id}) if more else ""
        return self.show(
            "base_people/security_log.html", rows=rows, asked=asked, words=security_log.WORDS, told=security_log.told,
            older=older, operator=context.can(OPERATE_RIGHT),
        )  # fmt: skip


def _day(typed: str) -> date | None:
    """A day that was asked for; what is none is not asked for."""
    try:
        return parse_date(typed) if typed.strip() else None
    except Unreadable:
        return None
