"""People who sign in: their logins and passwords, in which tenants they work, and with which roles."""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.data.models import MemberRole, Membership, Role, User
from core.data.signing import SignIn
from core.errors import NotFound, Refused
from core.kernel.context import Ctx, TenantInfo
from core.text.i18n import T

if TYPE_CHECKING:
    from core.kernel.hub import Hub

# OWASP's floor for argon2id; the library's default costs five times as much and adds little here
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_hashing = threading.BoundedSemaphore(2)  # so that passwords cannot take the machine
PASSWORD_LENGTH = 12
LOOKED_AT = 72
"""Characters of a password that are looked at for how easy it is: what takes longer than milliseconds is refused by zxcvbn."""


def hash_password(password: str) -> str:
    """What is stored of a password."""
    with _hashing:
        return HASHER.hash(password)


@cache
def _nobody() -> str:
    return HASHER.hash("nobody's password")


def password_fits(stored: str | None, password: str) -> bool:
    """Is it the password behind a stored hash? Takes as long where there is none, so that time tells nothing."""
    try:
        with _hashing:
            return HASHER.verify(stored or _nobody(), password) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False


def check_password(password: str, email: str = "", name: str = "") -> None:
    """Raise Refused for a password that is too short or too easy to guess.

    Easy is what zxcvbn needs fewer than 10^8 guesses for: passwords, names and words that are common, alone or joined, with
    the usual replacements, runs of the keyboard, dates, repetitions, and what the person is called.
    """
    from zxcvbn import zxcvbn  # lists of words, needed only here

    if len(password) < PASSWORD_LENGTH:
        raise Refused(T("A password has at least {n} characters.", n=PASSWORD_LENGTH), "password")
    names = [re.split(r"[\W_]+", text.lower()) for text in (*email.split("@"), name)]
    called = [part for parts in names for part in (*parts, "".join(parts)) if len(part) > 2]
    if zxcvbn(password[:LOOKED_AT], [*called, "oem", "hub"])["score"] < 3:
        raise Refused(T("This password is too easy to guess."), "password")


def create_user(
    hub: Hub, email: str, name: str, password: str | None = None, *, locale: str = "zh_Hant_TW"
) -> int:
    """A person who can sign in (with a password) or be given one later; returns the id. Refused where taken."""
    email = email.strip().lower()
    if "@" not in email or len(email) > 254:
        raise Refused(T("This is not an e-mail address."), "email")
    if password is not None:
        check_password(password, email, name)
    with hub.platform() as session:
        if session.scalar(select(User.id).where(User.email == email)) is not None:
            raise Refused(T("“{code}” exists already.", code=email), "email")
        user = User(
            email=email,
            name=name,
            password=hash_password(password) if password else None,
            active=True,
            fs_uniquifier=secrets.token_hex(32),
            locale=locale,
            theme="auto",
            created_at=datetime.now(UTC),
        )
        session.add(user)
        session.flush()
        return user.id


def add_member(hub: Hub, tenant: TenantInfo, email: str, roles: Iterable[str]) -> None:
    """Let a person work in a tenant with these roles (replacing those they had). NotFound for an unknown one."""
    with hub.platform() as session:
        user = session.scalars(select(User).where(User.email == email.lower())).one_or_none()
        if user is None:
            raise NotFound(T("There is no user {email}.", email=email))
        member = session.scalars(
            select(Membership).where(Membership.user_id == user.id, Membership.tenant_id == tenant.id)
        ).one_or_none()
        if member is None:
            session.add(Membership(user_id=user.id, tenant_id=tenant.id, active=True))
        else:
            member.active = True
        user_id = user.id
    with hub.context(tenant) as ctx:
        set_roles(ctx, user_id, roles)


def set_roles(ctx: Ctx, user_id: int, roles: Iterable[str]) -> None:
    """Give a member exactly these roles."""
    wanted = set(roles)
    known = {r.code: r for r in ctx.session.scalars(select(Role))}
    unknown = wanted - set(known)
    if unknown:
        raise NotFound(T("There is no role {code}.", code=", ".join(sorted(unknown))))
    have = {
        m.role_id: m for m in ctx.session.scalars(select(MemberRole).where(MemberRole.user_id == user_id))
    }
    for code in wanted:
        if known[code].id not in have:
            ctx.session.add(MemberRole(user_id=user_id, role_id=known[code].id))
    for role_id, row in have.items():
        if role_id not in {known[c].id for c in wanted}:
            ctx.session.delete(row)
    ctx.session.flush()


def end_sessions(db: Session, user: User, keep: str = "") -> None:
    """Sign the person out everywhere, with the next click; ``keep``: mark of the session that goes on, with the new
    ``fs_uniquifier``."""
    user.fs_uniquifier = secrets.token_hex(32)
    db.execute(update(SignIn).where(SignIn.user_id == user.id, SignIn.mark != keep).values(ended=True))


def tenant_roles(ctx: Ctx) -> tuple[Role, ...]:
    """The tenant's roles but the administrator's, in their order."""
    wanted = select(Role).where(Role.system.is_(False)).order_by(Role.id)
    return ctx.memo.once("core.roles", lambda: tuple(ctx.session.scalars(wanted)))
