"""Fixed words of the timeline: states, how it stands, and the choices of its template."""

from __future__ import annotations

from collections.abc import Sequence

from core.api import Ctx, State, T, Text, pick, tenant_roles
from plugins.tna.services import schedule

STATES = (
    State("open", T("Under way"), "info"),
    State("closed", T("Closed"), "done", closed=True),
)
STATUS: dict[str, tuple[Text, str]] = {
    schedule.ON_TIME: (T("On time"), "good"),
    schedule.AT_RISK: (T("At risk"), "warn"),
    schedule.LATE: (T("Late"), "bad"),
    schedule.DONE: (T("Done"), "done"),
    schedule.DONE_LATE: (T("Done late"), "done"),
    schedule.SKIPPED: (T("Skipped"), "neutral"),
}
"""Word and tone."""
TIMELINE_STATUS = (schedule.LATE, schedule.AT_RISK, schedule.ON_TIME, schedule.DONE)
CALENDARS = (("company", T("Company")), ("factory", T("Factory")))
SCOPES = (("order", T("Customer order")), ("fo", T("Factory order")))
FITS = (("", T("Not decided")), ("keep", T("Dates kept")), ("scale", T("Shortened to fit")))


def standing(status: str, days: int = 0) -> tuple[Text, str]:
    """A status as word and tone, with the days it is late by."""
    label, tone = STATUS[status]
    if status == schedule.LATE and days:
        return T("Late by {n} d", n=days), tone
    if status == schedule.DONE_LATE and days:
        return T("Done {n} d late", n=days), tone
    return label, tone


def slip_text(days: int) -> str:
    """How the end of a timeline stands against its target: +5 d, 0 d, 3 d early."""
    if days < 0:
        return str(T("{n} d early", n=-days))
    return str(T("{n} d", n=f"+{days}" if days else "0"))


def slip_mark(days: int) -> str:
    """The same for lists, where only being late is news: nothing for an end that is in time."""
    return slip_text(days) if days > 0 else ""


def status_choices(ctx: Ctx) -> Sequence[tuple[str, Text | str]]:
    """How a whole timeline may stand, worst first."""
    return [(code, STATUS[code][0]) for code in TIMELINE_STATUS]


def role_choices(ctx: Ctx) -> Sequence[tuple[str, Text | str]]:
    """The tenant's roles: who owns a milestone."""
    return [(role.code, pick(role.names, role.name)) for role in tenant_roles(ctx)]


def event_choices(ctx: Ctx) -> Sequence[tuple[str, Text | str]]:
    """Events that may set an actual day: of every loaded plugin, also of one that is off for now."""
    from plugins.tna.services.templates import shipped

    known: dict[str, Text | str] = {e.code: e.label for e in ctx.registry.events.values()}
    for line in shipped():
        if line["event"]:
            known.setdefault(line["event"], line["event"])
    return [("", "–"), *sorted(known.items())]
