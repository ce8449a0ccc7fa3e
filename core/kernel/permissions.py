"""Who may do what in a tenant. Deny by default: a right exists only where a role grants it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from core.data.models import Grant, MemberRole, Role
from core.data.tenancy import TenantSession
from core.declare.declarations import Permission

ADMIN = "admin"


def granted(session: TenantSession, user_id: int) -> frozenset[str]:
    """All permissions of a user in the session's tenant; ``*`` for the administrator's role. One query."""
    rows = session.execute(
        select(Role.system, Grant.permission)
        .select_from(MemberRole)
        .join(Role, (Role.id == MemberRole.role_id) & (Role.tenant_id == MemberRole.tenant_id))
        .outerjoin(Grant, (Grant.role_id == Role.id) & (Grant.tenant_id == Role.tenant_id))
        .where(MemberRole.user_id == user_id)
    ).all()
    names = {permission for _system, permission in rows if permission}
    if any(system for system, _permission in rows):
        names.add("*")
    return frozenset(names)


def seed_grants(session: TenantSession, permissions: Iterable[Permission]) -> None:
    """Give the tenant's roles the rights that are declared to start with them. Three statements, however many."""
    wanted = list(permissions)
    if not wanted:
        return
    roles: dict[str, int] = {row.code: row.id for row in session.execute(select(Role.code, Role.id))}
    have = {(role, name) for role, name in session.execute(select(Grant.role_id, Grant.permission))}
    pairs = dict.fromkeys((roles[code], p.name) for p in wanted for code in p.roles if code in roles)
    session.insert_many(
        Grant, ({"role_id": role, "permission": name} for role, name in pairs if (role, name) not in have)
    )
