"""Passwords: a person changes their own; one who has none yet chooses it with a link that works once."""

from __future__ import annotations

from datetime import timedelta

from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import select

from core.api import Ctx, NotFound, Refused, T, record_audit
from core.base_api import (
    Denied,
    Hub,
    Membership,
    User,
    check_password,
    end_sessions,
    hash_password,
    password_fits,
)
from plugins.base_people.services.people import ENTITY, manageable

LINK_LIFE = timedelta(hours=72)


def change_own(ctx: Ctx, old: str, new: str, keep: str = "") -> str:
    """Change the acting person's password; ends all their sessions. Returns the mark that a new session needs."""
    if ctx.user is None:
        raise Denied("", T("Please sign in."))
    user = ctx.session.get_one(User, ctx.user.id)
    if not password_fits(user.password, old):
        raise Refused(T("This is not your present password."), "old")
    check_password(new, user.email, user.name)
    if new == old:
        raise Refused(T("The new password is the old one."), "password")
    user.password = hash_password(new)
    end_sessions(ctx.session, user, keep)
    record_audit(ctx, ENTITY, user.id, "change_password", number=user.email, security=True)
    ctx.session.flush()
    return user.fs_uniquifier


def _serializer(hub: Hub) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(hub.config.secret_keys(), salt="hub-set-password")


def link(ctx: Ctx, user_id: int) -> str:
    """The address (from the root) where a member without a password chooses one: works once, for three days."""
    found = manageable(ctx, user_id)
    if found.has_password or not found.active or not found.alone:
        raise Refused(T("{name} has a password already.", name=found.name))
    mark = ctx.session.get_one(User, user_id).fs_uniquifier[:16]
    return "/welcome/" + str(_serializer(ctx.hub).dumps([user_id, mark]))


def invited(hub: Hub, token: str) -> User:
    """Who may choose a password with this link; NotFound for one that is forged, used or too old."""
    try:
        user_id, mark = _serializer(hub).loads(token, max_age=int(LINK_LIFE.total_seconds()))
    except (BadData, ValueError, TypeError) as error:
        raise NotFound(T("This link is no longer valid. Ask for a new one.")) from error
    with hub.platform(write=False) as db:
        user = db.get(User, user_id)
    if user is None or user.password or not user.active or user.fs_uniquifier[:16] != mark:
        raise NotFound(T("This link is no longer valid. Ask for a new one."))
    return user


def choose(hub: Hub, token: str, password: str) -> None:
    """Set the first password with a link of :func:`link`; the link is used up."""
    user = invited(hub, token)
    check_password(password, user.email, user.name)
    hashed = hash_password(password)
    with hub.platform(write=False) as db:
        tenants = db.scalars(
            select(Membership.tenant_id).where(Membership.user_id == user.id, Membership.active)
        ).all()
    if len(tenants) != 1:
        raise NotFound(T("This link is no longer valid. Ask for a new one."))
    with hub.context(hub.tenant_info(tenants[0])) as ctx:
        row = ctx.session.scalars(
            select(User).where(User.id == user.id, User.fs_uniquifier == user.fs_uniquifier).with_for_update()
        ).one_or_none()
        if row is None or row.password:
            raise NotFound(T("This link is no longer valid. Ask for a new one."))
        row.password = hashed
        end_sessions(ctx.session, row)
        record_audit(ctx, ENTITY, row.id, "choose_password", number=row.email, security=True)
