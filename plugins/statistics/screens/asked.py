"""What the address of a view asks for: span, group, what it is narrowed to."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import request

from core.api import Ctx, Problem, Refused, T
from core.values import Unreadable, parse_date
from plugins.statistics.services.names import ids_called
from plugins.statistics.services.sums import Asked
from plugins.statistics.words import GROUPS

NONE = "-"
"""How an address calls the group without a name (orders without a season)."""


def asked_of(context: Ctx) -> Asked:
    """Span and narrowing of the address; twelve months where it names no span. Refused at the field that is wrong."""
    today = context.today()
    since = _day("from", date(today.year - 1, today.month, 1))
    until = _day("to", today)
    if since > until:
        raise Refused(Problem(T("The period ends before it begins."), "to"))
    return Asked(since, until, {name: ids_called(context, name, code) for name, code in narrowing().items()})


def narrowing() -> dict[str, str]:
    """What the address narrows the figures to, as it calls them."""
    given = {name: request.args.get(name, "").strip()[:60] for name in GROUPS}
    return {name: "" if code == NONE else code for name, code in given.items() if code}


def query(**changes: Any) -> str:
    """The address's query with changes; what is empty is left out."""
    values = {**request.args.to_dict(), **changes}
    return "?" + urlencode({k: v for k, v in values.items() if v not in (None, "", 0)})


def behind(asked: Asked, figure: str, group: str, code: str) -> str:
    """The query of the documents behind a figure of a group."""
    values = {"figure": figure, "from": asked.since.isoformat(), "to": asked.until.isoformat()}
    values.update({name: text or NONE for name, text in narrowing().items()})
    if group:
        values[group] = code or NONE
    return "?" + urlencode(values)


def _day(name: str, default: date) -> date:
    raw = request.args.get(name, "")
    if not raw:
        return default
    try:
        return parse_date(raw)
    except Unreadable as error:
        raise Refused(str(error), name) from error
