"""Tokens: making one, ending one, and who calls with one."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select

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
    Field(
        "scopes", T("Only these kinds and rights"), "long", max_length=4000,
        help=T("One a line: orders.order for all that is done with orders, orders.order.view to see them. Empty: no limit."),
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
    scopes: frozenset[str]
    token_id: int

    def lets_through(self, name: str, plugin: str) -> bool:
        """Does a right of ``plugin`` count here, where the person has it?"""
        if name == RIGHT:
            return True
        if self.plugins and plugin not in self.plugins:
            return False
        return not self.scopes or name in self.scopes or name.rpartition(".")[0] in self.scopes


def make_token(
    ctx: Ctx,
    name: str,
    *,
    read_only: bool,
    expires_on: date,
    plugins: Sequence[str] = (),
    scopes: Sequence[str] = (),
) -> tuple[Token, str]:
    """A token of the person who acts, and its secret, which is never told again. ``scopes`` name kinds of documents or single
    rights (all, where none are named). Refused for a day that is over or too far, and for a scope that is neither."""
    ctx.require(RIGHT)
    if ctx.user is None:
        raise Refused(T("A token belongs to a person."))
    if not ctx.today() <= expires_on <= ctx.today() + timedelta(days=LONGEST_DAYS):
        raise Refused([Problem(T("At most {n} days from today.", n=LONGEST_DAYS), "expires_on")])
    known = ctx.registry.permissions
    if unknown := [s for s in scopes if s not in known and s not in ctx.registry.entities]:
        words = [T("There is no kind of document and no right {name}.", name=s[:80]) for s in unknown]
        raise Refused([Problem(each, "scopes") for each in words])
    secret = secrets.token_urlsafe(32)
    row = Token(
        user_id=ctx.user.id, user_name=ctx.user.name, name=name, digest=_digest(secret), read_only=read_only,
        plugins=sorted(plugins), scopes=sorted(set(scopes)), expires_on=expires_on, created_at=ctx.now(),
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


_CALLED = select(
    Token.digest, Token.revoked_at, Token.expires_on, Token.last_used_at, Token.user_id, Token.read_only, Token.plugins,
    Token.scopes,
).where(Token.id == bindparam("token"))  # fmt: skip


def authenticate(hub: Hub, header: str) -> Caller | None:
    """Who calls with ``Authorization: Bearer …``; None for anything but a living token of somebody who still works here."""
    kind, _, given = header.partition(" ")
    parts = given.strip().split("-", 3)
    if kind.lower() != "bearer" or len(parts) != 4 or parts[0] != PREFIX:
        return None
    tenant_id, token_id = map(parse_id, parts[1:3])
    if tenant_id is None or token_id is None:
        return None
    with hub.rows_of(tenant_id) as session:
        row = session.execute(_CALLED, {"token": token_id}).one_or_none()
        fits = hmac.compare_digest(row.digest if row is not None else _digest(""), _digest(parts[3]))
        if row is None or not fits or row.revoked_at is not None:
            return None
        last_day, used, user_id = row.expires_on, row.last_used_at, row.user_id
        limits = (row.read_only, frozenset(row.plugins), frozenset(row.scopes or ()))
    found, now = hub.at_work(tenant_id, user_id), datetime.now(UTC)
    if found is None:
        return None
    tenant, user = found
    if last_day < (hub.config.pinned_today or now.astimezone(ZoneInfo(tenant.timezone)).date()):
        return None
    if used is None or now - used > USED_EVERY:
        _note_use(hub, tenant, token_id, now)
    return Caller(tenant, user, *limits, token_id)


def _note_use(hub: Hub, tenant: TenantInfo, token_id: int, now: datetime) -> None:
    with hub.context(tenant) as ctx:
        ctx.session.scalars(select(Token).where(Token.id == token_id)).one().last_used_at = now


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
