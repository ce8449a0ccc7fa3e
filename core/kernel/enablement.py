"""Which loaded plugins are on for a tenant. Read from the database in each request: switching takes effect at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import select

from core.data.models import Enablement
from core.data.tenancy import TenantSession
from core.entities import audit
from core.errors import NotFound, Refused
from core.kernel import upgrading
from core.kernel.dependencies import bridges, dependent_plugins, required_plugins
from core.kernel.offering import CORE, kept_rows, offer
from core.kernel.plugins import absence
from core.text.i18n import T

if TYPE_CHECKING:
    from core.kernel.context import Ctx
    from core.kernel.hub import Hub
    from core.kernel.plugins import LoadedPlugin

ENTITY = "core.enablement"
PLUGINS_RIGHT = "core.plugins"
"""Whoever has it may switch plugins on and off."""
_ENABLED = select(Enablement.plugin).where(Enablement.enabled)
OPERATE_RIGHT = "core.operate"
"""What operators have, and nobody by a role: companies, and features that only they switch."""


def enabled_plugins(hub: Hub, session: TenantSession) -> frozenset[str]:
    """Names of the loaded plugins that are on, default ones always, and of their parts (:func:`part_of`). A row for a plugin
    that is no longer loaded is kept and ignored."""
    kept = session.scalars(_ENABLED).all()
    on = hub.loaded.intersection(kept) | hub.always_on - {CORE}
    return on.union(name for name in kept if "/" in name and name.partition("/")[0] in on)


def part_of(plugin: str, what: str) -> str:
    """The name of a part of a plugin that a tenant has or has not: known in every request without asking, as plugins are."""
    return f"{plugin}/{what}"


def switch_part(ctx: Ctx, name: str, on: bool) -> None:
    """From here this tenant has the part ``name`` (:func:`part_of`), or has it no more. Twice is harmless."""
    row = kept_rows(ctx).get(name)
    if row is None:
        ctx.session.add(Enablement(plugin=name, enabled=on, offered=[]))
    else:
        row.enabled = on
    ctx.session.flush()
    ctx.switch_to(ctx.enabled | {name} if on else ctx.enabled - {name})


def _plugin(hub: Hub, name: str) -> LoadedPlugin:
    for plugin in hub.plugins:
        if plugin.name == name:
            return plugin
    raise NotFound(absence(name))


def _named(ctx: Ctx, name: str) -> LoadedPlugin:
    """The plugin of this name. NotFound where there is none, with what is left of it here where its code is gone."""
    if name not in ctx.hub.loaded and name != CORE and "/" not in name and name in kept_rows(ctx):
        raise NotFound(absence(name, kept=True))
    return _plugin(ctx.hub, name)


def enable_plugin(ctx: Ctx, name: str, *, with_required: bool = True, operator: bool = False) -> list[str]:
    """Switch a plugin on, and what it requires; returns the names that were switched. Twice is harmless.

    Raises Refused where something required is off and ``with_required`` is False, or for a restricted plugin.
    """
    plugin = _named(ctx, name)
    _switchable(ctx, plugin)
    missing = [n for n in required_plugins(ctx.hub, name) if n not in ctx.enabled]
    others = [n for n in missing if n != name]
    if others and not with_required:
        raise Refused(
            T("{plugin} needs {others}.", plugin=plugin.manifest.title, others=_titles(ctx, others))
        )
    for each in missing or [name]:
        _permitted(ctx, _plugin(ctx.hub, each), operator)
    return enable_plugins(ctx, missing)


def disable_plugin(ctx: Ctx, name: str, *, operator: bool = False) -> None:
    """Switch a plugin off, and the bridges to it; its data stays. Raises Refused, with names, while others need it, for a
    bridge or a default plugin, and for a restricted one where an operator has to."""
    plugin = _named(ctx, name)
    _switchable(ctx, plugin)
    _permitted(ctx, plugin, operator)
    if plugin.manifest.base:
        raise Refused(T("{plugin} is part of every installation.", plugin=plugin.manifest.title))
    users = dependent_plugins(ctx.hub, name, ctx.enabled)
    if users:
        raise Refused(
            T(
                "{plugin} is needed by {others}. Switch those off first.",
                plugin=plugin.manifest.title,
                others=_titles(ctx, users),
            )
        )
    if name not in ctx.enabled:
        return
    plugins = ctx.enabled.intersection(ctx.hub.plugin_names)
    left = [n for n in plugins if n != name and not _plugin(ctx.hub, n).manifest.bridge]
    off = plugins.difference(left, bridges(ctx.hub, left))
    rows = kept_rows(ctx)
    for each in sorted(off, key=ctx.hub.plugin_names.index, reverse=True):
        rows[each].enabled = False
        ctx.session.flush()
        ctx.hooks.plugin_disabled(plugin=each)
        ctx.switch_to(ctx.enabled - {each})
        audit.record_audit(ctx, ENTITY, rows[each].id, "disable", number=each, security=True)
    ctx.session.flush()


def _titles(ctx: Ctx, names: Iterable[str]) -> str:
    """What people call these plugins."""
    return ", ".join(str(_plugin(ctx.hub, name).manifest.title) for name in names)


def is_restricted(hub: Hub, plugin: LoadedPlugin) -> bool:
    """Do only operators switch it: because its manifest or the installation's configuration says so?"""
    return plugin.manifest.restricted or plugin.name in hub.config.restricted


def _permitted(ctx: Ctx, plugin: LoadedPlugin, operator: bool) -> None:
    """Refused for a restricted plugin, unless the command line acts, the system, or a person who is an operator."""
    if is_restricted(ctx.hub, plugin) and not (operator or ctx.can(OPERATE_RIGHT)):
        raise Refused(T("{plugin} can only be switched by the operator.", plugin=plugin.manifest.title))


def _switchable(ctx: Ctx, plugin: LoadedPlugin) -> None:
    """Refused for a bridge: it is on exactly when what it joins is."""
    if plugin.manifest.bridge:
        joined = (_plugin(ctx.hub, n).manifest for n in plugin.manifest.requires)
        sides = ", ".join(str(m.title) for m in joined if not m.base)
        raise Refused(
            T("{plugin} is on while all of these are: {others}.", plugin=plugin.manifest.title, others=sides)
        )


def enable_plugins(ctx: Ctx, names: Iterable[str]) -> list[str]:
    """Switch on those of ``names`` that are off, whatever they require and the bridges between what is on then, in one pass:
    the number of statements does not grow with the plugins, apart from what their own hook ``plugins_enabled`` does. Returns
    what was switched, in dependency order. Nobody is asked whether they may: :func:`enable_plugin` does that. Default plugins
    that the tenant does not have yet come along.
    """
    known = {name for name, row in kept_rows(ctx).items() if row.enabled}
    wanted = {need for name in names for need in required_plugins(ctx.hub, _plugin(ctx.hub, name).name)}
    wanted |= {p.name for p in ctx.hub.plugins if p.manifest.base}
    wanted.update(bridges(ctx.hub, wanted | known))
    switched = [n for n in ctx.hub.plugin_names if n in wanted - known]
    offer(ctx, switched)
    if switched:
        ctx.switch_to(ctx.enabled | set(switched))
        ctx.hooks.plugins_enabled(plugins=tuple(switched))
        rows = kept_rows(ctx)
        for name, since in upgrading.due(ctx, rows.values()):
            while name in switched and upgrading.take_step(ctx, name, since):
                pass  # it was off while a new version came
        audit.record_audits(
            ctx, ENTITY, [audit.Noted(rows[n].id, n) for n in switched], "enable", security=True
        )
        ctx.session.flush()
    return switched


def sync(ctx: Ctx) -> dict[str, list[str]]:
    """After an upgrade: switch on what the plugins that are on require by now, and give the tenant the roles, rights, series
    and lists that they declare since. Returns names by plugin: ``on``, ``role:…``, ``right:…``, ``series:…``, ``list:…``."""
    switched = enable_plugins(
        ctx, ctx.enabled.intersection(ctx.hub.plugin_names)
    )  # parts bring nothing along
    brought = {name: ["on"] for name in switched}
    return brought | offer(ctx, [n for n in ctx.hub.plugin_names if n in ctx.enabled])


def outdated(ctx: Ctx) -> list[tuple[str, str]]:
    """(plugin, version of the tenant's data) of plugins that are on and whose data is not of the version that runs."""
    return upgrading.due(ctx, kept_rows(ctx).values())
