"""The security log as administrators read it: what happened in their company, and how the people who work there came in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, or_, select

from core.api import Ctx, T, Text
from core.base_api import OPERATE_RIGHT, Membership, SecurityEvent, User

RIGHT = "base_people.security_log"
PAGE = 100
WORDS: dict[str, Text] = {
    "sign_in": T("signed in"),
    "sign_in_failed": T("could not sign in"),
    "sign_in_waits": T("has to wait before signing in"),
    "sign_out": T("signed out"),
    "session_idle": T("was signed out for being idle"),
    "second_step_failed": T("typed a wrong code"),
    "second_step_waits": T("has to wait before typing a code"),
    "denied": T("was refused"),
    "form_token_refused": T("sent a form that was not accepted"),
    "confirmed": T("showed who they are"),
    "confirm_failed": T("could not show who they are"),
    "confirm_waits": T("has to wait before showing who they are"),
    "export": T("took a list away as a file"),
    "file_taken": T("took a file away"),
    "program refused": T("refused a program"),
    "core.enablement.enable": T("switched a feature on"),
    "core.enablement.disable": T("switched a feature off"),
    "core.transfer.bring_in": T("brought roles of a file in"),
    "base_people.user.create": T("let a person in"),
    "base_people.user.edit": T("changed a person or their roles"),
    "base_people.user.deactivate": T("ended a person's work here"),
    "base_people.user.activate": T("let a person work here again"),
    "base_people.user.reset_password": T("took a password away"),
    "base_people.user.choose_password": T("chose a password"),
    "base_people.user.change_password": T("changed the password"),
    "base_people.user.sign_out_everywhere": T("signed out everywhere else"),
    "base_people.user.second_factor_on": T("set up an authenticator app"),
    "base_people.user.second_factor_off": T("took a second factor away"),
    "base_people.user.passkey_on": T("set up a passkey"),
    "base_people.user.passkey_off": T("took a passkey away"),
    "base_people.role.grants": T("changed the rights of a role"),
    "base_people.role.create": T("made a role"),
    "base_people.role.delete": T("deleted a role"),
    "base_people.rules.edit": T("changed the rules of signing in"),
    "tenant.create": T("made a company"),
    "tenant.suspend": T("shut a company"),
    "tenant.resume": T("opened a company again"),
    "tenant.export": T("exported a company"),
    "tenant.delete": T("deleted a company"),
    "tenant.restore": T("restored a company"),
    "tenant.archive_taken": T("took an archive away"),
}
"""What events are called; others are shown by their names."""
TOLD = ("which", "path", "route", "fields")


@dataclass(frozen=True)
class Asked:
    """What somebody looks for; ``before`` is the id that a page ends at."""

    who: str = ""
    event: str = ""
    since: date | None = None
    until: date | None = None
    alarms: bool = False
    everywhere: bool = False
    before: int = 0


def page(ctx: Ctx, asked: Asked) -> tuple[Sequence[SecurityEvent], bool]:
    """Lines, the newest first, and whether there are older ones. Two queries at most."""
    ctx.require(RIGHT)
    found = select(SecurityEvent).where(*_conditions(ctx, asked)).order_by(SecurityEvent.id.desc())
    rows = ctx.session.scalars(found.limit(PAGE + 1)).all()
    return rows[:PAGE], len(rows) > PAGE


def told(row: SecurityEvent) -> str:
    """What it was about."""
    return " · ".join(row.told[name] for name in TOLD if row.told.get(name))


def _conditions(ctx: Ctx, asked: Asked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if not (asked.everywhere and ctx.can(OPERATE_RIGHT)):
        here = (
            select(User.email)
            .join(Membership, Membership.user_id == User.id)
            .where(Membership.tenant_id == ctx.tenant.id)
        )
        coming_in = and_(SecurityEvent.company == "", SecurityEvent.who.in_(here))
        found.append(or_(SecurityEvent.company == ctx.tenant.code, coming_in))
    if asked.who:
        found.append(SecurityEvent.who.icontains(asked.who, autoescape=True))
    if asked.event:
        found.append(SecurityEvent.event == asked.event)
    if asked.alarms:
        found.append(SecurityEvent.alarm.is_(True))
    if asked.since:
        found.append(SecurityEvent.at >= _moment(ctx, asked.since))
    if asked.until:
        found.append(SecurityEvent.at < _moment(ctx, asked.until + timedelta(days=1)))
    if asked.before:
        found.append(SecurityEvent.id < asked.before)
    return found


def _moment(ctx: Ctx, day: date) -> datetime:
    return datetime.combine(day, time(), ctx.zone).astimezone(UTC)
