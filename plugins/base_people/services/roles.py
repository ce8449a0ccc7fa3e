"""Roles of a tenant and the rights they grant. The administrator's role has them all and stays as it is."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import delete, func, select

from core.api import Change, Ctx, NotFound, Problem, Refused, Stale, T, Text, record_audit
from core.base_api import Grant, MemberRole, Permission, Role
from core.values import parse_id

ENTITY = "base_people.role"
RIGHT = "base_people.roles"
Cell = tuple[int, str]


@dataclass(frozen=True)
class Group:
    """The rights of a plugin, or (``core``) those of the kernel and of the default plugins together."""

    code: str
    title: Text | str
    permissions: tuple[Permission, ...]


@dataclass(frozen=True)
class Matrix:
    """Roles × rights: which cells are granted; ``members`` counts the people of each role.

    ``seen`` is a fingerprint of the grants, so that a change made meanwhile is noticed.
    """

    roles: tuple[Role, ...]
    groups: tuple[Group, ...]
    granted: frozenset[Cell]
    members: dict[int, int]
    seen: str


def matrix(ctx: Ctx) -> Matrix:
    """Rights of what is always there and of the plugins that are on. Needs ``base_people.roles``."""
    ctx.require(RIGHT)
    roles = tuple(ctx.session.scalars(select(Role).order_by(Role.system.desc(), Role.id)))
    always = ctx.hub.always_on
    by_plugin: dict[str, list[Permission]] = {}
    for permission in ctx.registry.permissions.values():
        if not permission.operator and (permission.plugin in always or permission.plugin in ctx.enabled):
            group = "core" if permission.plugin in always else permission.plugin
            by_plugin.setdefault(group, []).append(permission)
    titles: dict[str, Text | str] = {
        **{p.name: p.manifest.title for p in ctx.hub.plugins},
        "core": T("Administration"),
    }
    order = ["core", *ctx.hub.plugin_names]
    groups = tuple(
        Group(code, titles[code], tuple(by_plugin[code])) for code in reversed(order) if by_plugin.get(code)
    )
    granted = frozenset((r, p) for r, p in ctx.session.execute(select(Grant.role_id, Grant.permission)))
    counted = select(MemberRole.role_id, func.count()).group_by(MemberRole.role_id)
    members = {role: people for role, people in ctx.session.execute(counted)}  # noqa: C416
    text = "\n".join(sorted(f"{role} {name}" for role, name in granted))
    return Matrix(roles, groups, granted, members, hashlib.sha256(text.encode()).hexdigest()[:16])


def save(ctx: Ctx, wanted: Collection[Cell], seen: str = "") -> int:
    """Grant exactly ``wanted`` among the rights shown by :func:`matrix`; returns how many cells changed.

    Rights of plugins that are off are left as they are. Nobody grants or takes what they do not have themselves.
    Raises Stale where the grants changed since ``seen``.
    """
    now = matrix(ctx)
    if seen and seen != now.seen:
        raise Stale(
            T("Somebody else changed the rights meanwhile. Nothing of yours was saved."), "", None, []
        )
    names = {p.name: p for group in now.groups for p in group.permissions}
    roles = {role.id: role for role in now.roles if not role.system}
    unknown = [cell for cell in wanted if cell[0] not in roles or cell[1] not in names]
    if unknown:
        raise Refused(
            T("There is no such role or right: {what}.", what=", ".join(sorted({c[1] for c in unknown})))
        )
    have = {cell for cell in now.granted if cell[0] in roles and cell[1] in names}
    added, taken = set(wanted) - have, have - set(wanted)
    beyond = sorted({name for _role, name in added | taken if not ctx.can(name)})
    if beyond:
        labels = ", ".join(str(names[name].label) for name in beyond)
        raise Refused(T("You cannot give or take rights that you do not have: {what}.", what=labels))
    ctx.session.insert_many(Grant, [{"role_id": role, "permission": name} for role, name in sorted(added)])
    for role_id in {role for role, _name in taken}:
        gone = [name for role, name in taken if role == role_id]
        ctx.session.execute(delete(Grant).where(Grant.role_id == role_id, Grant.permission.in_(gone)))
    for role_id, role in roles.items():
        changes: list[Change] = [(n, True, False) for r, n in sorted(taken) if r == role_id]
        changes += [(n, False, True) for r, n in sorted(added) if r == role_id]
        if changes:
            record_audit(ctx, ENTITY, role_id, "grants", number=role.code, security=True, changes=changes)
    ctx.session.flush()
    return len(added) + len(taken)


def add_role(ctx: Ctx, code: str, name: str, copy_of: int | None = None) -> Role:
    """A new role without rights, or with those of another one."""
    ctx.require(RIGHT)
    code, name = code.strip().lower(), name.strip()
    problems = []
    if not code or len(code) > 40 or not code.replace("-", "").replace("_", "").isalnum():
        problems.append(Problem(T("A code is made of letters, digits and dashes."), "code"))
    elif ctx.session.scalar(select(Role.id).where(Role.code == code)) is not None:
        problems.append(Problem(T("“{code}” exists already.", code=code), "code"))
    if not name or len(name) > 120:
        problems.append(Problem(T("A name has 1 to 120 characters."), "name"))
    if problems:
        raise Refused(problems)
    role = Role(code=code, name=name, system=False)
    ctx.session.add(role)
    ctx.session.flush()
    if copy_of is not None:
        source = get_role(ctx, copy_of)
        names = list(ctx.session.scalars(select(Grant.permission).where(Grant.role_id == source.id)))
        names = (
            names
            if not source.system
            else [p.name for p in ctx.registry.permissions.values() if not p.operator]
        )
        beyond = [n for n in names if not ctx.can(n) and "*" not in ctx.permissions]
        if beyond:
            raise Refused(
                T("You cannot give rights that you do not have: {what}.", what=", ".join(beyond)), "copy_of"
            )
        ctx.session.insert_many(Grant, [{"role_id": role.id, "permission": n} for n in names])
    record_audit(ctx, ENTITY, role.id, "create", number=code, security=True, changes=[("name", None, name)])
    ctx.session.flush()
    return role


def get_role(ctx: Ctx, role_id: int) -> Role:
    """A role of this tenant; NotFound otherwise."""
    role = ctx.session.scalars(select(Role).where(Role.id == role_id)).one_or_none()
    if role is None:
        raise NotFound(T("There is no such role."))
    return role


def remove(ctx: Ctx, role_id: int) -> None:
    """Delete a role that nobody has. Refused for the administrator's role."""
    ctx.require(RIGHT)
    role = get_role(ctx, role_id)
    if role.system:
        raise Refused(T("The administrator's role stays as it is."))
    if ctx.session.scalar(select(MemberRole.id).where(MemberRole.role_id == role_id).limit(1)) is not None:
        raise Refused(T("Somebody has this role. Take it from them first."))
    record_audit(ctx, ENTITY, role.id, "delete", number=role.code, security=True)
    ctx.session.execute(delete(Grant).where(Grant.role_id == role_id))
    ctx.session.delete(role)
    ctx.session.flush()


def cells(values: Iterable[str]) -> list[Cell]:
    """``"7:orders.order.view"`` as the form sends it → (7, "orders.order.view")."""
    found = []
    for value in values:
        role, _colon, name = value.partition(":")
        number = parse_id(role)
        if number is not None:
            found.append((number, name))
    return found
