"""Once a day, to whoever wants it: what waits for the person and what needs attention, in the person's language."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import select

from core.api import Ctx, JobProgress, T, Task
from core.base_api import locale_scope
from kit.outgoing import send_later
from plugins.mailing.models import Mail, Notice
from plugins.mailing.words import JOB, NOTICE

MOST = 40
"""Lines of a notice; the Hub page has all."""


def _mine(ctx: Ctx) -> Notice | None:
    user_id = ctx.user.id if ctx.user is not None else None
    return ctx.session.scalars(select(Notice).where(Notice.user_id == user_id)).one_or_none()


def wants(ctx: Ctx) -> bool:
    """Does this person get the daily notice?"""
    return _mine(ctx) is not None


def choose(ctx: Ctx, wanted: bool) -> None:
    """Say whether one wants it."""
    row = _mine(ctx)
    if ctx.user is not None and wanted and row is None:
        ctx.session.add(Notice(user_id=ctx.user.id))
    elif row is not None and not wanted:
        ctx.session.delete(row)
    ctx.session.flush()


def run(ctx: Ctx, payload: Any, progress: JobProgress) -> dict[str, Any]:
    """The job of every day; returns how many notices were written. Nobody is told that there is nothing."""
    if ctx.hub.config.mail is None:
        return {"notices": 0}
    rows = []
    for user_id in ctx.session.scalars(select(Notice.user_id)).all():
        person = ctx.hub.member(ctx.tenant, user_id)
        if person is None:
            continue
        with ctx.hub.context(ctx.tenant, person, write=False) as theirs, locale_scope(person.locale):
            lines = _lines(theirs)
            subject = str(T("{company}: what waits for you on {day}", company=ctx.tenant.name,
                            day=ctx.today().isoformat()))  # fmt: skip
        if lines:
            rows.append(
                {"uid": secrets.token_hex(16), "kind": NOTICE, "recipients": [person.email], "language": person.locale,
                 "subject": subject[:200], "body": "\n".join(lines)}
            )  # fmt: skip
    if rows:
        with progress.write() as writing:
            send_later(writing, JOB, Mail, rows)
    return {"notices": len(rows)}


def _lines(ctx: Ctx) -> list[str]:
    parts = (
        (T("Waiting for me"), [(_task(t), t.href) for t in _given(ctx, "tasks")]),
        (T("Needs attention"), [(str(a.message), a.href) for a in _given(ctx, "alerts")]),
    )
    site, found = ctx.hub.config.public_url, list[str]()
    for title, lines in parts:
        if lines:
            found += ["", str(title)]
        for words, href in lines[:MOST]:
            found.append(f"- {' '.join(words.split())}")
            if site:
                found.append(f"  {site}{href}")
    return found[1:]


def _given(ctx: Ctx, hook: str) -> list[Any]:
    """What plugins give; one that fails is left out, as on the Hub page."""
    return [value for _plugin, value in ctx.hooks.isolated(hook) if not isinstance(value, Exception)]


def _task(task: Task) -> str:
    return f"{task.label} {task.subject}" + (f" ({task.due.isoformat()})" if task.due else "")
