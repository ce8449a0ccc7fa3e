"""Writing a mail with a document: who may, to whom, with which text; it is sent once this is saved."""

from __future__ import annotations

import re
import secrets
from typing import Any

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select

from core.api import Ctx, DocumentKind, EntityType, NotFound, Problem, Refused, T, get_row, pick
from core.base_api import locale_scope
from core.remote import entity_of, printable
from kit.outgoing import send_again, send_later
from plugins.base_company.api import our_party
from plugins.catalog.api import Partner
from plugins.mailing.models import Mail
from plugins.mailing.services import texts
from plugins.mailing.words import JOB, MANAGE, MOST_RECIPIENTS, SEND

SUBJECT, BODY = 200, 20_000


def document(ctx: Ctx, entity: str, row_id: int, kind: str) -> tuple[EntityType, Any, DocumentKind]:
    """The document that a mail is about, with the paper that goes with it. Denied, NotFound unless this person may see the row,
    print that paper of it, and send."""
    ctx.require(SEND)
    found = entity_of(ctx, entity)
    row = get_row(ctx, found, row_id)
    paper = next((k for k in sendable(ctx, found, row) if k.name == kind), None)
    if paper is None:
        raise NotFound(T("There is nothing called {name}.", name=kind))
    return found, row, paper


def sendable(ctx: Ctx, entity: EntityType, row: Any) -> list[DocumentKind]:
    """The papers of a row that this person may send."""
    if not ctx.can(SEND):
        return []
    return [k for k in printable(ctx, entity) if k.visible is None or k.visible(ctx, row)]


def partner_of(entity: EntityType, row: Any) -> Partner | None:
    """The partner that a document is with: the first that it refers to."""
    refs = (getattr(row, f.name, None) for f in entity.fields if f.kind == "ref")
    return next((each for each in refs if isinstance(each, Partner)), None)


def proposed(partner: Partner | None) -> list[str]:
    """Addresses of the partner's contacts."""
    return [c.email for c in partner.contacts if c.email] if partner is not None else []


def begin(ctx: Ctx, entity: EntityType, row: Any, paper: DocumentKind, language: str) -> dict[str, Any]:
    """What the form starts with."""
    partner = partner_of(entity, row)
    with locale_scope(language):  # what papers and companies are called in the language of the mail
        values = {
            "number": str(getattr(row, entity.key)),
            "document": str(paper.called(row)),
            "sender": ctx.actor,
            "partner": pick(partner.names, partner.name) if partner is not None else "",
            "company": our_party(ctx).printed().name,
        }
    subject, body = texts.text_of(ctx, paper.name, language)
    return {
        "recipients": ", ".join(proposed(partner)),
        "subject": texts.fill(subject, values),
        "body": texts.fill(body, values),
        "copy": True,
    }


def write_mail(
    ctx: Ctx,
    entity: str,
    row_id: int,
    kind: str,
    *,
    language: str,
    recipients: str,
    subject: str,
    body: str,
    copy: bool,
) -> str:
    """Write a mail with a document; returns its uid. Refused, each at its place, for what cannot be sent."""
    found, row, paper = document(ctx, entity, row_id, kind)
    if ctx.hub.config.mail is None:
        raise Refused(T("This hub sends no mail: config.toml names no server."))
    if language not in paper.languages:
        raise NotFound(T("There is nothing called {name}.", name=language))
    problems: list[Problem] = []
    to = _addresses(recipients, problems)
    subject = subject.strip()
    if not subject:
        problems.append(Problem(T("Needed."), "subject"))
    if texts.CONTROL.search(subject):
        problems.append(Problem(T("A subject is one line."), "subject"))
    for text, most, field in ((subject, SUBJECT, "subject"), (body, BODY, "body")):
        if len(text) > most:
            problems.append(Problem(T("At most {n} characters.", n=most), field))
    if problems:
        raise Refused(problems)
    copies = [ctx.user.email] if copy and ctx.user is not None else []
    uid = secrets.token_hex(16)
    line = {
        "uid": uid, "entity": found.name, "entity_id": row.id, "number": str(getattr(row, found.key)), "kind": paper.name,
        "language": language, "recipients": to, "copies": copies, "subject": subject, "body": body,
    }  # fmt: skip
    send_later(ctx, JOB, Mail, [line])
    return uid


def _addresses(typed: str, problems: list[Problem]) -> list[str]:
    found: list[str] = []
    for each in filter(None, (part.strip() for part in re.split(r"[,;\n]", typed))):
        try:
            address = validate_email(each, check_deliverability=False, allow_smtputf8=False).normalized
        except EmailNotValidError:
            problems.append(Problem(T("“{text}” is not an e-mail address.", text=each[:100]), "recipients"))
            continue
        if address not in found:
            found.append(address)
    if len(found) > MOST_RECIPIENTS:
        problems.append(Problem(T("At most {n} recipients.", n=MOST_RECIPIENTS), "recipients"))
    if not found and not problems:
        problems.append(Problem(T("Who is it for?"), "recipients"))
    return found


def mails_of(ctx: Ctx, entity: str, row_id: int) -> list[Mail]:
    """Mails about a document, newest first."""
    wanted = select(Mail).where(Mail.entity == entity, Mail.entity_id == row_id).order_by(Mail.id.desc())
    key = ("mailing.of", entity, row_id)
    return ctx.memo.once(key, lambda: list(ctx.session.scalars(wanted.limit(20))))


def list_mails(ctx: Ctx, status: str = "", limit: int = 100) -> list[Mail]:
    """The newest mails of the company."""
    ctx.require(MANAGE)
    wanted = select(Mail).order_by(Mail.id.desc()).limit(limit)
    return list(ctx.session.scalars(wanted.where(Mail.status == status) if status else wanted))


def own_mails(ctx: Ctx, limit: int = 100) -> list[Mail]:
    """The newest mails that one sent oneself."""
    mine = select(Mail).where(Mail.user_id == (ctx.user.id if ctx.user else None))
    return list(ctx.session.scalars(mine.order_by(Mail.id.desc()).limit(limit)))


def get_mail(ctx: Ctx, mail_id: int) -> Mail:
    """A mail that one sent oneself, or any for who keeps mails; NotFound otherwise."""
    row = ctx.session.scalars(select(Mail).where(Mail.id == mail_id)).one_or_none()
    own = row is not None and ctx.user is not None and row.user_id == ctx.user.id
    if row is None or not (own or ctx.can(MANAGE)):
        raise NotFound(T("There is no such mail."))
    return row


def retry_mail(ctx: Ctx, row: Mail) -> None:
    """Send a mail that failed once more. Refused for any other."""
    if row.status != "failed":
        raise Refused(T("Only what failed is sent again."))
    send_again(ctx, JOB, [row])
