"""The job: one mail, with its document drawn by the rights of who sent it, to the server that config.toml names."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any

from core.api import Ctx, JobProgress, Refused, T
from core.base_api import HubError
from core.remote import entity_of, print_row, row_of
from kit.outgoing import Outcome, find_message, try_once
from plugins.base_company.api import our_party
from plugins.mailing.models import Mail
from plugins.mailing.words import MOST_BYTES, NOTICE, SENDER

SECONDS = 20.0


def run(ctx: Ctx, payload: Mapping[str, Any], progress: JobProgress) -> dict[str, Any]:
    """The job; returns how it ended."""
    return try_once(ctx, progress, Mail, payload["uid"], lambda: _attempt(ctx, payload["uid"]))


def _attempt(ctx: Ctx, uid: str) -> Outcome:
    row, server = find_message(ctx, Mail, uid), ctx.hub.config.mail
    if row is None:
        return Outcome("failed", final=True)
    if server is None:
        return Outcome("failed", T("This hub sends no mail: config.toml names no server."))
    try:
        message = _message(ctx, row, server)
    except HubError as error:
        return Outcome("failed", str(error), final=True)
    to = [*row.recipients, *row.copies]
    ctx.session.rollback()  # nothing is held while the server takes its time
    return send(server, message, to)


def send(server: Any, message: EmailMessage, to: list[str]) -> Outcome:
    """Hand a message over; never raises for what the server says."""
    try:
        with _connected(server) as smtp:
            refused = smtp.send_message(message, from_addr=server.sender, to_addrs=to)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _words in error.recipients.values()]
        return Outcome(
            "failed", T("Refused: {who}", who=", ".join(error.recipients)), all(c >= 500 for c in codes)
        )
    except smtplib.SMTPAuthenticationError as error:
        return Outcome("failed", T("The mail server refused: {why}", why=_words(error)))
    except smtplib.SMTPResponseException as error:
        return Outcome(
            "failed", T("The mail server refused: {why}", why=_words(error)), error.smtp_code >= 500
        )
    except (OSError, smtplib.SMTPException) as error:
        return Outcome("failed", T("The mail server does not answer: {why}", why=str(error)[:300]))
    return Outcome("sent", T("Refused: {who}", who=", ".join(refused)) if refused else "")


def _connected(server: Any) -> smtplib.SMTP:
    if server.security == "tls":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=SECONDS, context=ssl.create_default_context()
        )
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
    try:
        if server.security == "starttls":
            smtp.starttls(context=ssl.create_default_context())
        if server.user:
            smtp.login(server.user, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _words(error: smtplib.SMTPResponseException) -> str:
    said = error.smtp_error
    return f"{error.smtp_code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}"[:300]


def _message(ctx: Ctx, row: Mail, server: Any) -> EmailMessage:
    chosen = ctx.setting(SENDER) or {}
    message = EmailMessage()
    local, _, domain = server.sender.rpartition("@")
    name = chosen.get("name") or our_party(ctx).name
    message["From"] = Address(display_name=name, username=local, domain=domain)
    message["To"] = ", ".join(row.recipients)
    if row.copies:
        message["Cc"] = ", ".join(row.copies)
    message["Subject"] = row.subject
    message["Message-ID"] = f"<{row.uid}@{domain}>"
    message["Date"] = row.at
    if answer := chosen.get("reply_to") or (row.copies[0] if row.copies else ""):
        message["Reply-To"] = answer
    if row.kind == NOTICE:
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(row.body)
        return message
    signature = chosen.get("signature", "")
    message.set_content(f"{row.body}\n\n-- \n{signature}" if signature else row.body)
    name, data = _paper(ctx, row)
    message.add_attachment(data, maintype="application", subtype="pdf", filename=name)
    return message


def _paper(ctx: Ctx, row: Mail) -> tuple[str, bytes]:
    """(file name, PDF) as who sent it may print it now."""
    person = ctx.hub.member(ctx.tenant, row.user_id) if row.user_id is not None else None
    if person is None:
        raise Refused(T("Who asked for this does not work here any more."))
    with ctx.hub.context(ctx.tenant, person, write=False, locale=row.language) as theirs:
        kind = entity_of(theirs, row.entity)
        name, data = print_row(
            theirs, kind, row_of(theirs, kind, f"id:{row.entity_id}"), row.kind, row.language
        )
    if len(data) > MOST_BYTES:
        raise Refused(T("The document is larger than {n} MB.", n=MOST_BYTES // 1024 // 1024))
    return name, data
