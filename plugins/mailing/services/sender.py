"""Who a company's mails come from: a name, the address for answers, a signature."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from email_validator import EmailNotValidError, validate_email

from core.api import Ctx, Field, Problem, Refused, T, record_audit
from plugins.mailing.services.texts import CONTROL
from plugins.mailing.words import MAIL, MANAGE, SENDER

FIELDS = (
    Field("name", T("Sender's name"), max_length=100, help=T("Empty: the company's name.")),
    Field("reply_to", T("Answers go to"), max_length=200, help=T("Empty: whoever sends the mail and gets a copy.")),
    Field("signature", T("Signature"), "long", wide=True, max_length=1000),
)  # fmt: skip


def stored(ctx: Ctx) -> dict[str, Any]:
    """The values by name of field."""
    return {f.name: (ctx.setting(SENDER) or {}).get(f.name, "") for f in FIELDS}


def save(ctx: Ctx, given: Mapping[str, Any]) -> None:
    """Keep them. Refused for what is no address, and for a name of several lines."""
    ctx.require(MANAGE)
    values = {f.name: (given.get(f.name) or "").strip() for f in FIELDS}
    if CONTROL.search(values["name"]):
        raise Refused([Problem(T("A name is one line."), "name")])
    if values["reply_to"]:
        try:
            values["reply_to"] = validate_email(
                values["reply_to"], check_deliverability=False, allow_smtputf8=False
            ).normalized
        except EmailNotValidError:
            words = T("“{text}” is not an e-mail address.", text=values["reply_to"][:100])
            raise Refused([Problem(words, "reply_to")]) from None
    before = stored(ctx)
    ctx.set_setting(SENDER, values)
    changes = [(name, before[name], values[name]) for name in values if before[name] != values[name]]
    record_audit(ctx, MAIL, 0, "sender", changes=changes)
