"""Roles with their rights, and features, as parts of how a company is set up. Nobody gives a right that they do not have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core.data.models import Grant, Role
from core.errors import Refused
from core.kernel.enablement import PLUGINS_RIGHT, enable_plugin
from core.kernel.permissions import ADMIN
from core.kernel.transfer_checks import kept_text, known_name, values_of
from core.text.i18n import LOCALES, T

if TYPE_CHECKING:
    from core.kernel.context import Ctx

Values = Mapping[str, Any]


def roles(ctx: Ctx) -> Values:
    """The roles but the administrator's, by code."""
    rows = ctx.session.scalars(select(Role).where(Role.system.is_(False)).order_by(Role.id))
    return {
        row.code: {"name": row.name, "names": row.names, "rights": sorted(g.permission for g in row.grants)}
        for row in rows
    }


def clean_role(ctx: Ctx, key: str, value: Any) -> Any:
    """A role as it may be here: rights that nobody declares are left out."""
    if key == ADMIN or not key.replace("_", "").isalnum() or len(key) > 40:
        raise Refused(T("This role cannot be brought in."))
    name, names, rights = values_of(value, "name", "names", "rights")
    if not isinstance(rights, list) or not all(isinstance(r, str) for r in rights):
        raise Refused(T("This is not as it was taken out."))
    if names is not None and not isinstance(names, dict):
        raise Refused(T("This is not as it was taken out."))
    declared = ctx.registry.permissions
    known = sorted({r for r in rights if r in declared and not declared[r].operator})
    if beyond := [r for r in known if "*" not in ctx.permissions and r not in ctx.permissions]:
        raise Refused(T("You cannot give rights that you do not have: {what}.", what=", ".join(beyond)))
    named = None if names is None else {known_name(c, LOCALES): kept_text(w, 120) for c, w in names.items()}
    return {"name": kept_text(name, 120), "names": named, "rights": known}


def put_role(ctx: Ctx, key: str, value: Any) -> None:
    """Make or change a role."""
    row = ctx.session.scalars(select(Role).where(Role.code == key)).one_or_none()
    if row is None:
        row = Role(code=key, name=value["name"], names=value["names"], system=False)
        ctx.session.add(row)
        ctx.session.flush()
    row.name, row.names = value["name"], value["names"]
    have = {g.permission: g for g in ctx.session.scalars(select(Grant).where(Grant.role_id == row.id))}
    for gone in have.keys() - set(value["rights"]):
        ctx.session.delete(have[gone])
    ctx.session.flush()
    fresh = [r for r in value["rights"] if r not in have]
    ctx.session.insert_many(Grant, [{"role_id": row.id, "permission": right} for right in fresh])
    ctx.session.expire(row)


def features(ctx: Ctx) -> Values:
    """The features that are on."""
    return {
        p.name: True
        for p in ctx.hub.plugins
        if p.name in ctx.enabled and not (p.manifest.base or p.manifest.bridge)
    }


def clean_feature(ctx: Ctx, key: str, value: Any) -> Any:
    """A feature that is loaded here."""
    if key not in ctx.hub.plugin_names:
        raise Refused(T("There is no plugin {name}.", name=key[:60]))
    if value is not True:
        raise Refused(T("This is not as it was taken out."))
    ctx.require(PLUGINS_RIGHT)
    return True


def put_feature(ctx: Ctx, key: str, value: Any) -> None:
    """Switch it on, with what it needs."""
    if key not in ctx.enabled:
        enable_plugin(ctx, key)
