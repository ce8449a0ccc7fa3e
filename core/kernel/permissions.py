"""Who may do what in a tenant. Deny by default: a right exists only where a role grants it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from core.data.models import Grant, MemberRole, Role
from core.data.tenancy import TenantSession
from core.declare.registry import Registry

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


def seed_grants(session: TenantSession, registry: Registry, plugins: Iterable[str]) -> int:
    """Give the tenant's standard roles the rights that ``plugins`` declare for them; returns how many were new."""
    wanted = set(plugins)
    roles = {role.code: role for role in session.scalars(select(Role))}
    have = {(role, name) for role, name in session.execute(select(Grant.role_id, Grant.permission))}
    rows = []
    for permission in registry.permissions.values():
        if permission.plugin not in wanted:
            continue
        for code in permission.roles:
            role = roles.get(code)
            if role is not None and (role.id, permission.name) not in have:
                rows.append({"role_id": role.id, "permission": permission.name})
                have.add((role.id, permission.name))
    session.insert_many(Grant, rows)
    return len(rows)
