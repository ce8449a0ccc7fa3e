"""The people of a tenant: who works here with which roles, inviting, switching off.

A person's login is global and may serve several tenants; what a tenant's administrator may do with it ends at the tenant.
Nobody can hand out more rights than they have, nor manage a person who has more, and the last administrator stays.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select

from core.api import LOCALE_NAMES, Change, Ctx, NotFound, Problem, Refused, T, record_audit
from core.base_api import (
    Denied,
    Grant,
    MemberRole,
    Membership,
    Role,
    SecondFactor,
    User,
    end_sessions,
    set_roles,
)
from core.db import among, flush_rows

ENTITY = "base_people.user"
RIGHT = "base_people.users"


@dataclass(frozen=True)
class Person:
    """A member of the tenant. ``alone``: the login serves no other tenant, so that it may be managed from here;
    ``factor``: it asks for a second factor; ``operator``: looks after the installation."""

    id: int
    email: str
    name: str
    active: bool
    has_password: bool
    roles: tuple[Role, ...]
    alone: bool
    factor: bool
    operator: bool

    @property
    def admin(self) -> bool:
        """Has the administrator's role."""
        return any(role.system for role in self.roles)


def people(ctx: Ctx, user_id: int | None = None) -> list[Person]:
    """Everyone who works or worked here, by name. Needs ``base_people.users``. Three queries."""
    ctx.require(RIGHT)
    here = (
        select(User, Membership.active, SecondFactor.id)
        .join(Membership, Membership.user_id == User.id)
        .join(SecondFactor, SecondFactor.user_id == User.id, isouter=True)
        .where(Membership.tenant_id == ctx.tenant.id)
        .order_by(User.name, User.id)
    )
    if user_id is not None:
        here = here.where(User.id == user_id)
    rows = ctx.session.execute(here).all()
    ids = [user.id for user, _active, _factor in rows]
    roles: dict[int, list[Role]] = {}
    held = (
        select(MemberRole.user_id, Role)
        .join(Role, (Role.id == MemberRole.role_id) & (Role.tenant_id == MemberRole.tenant_id))
        .where(among(MemberRole.user_id, ids))
        .order_by(Role.id)
    )
    for owner, role in ctx.session.execute(held):
        roles.setdefault(owner, []).append(role)
    elsewhere = set(
        ctx.session.scalars(
            select(Membership.user_id).where(
                among(Membership.user_id, ids), Membership.tenant_id != ctx.tenant.id
            )
        )
    )
    return [
        Person(user.id, user.email, user.name, user.active and active, bool(user.password),
               tuple(roles.get(user.id, ())), user.id not in elsewhere, factor is not None, user.operator)
        for user, active, factor in rows
    ]  # fmt: skip


def person(ctx: Ctx, user_id: int) -> Person:
    """One member; NotFound for anybody else, whether they exist elsewhere or not."""
    found = people(ctx, user_id)
    if not found:
        raise NotFound(T("There is no such user."))
    return found[0]


def roles_of(ctx: Ctx, user_id: int) -> list[Role]:
    """The roles a person has in this tenant."""
    held = select(Role).join(
        MemberRole, (MemberRole.role_id == Role.id) & (MemberRole.tenant_id == Role.tenant_id)
    )
    return list(ctx.session.scalars(held.where(MemberRole.user_id == user_id).order_by(Role.id)))


def all_roles(ctx: Ctx) -> list[Role]:
    """Every role of the tenant."""
    return list(ctx.session.scalars(select(Role).order_by(Role.id)))


def assignable(ctx: Ctx) -> list[Role]:
    """The roles this person may give: those that grant nothing beyond their own rights."""
    return [role for role in all_roles(ctx) if not _above(ctx, [role])]


def _above(ctx: Ctx, roles: Iterable[Role]) -> bool:
    """Do these roles grant more than the acting person has?"""
    if "*" in ctx.permissions:
        return False
    roles = list(roles)
    if any(role.system for role in roles):
        return True
    granted = set(
        ctx.session.scalars(select(Grant.permission).where(among(Grant.role_id, [role.id for role in roles])))
    )
    return bool(granted - ctx.permissions)


def manageable(ctx: Ctx, user_id: int) -> Person:
    """A member whom the acting person may manage; Denied for one with more rights."""
    found = person(ctx, user_id)
    operator = found.operator and not (ctx.user is None or ctx.user.operator)
    if operator or _above(ctx, found.roles):
        raise Denied(RIGHT, T("{name} has rights that you do not have.", name=found.name))
    return found


def _keep_an_admin(ctx: Ctx) -> None:
    ctx.session.flush()
    # whoever takes rights away waits for the others here, so that two cannot remove each other
    ctx.session.execute(select(Role.id).where(Role.system).with_for_update()).all()
    left = ctx.session.scalar(
        select(func.count(func.distinct(MemberRole.user_id)))
        .select_from(MemberRole)
        .join(Role, (Role.id == MemberRole.role_id) & (Role.tenant_id == MemberRole.tenant_id))
        .join(User, User.id == MemberRole.user_id)
        .join(Membership, (Membership.user_id == User.id) & (Membership.tenant_id == ctx.tenant.id))
        .where(Role.system, User.active, Membership.active)
    )
    if not left:
        raise Refused(T("Somebody must remain administrator."), "roles")


def invite(ctx: Ctx, email: str, name: str, roles: Iterable[str], locale: str = "zh_Hant_TW") -> int:
    """Let a new person in, without a password yet: they choose it through :func:`passwords.link`. Returns the id.

    An address that has a login elsewhere is refused without saying so much: only the operator may join tenants.
    """
    ctx.require(RIGHT)
    email, name = email.strip().lower(), name.strip()
    problems = []
    if "@" not in email[1:-1] or len(email) > 254 or any(c.isspace() for c in email):
        problems.append(Problem(T("This is not an e-mail address."), "email"))
    if not name or len(name) > 120:
        problems.append(Problem(T("A name has 1 to 120 characters."), "name"))
    if locale not in LOCALE_NAMES:
        problems.append(Problem(T("Choose one of the languages."), "locale"))
    if problems:
        raise Refused(problems)
    known = ctx.session.scalar(select(User.id).where(User.email == email))
    if known is not None:
        here = select(Membership.id).where(Membership.user_id == known, Membership.tenant_id == ctx.tenant.id)
        if ctx.session.scalar(here) is not None:
            raise Refused(T("“{code}” exists already.", code=email), "email")
        raise Refused(T("This address cannot be added here. Ask the operator."), "email")
    user = User(email=email, name=name, password=None, active=True, fs_uniquifier=secrets.token_hex(32), locale=locale,
                theme="auto", created_at=datetime.now(UTC))  # fmt: skip
    ctx.session.add(user)
    flush_rows(ctx.session)
    ctx.session.add(Membership(user_id=user.id, tenant_id=ctx.tenant.id, active=True))
    ctx.session.flush()
    _give(ctx, user.id, (), roles)
    record_audit(ctx, ENTITY, user.id, "create", number=email, security=True,
                 changes=[("name", None, name), ("roles", None, sorted(roles))])  # fmt: skip
    return user.id


def _give(ctx: Ctx, user_id: int, have: Iterable[str], roles: Iterable[str]) -> None:
    changed = set(roles) ^ set(have)
    known = {role.code: role for role in ctx.session.scalars(select(Role))}
    if changed - set(known):
        raise Refused(T("There is no role {code}.", code=", ".join(sorted(changed - set(known)))), "roles")
    if _above(ctx, [known[code] for code in changed]):
        raise Refused(T("You cannot give or take roles with rights that you do not have."), "roles")
    set_roles(ctx, user_id, roles)


def change(ctx: Ctx, user_id: int, name: str, roles: Iterable[str]) -> None:
    """Set a member's roles, and the name where the login is ours alone."""
    found, wanted = manageable(ctx, user_id), sorted(set(roles))
    have = sorted(role.code for role in found.roles)
    changes: list[Change] = [] if have == wanted else [("roles", have, wanted)]
    name = name.strip()
    if name != found.name and found.alone:
        if not name or len(name) > 120:
            raise Refused(T("A name has 1 to 120 characters."), "name")
        ctx.session.get_one(User, user_id).name = name
        changes.append(("name", found.name, name))
    if not changes:
        return
    _give(ctx, user_id, have, wanted)
    _keep_an_admin(ctx)
    record_audit(ctx, ENTITY, user_id, "edit", number=found.email, security=True, changes=changes)
    ctx.session.flush()


def set_active(ctx: Ctx, user_id: int, active: bool) -> None:
    """Let a member work here, or no longer; takes effect with their next click. The last administrator stays."""
    found = manageable(ctx, user_id)
    member = ctx.session.scalars(
        select(Membership).where(Membership.user_id == user_id, Membership.tenant_id == ctx.tenant.id)
    ).one()
    if member.active == active:
        return
    member.active = active
    if not active:
        _keep_an_admin(ctx)
        if found.alone:
            end_sessions(ctx.session, ctx.session.get_one(User, user_id))
    record_audit(
        ctx, ENTITY, user_id, "activate" if active else "deactivate", number=found.email, security=True
    )
    ctx.session.flush()


def reset_password(ctx: Ctx, user_id: int) -> None:
    """Take a member's password away and end their sessions; they choose a new one through :func:`passwords.link`."""
    found = manageable(ctx, user_id)
    if not found.alone:
        raise Refused(T("This login is not managed here. Ask the operator."))
    if ctx.user is not None and ctx.user.id == user_id:
        raise Refused(T("Change your own password on your own page."))
    user = ctx.session.get_one(User, user_id)
    user.password = None
    end_sessions(ctx.session, user)
    record_audit(ctx, ENTITY, user_id, "reset_password", number=found.email, security=True)
    ctx.session.flush()
