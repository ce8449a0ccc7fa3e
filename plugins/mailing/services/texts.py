"""Texts of mails: what a company wrote for a kind of document and language, else ours; placeholders are filled in."""

from __future__ import annotations

import re
from string import Formatter

from sqlalchemy import select

from core.api import Ctx, DocumentKind, Problem, Refused, T, record_audit
from plugins.mailing.models import MailText
from plugins.mailing.words import BODIES, MAIL, MANAGE, PLACES, SUBJECTS

CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")


def kinds(ctx: Ctx) -> list[DocumentKind]:
    """The kinds of document that may be sent, whose plugins are on."""
    return [k for k in ctx.registry.documents.all_standing(ctx.enabled) if not k.right or ctx.can(k.right)]


def text_of(ctx: Ctx, kind: str, language: str) -> tuple[str, str]:
    """(subject, body) with placeholders."""
    row = _stored(ctx, kind, language)
    return (row.subject, row.body) if row is not None else (SUBJECTS[language], BODIES[language])


def save_text(ctx: Ctx, kind: str, language: str, subject: str, body: str) -> None:
    """Keep a text; both empty: ours again. Refused for placeholders that there are not."""
    ctx.require(MANAGE)
    problems = [*_wrong_places(subject, "subject"), *_wrong_places(body, "body")]
    if CONTROL.search(subject):
        problems.append(Problem(T("A subject is one line."), "subject"))
    if bool(subject.strip()) != bool(body.strip()):
        problems.append(Problem(T("Subject and text, or neither."), "subject"))
    if problems:
        raise Refused(problems)
    row = _stored(ctx, kind, language)
    if not subject.strip():
        if row is not None:
            ctx.session.delete(row)
    elif row is None:
        ctx.session.add(MailText(kind=kind, language=language, subject=subject, body=body))
    else:
        row.subject, row.body = subject, body
    ctx.session.flush()
    record_audit(ctx, MAIL, 0, "text", number=f"{kind} {language}", changes=[("subject", None, subject)])


def fill(text: str, values: dict[str, str]) -> str:
    """Placeholders replaced by values."""
    return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), text)


def _stored(ctx: Ctx, kind: str, language: str) -> MailText | None:
    return ctx.session.scalars(
        select(MailText).where(MailText.kind == kind, MailText.language == language)
    ).one_or_none()


def _wrong_places(text: str, field: str) -> list[Problem]:
    try:
        found = list(Formatter().parse(text))
    except ValueError:
        return [
            Problem(
                T("Braces stand around the name of something, as in {example}.", example="{number}"), field
            )
        ]
    wrong = [n for _t, n, spec, how in found if n is not None and (n not in PLACES or spec or how)]
    return [Problem(T("There is nothing called {name}.", name=name), field) for name in wrong]
