"""Tokens: making one, ending one, and who calls with one."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from core.api import Ctx, Field, NotFound, Problem, Refused, T, record_audit
from core.base_api import Hub, TenantInfo, UserInfo
from core.values import parse_id
from plugins.rest.models import Token
from plugins.rest.words import ACTIVITY, EVERYBODY, LONGEST_DAYS, RIGHT, USUAL_DAYS

PREFIX = "hub"
USED_EVERY = timedelta(minutes=10)
"""How exactly the last use is kept: not each call is worth a write."""


def _plugins(ctx: Ctx) -> list[tuple[str, str]]:
    """The features a token may be limited to."""
    usual = [p for p in ctx.hub.plugins if not p.manifest.base or p.name == "base_files"]
    return [(p.name, str(p.manifest.title)) for p in usual if p.name in ctx.enabled and p.name != "rest"]


FIELDS = (
    Field("name", T("What is it for?"), required=True, max_length=80),
    Field("read_only", T("May only read"), "bool", default=True),
    Field(
        "expires_on", T("Last day"), "date", required=True,
        default=lambda ctx: ctx.today() + timedelta(days=USUAL_DAYS),
        help=T("At most {n} days from today.", n=LONGEST_DAYS),
    ),
    Field(
        "plugins", T("Features"), "choices", choices=_plugins,
        help=T("None ticked: all that you may use."),
    ),
)  # fmt: skip
"""What is asked for a new token."""


@dataclass(frozen=True)
class Caller:
    """Who calls, for which company, and what the token lets through of that person's rights."""

    tenant: TenantInfo
    user: UserInfo
    read_only: bool
    plugins: frozenset[str]
    token_id: int


def make_token(
    ctx: Ctx, name: str, *, read_only: bool, expires_on: date, plugins: Sequence[str] = ()
) -> tuple[Token, str]:
    """A token of the person who acts, and its secret, which is never told again. Refused for a day that is over or too far."""
    ctx.require(RIGHT)
    if ctx.user is None:
        raise Refused(T("A token belongs to a person."))
    if not ctx.today() <= expires_on <= ctx.today() + timedelta(days=LONGEST_DAYS):
        raise Refused([Problem(T("At most {n} days from today.", n=LONGEST_DAYS), "expires_on")])
    secret = secrets.token_urlsafe(32)
    row = Token(
        user_id=ctx.user.id, user_name=ctx.user.name, name=name, digest=_digest(secret), read_only=read_only,
        plugins=sorted(plugins), expires_on=expires_on, created_at=ctx.now(),
    )  # fmt: skip
    ctx.session.add(row)
    ctx.session.flush()
    record_audit(ctx, ACTIVITY, row.id, "create", number=name, security=True)
    return row, f"{PREFIX}-{ctx.tenant.id}-{row.id}-{secret}"


def list_tokens(ctx: Ctx) -> list[Token]:
    """One's own tokens; everybody's for who may see these; newest first, ended ones last."""
    wanted = select(Token).order_by(Token.revoked_at.is_not(None), Token.id.desc())
    if not ctx.can(EVERYBODY):
        wanted = wanted.where(Token.user_id == (ctx.user.id if ctx.user else None))
    return list(ctx.session.scalars(wanted))


def find_token(ctx: Ctx, token_id: int) -> Token:
    """A token that this person may see; NotFound otherwise."""
    row = next((t for t in list_tokens(ctx) if t.id == token_id), None)
    if row is None:
        raise NotFound(T("There is no such token."))
    return row


def revoke_token(ctx: Ctx, token_id: int) -> Token:
    """End a token from now on; NotFound for one that this person may not see."""
    row = find_token(ctx, token_id)
    if row.revoked_at is None:
        row.revoked_at = ctx.now()
        record_audit(ctx, ACTIVITY, row.id, "revoke", number=row.name, security=True)
    return row


def authenticate(hub: Hub, header: str) -> Caller | None:
    """Who calls with ``Authorization: Bearer …``; None for anything but a living token of somebody who still works here."""
    kind, _, given = header.partition(" ")
    parts = given.strip().split("-", 3)
    if kind.lower() != "bearer" or len(parts) != 4 or parts[0] != PREFIX:
        return None
    tenant_id, token_id = map(parse_id, parts[1:3])
    if tenant_id is None or token_id is None:
        return None
    try:
        tenant = hub.tenant_info(tenant_id)
    except NotFound:
        return None
    with hub.context(tenant, write=False) as ctx:
        row = ctx.session.scalars(select(Token).where(Token.id == token_id)).one_or_none()
        fits = hmac.compare_digest(row.digest if row is not None else _digest(""), _digest(parts[3]))
        if row is None or not fits or row.revoked_at is not None or row.expires_on < ctx.today():
            return None
        stale = row.last_used_at is None or ctx.now() - row.last_used_at > USED_EVERY
        caller = (row.user_id, row.read_only, frozenset(row.plugins))
    user = hub.member(tenant, caller[0])
    if user is None:
        return None
    if stale:
        _note_use(hub, tenant, token_id)
    return Caller(tenant, user, caller[1], caller[2], token_id)


def _note_use(hub: Hub, tenant: TenantInfo, token_id: int) -> None:
    with hub.context(tenant) as ctx:
        ctx.session.scalars(select(Token).where(Token.id == token_id)).one().last_used_at = ctx.now()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
