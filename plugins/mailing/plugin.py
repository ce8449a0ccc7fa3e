"""Wiring of mailing: manifest and hook implementations, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.api import Ctx, Declare, JobKind, Manifest, T, hookimpl
from kit.outgoing import count_open, resume
from plugins.mailing import models as models  # its tables are migrated
from plugins.mailing.services import delivering, notices
from plugins.mailing.shown import activity, alerts, entity_panels
from plugins.mailing.words import DIGEST_JOB, JOB, MANAGE, SEND

manifest = Manifest(
    name="mailing",
    title=T("E-mail"),
    version="0.1.0",
    summary=T("Documents by mail from their page, with a log; a daily notice for whoever wants it."),
    category="platform",
    requires=("base_company", "catalog"),
)


@hookimpl
def register(registry: Declare) -> None:
    """Declare the rights and the background work."""
    registry.permission(SEND, T("Send documents by mail"), ("merch", "purch", "mgr"))
    registry.permission(MANAGE, T("Keep sender and texts of mails, see every mail"))
    registry.job(JobKind(JOB, delivering.run, T("Send a mail")))
    registry.job(JobKind(DIGEST_JOB, notices.run, T("Write the daily notices"), daily=True))


@hookimpl
def register_screens(registry: Declare) -> None:
    """Writing a mail, the mails, sender and texts, one's own notices."""
    from plugins.mailing.screens import MailPage, MailSettingsPage, NoticePage

    registry.view(MailPage(name="Mail", endpoint="mailing", url="/mail"))
    registry.view(MailSettingsPage(name="Mail settings", endpoint="mailing_settings", url="/admin/mail"))
    registry.view(NoticePage(name="Notices", endpoint="mailing_notices", url="/me/notices"))


@hookimpl
def register_commands(group: Any) -> None:
    """``hub mail``."""
    from plugins.mailing.commands import mail

    group.add_command(mail)


@hookimpl
def plugins_enabled(ctx: Ctx, plugins: Sequence[str]) -> None:
    """What waited while it was off is sent."""
    if manifest.name in plugins:
        resume(ctx, JOB, models.Mail)


@hookimpl
def outgoing_counts(ctx: Ctx) -> Sequence[tuple[str, str, int]]:
    """Mails."""
    return count_open(ctx, "mail", models.Mail)


__all__ = ["activity", "alerts", "entity_panels", "manifest"]
