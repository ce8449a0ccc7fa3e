"""What mailing shows on others' pages: sending, and what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from core.api import Alert, Ctx, Panel, T, hookimpl
from core.base_api import Activity
from kit.outgoing import STATES
from plugins.mailing.models import Mail
from plugins.mailing.services import writing
from plugins.mailing.words import MANAGE


def _printed(ctx: Ctx, entity: str) -> bool:
    """Is there a paper of such documents? Of others nothing is asked."""
    return any(kind.entity == entity for kind in ctx.registry.documents.all_standing(ctx.enabled))


@hookimpl
def entity_panels(ctx: Ctx, entity: str, row: Any) -> Sequence[Panel]:
    """At the foot of a document that can be printed: send it, and how that went."""
    kind = ctx.registry.get(entity)
    if not _printed(ctx, entity):
        return []
    papers, mails = writing.sendable(ctx, kind, row), writing.mails_of(ctx, entity, row.id)
    if not papers and not mails:
        return []
    values = {"papers": papers, "mails": mails, "states": STATES, "manage": ctx.can(MANAGE)}
    return [Panel(T("E-mail"), "mailing/panel.html", values, place="foot", order=95, folded=not mails)]


@hookimpl
def activity(ctx: Ctx, entity: str, row: Any) -> Sequence[Activity]:
    """Who sent what to whom."""
    found = []
    mails = writing.mails_of(ctx, entity, row.id) if _printed(ctx, entity) else []
    for mail in (m for m in mails if m.status == "sent"):
        kind = ctx.registry.documents.get(mail.kind)
        words = T(
            "Sent {what} to {whom}.", what=kind.label if kind else mail.kind, whom=", ".join(mail.recipients)
        )
        found.append(Activity(mail.tried_at or mail.at, mail.by_name, str(words)))
    return found


@hookimpl
def alerts(ctx: Ctx) -> Sequence[Alert]:
    """Mails that did not go out, to who sent them and to who keeps mails."""
    if ctx.user is None:
        return []
    failed = select(func.count()).select_from(Mail).where(Mail.status == "failed")
    n = ctx.session.scalar(failed if ctx.can(MANAGE) else failed.where(Mail.user_id == ctx.user.id)) or 0
    return [Alert(T("Mails that did not go out: {n}", n=n), "/mail/", "bad", 25)] if n else []
