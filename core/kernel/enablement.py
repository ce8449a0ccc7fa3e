"""Which loaded plugins are on for a tenant. Read from the database in each request: switching takes effect at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from core.data.models import Enablement
from core.data.tenancy import TenantSession
from core.entities import audit
from core.errors import NotFound, Refused
from core.kernel.permissions import seed_grants
from core.text.i18n import T

if TYPE_CHECKING:
    from core.kernel.context import Ctx
    from core.kernel.hub import Hub
    from core.kernel.plugins import LoadedPlugin


def enabled_plugins(hub: Hub, session: TenantSession) -> frozenset[str]:
    """Names of the loaded plugins that are on, default ones always. A row for a plugin that is no longer loaded is kept and
    ignored."""
    rows = dict(session.execute(select(Enablement.plugin, Enablement.enabled)).all())
    return frozenset(p.name for p in hub.plugins if p.manifest.base or rows.get(p.name, False))


def _plugin(hub: Hub, name: str) -> LoadedPlugin:
    for plugin in hub.plugins:
        if plugin.name == name:
            return plugin
    raise NotFound(T("There is no plugin {name}.", name=name))


def needed_by(hub: Hub, name: str, enabled: frozenset[str]) -> list[str]:
    """Enabled plugins that require ``name``, directly or through others, in dependency order."""
    found: list[str] = []
    for plugin in hub.plugins:
        if plugin.name in enabled and any(r == name or r in found for r in plugin.manifest.requires):
            found.append(plugin.name)
    return found


def required_for(hub: Hub, name: str) -> list[str]:
    """Everything ``name`` requires, in dependency order, itself last."""
    wanted = {name}
    for plugin in reversed(hub.plugins):
        if plugin.name in wanted:
            wanted.update(plugin.manifest.requires)
    return [p for p in hub.plugin_names if p in wanted]


def enable(ctx: Ctx, name: str, *, with_required: bool = True, operator: bool = False) -> list[str]:
    """Switch a plugin on, and what it requires; returns the names that were switched. Twice is harmless.

    Raises Refused where something required is off and ``with_required`` is False, or for a restricted plugin.
    """
    plugin = _plugin(ctx.hub, name)
    if plugin.manifest.restricted and not operator:
        raise Refused(T("{plugin} can only be switched on by the operator.", plugin=plugin.manifest.title))
    missing = [n for n in required_for(ctx.hub, name) if n not in ctx.enabled]
    others = [n for n in missing if n != name]
    if others and not with_required:
        raise Refused(T("{plugin} needs {others}.", plugin=plugin.manifest.title, others=", ".join(others)))
    for each in missing:
        _set(ctx, each, True)
    return missing


def settle(ctx: Ctx) -> list[str]:
    """Give the tenant what default plugins bring (rights, series, lists, rows of their own), once each; returns the names of
    those that were new. Called for a new tenant, and for every tenant after an upgrade that may have brought one."""
    seeded = set(ctx.session.scalars(select(Enablement.plugin).where(Enablement.seeded)))
    new = [p.name for p in ctx.hub.plugins if p.manifest.base and p.name not in seeded]
    for name in new:
        _set(ctx, name, True)
    return new


def disable(ctx: Ctx, name: str) -> None:
    """Switch a plugin off; its data stays. Raises Refused, with names, while others need it, and for a default plugin."""
    plugin = _plugin(ctx.hub, name)
    if plugin.manifest.base:
        raise Refused(T("{plugin} is part of every installation.", plugin=plugin.manifest.title))
    users = needed_by(ctx.hub, name, ctx.enabled)
    if users:
        raise Refused(
            T("{plugin} is needed by {others}. Switch those off first.",
              plugin=plugin.manifest.title, others=", ".join(users))
        )  # fmt: skip
    if name in ctx.enabled:
        _set(ctx, name, False)


def _set(ctx: Ctx, name: str, on: bool) -> None:
    row = ctx.session.scalars(select(Enablement).where(Enablement.plugin == name)).one_or_none()
    if row is None:
        row = Enablement(plugin=name, enabled=on, seeded=False)
        ctx.session.add(row)
    row.enabled = on
    ctx.session.flush()
    if on:
        # the row itself must be there before the plugin's own hook runs
        ctx.enabled = ctx.enabled | {name}
        ctx.hooks = type(ctx.hooks)(ctx, ctx.hub.manager, ctx.enabled)
        if not row.seeded:
            _seed(ctx, name)
            row.seeded = True
        ctx.hooks.plugin_enabled(plugin=name)
    else:
        ctx.hooks.plugin_disabled(plugin=name)
        ctx.enabled = ctx.enabled - {name}
        ctx.hooks = type(ctx.hooks)(ctx, ctx.hub.manager, ctx.enabled)
    audit.record(ctx, "core.enablement", row.id, "enable" if on else "disable", number=name)
    ctx.session.flush()


def _seed(ctx: Ctx, name: str) -> None:
    from core.entities.lists import seed_lists
    from core.entities.numbering import seed_series

    seed_grants(ctx.session, ctx.registry, [name])
    seed_series(ctx, name)
    seed_lists(ctx, name)
