"""Who may do what in a tenant. Deny by default: a right exists only where a role grants it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import bindparam, func, select

from core.data.models import Grant, MemberRole, Role
from core.data.tenancy import TenantSession
from core.declare.kinds import RoleSpec

ADMIN = "admin"
_GRANTED = (
    select(Role.system, func.aggregate_strings(Grant.permission, " "))
    .select_from(MemberRole)
    .join(Role, (Role.id == MemberRole.role_id) & (Role.tenant_id == MemberRole.tenant_id))
    .outerjoin(Grant, (Grant.role_id == Role.id) & (Grant.tenant_id == Role.tenant_id))
    .where(MemberRole.user_id == bindparam("user"))
    .group_by(Role.id, Role.system)
)
"""Asked in every request: building it anew costs as much as asking it."""


def granted(session: TenantSession, user_id: int) -> frozenset[str]:
    """All permissions of a user in the session's tenant; ``*`` for the administrator's role. One query, a row for each role:
    where two hundred plugins declare rights, a row for each of those would be the dearest part of many requests."""
    rows = session.execute(_GRANTED, {"user": user_id}).all()
    names = {name for _system, together in rows if together for name in together.split(" ")}
    if any(system for system, _together in rows):
        names.add("*")
    return frozenset(names)


def seed_roles(session: TenantSession, roles: Iterable[RoleSpec]) -> frozenset[str]:
    """Make the roles that the tenant does not have yet; returns their codes."""
    wanted = list(roles)
    if not wanted:
        return frozenset()
    have = set(session.scalars(select(Role.code)))
    new = [role for role in wanted if role.code not in have]
    session.insert_many(
        Role, [{"code": r.code, "name": r.name, "names": dict(r.names), "system": False} for r in new]
    )
    return frozenset(role.code for role in new)


def holders(session: TenantSession, rights: Collection[str]) -> frozenset[str]:
    """Codes of the roles that have one of these rights. One query."""
    held = (
        select(Role.code)
        .join(Grant, (Grant.role_id == Role.id) & (Grant.tenant_id == Role.tenant_id))
        .where(Grant.permission.in_(rights))
    )
    return frozenset(session.scalars(held))


def seed_grants(session: TenantSession, rights: Mapping[str, Collection[str]]) -> None:
    """Give each right to the roles of these codes, where the tenant has them. Three statements, however many."""
    if not rights:
        return
    roles: dict[str, int] = {row.code: row.id for row in session.execute(select(Role.code, Role.id))}
    have = {(role, name) for role, name in session.execute(select(Grant.role_id, Grant.permission))}
    pairs = dict.fromkeys(
        (roles[code], name) for name, codes in rights.items() for code in codes if code in roles
    )
    session.insert_many(
        Grant, ({"role_id": role, "permission": name} for role, name in pairs if (role, name) not in have)
    )
