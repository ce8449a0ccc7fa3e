"""Which loaded plugins are on for a tenant. Read from the database in each request: switching takes effect at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select

from core.data.models import Enablement
from core.data.tenancy import TenantSession
from core.declare.declarations import EVERYONE
from core.entities import audit
from core.entities.lists import seed_lists
from core.entities.numbering import seed_series
from core.errors import NotFound, Refused
from core.kernel import upgrading
from core.kernel.permissions import holders, seed_grants, seed_roles
from core.kernel.plugins import absence
from core.text.i18n import T

if TYPE_CHECKING:
    from core.kernel.context import Ctx
    from core.kernel.hub import Hub
    from core.kernel.plugins import LoadedPlugin

CORE = "core"
"""The row of the hub itself: what core declares is given like what a plugin declares."""
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
    row = _rows(ctx).get(name)
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
    if name not in ctx.hub.loaded and name != CORE and "/" not in name and name in _rows(ctx):
        raise NotFound(absence(name, kept=True))
    return _plugin(ctx.hub, name)


def dependent_plugins(hub: Hub, name: str, enabled: frozenset[str]) -> list[str]:
    """Enabled plugins that require ``name``, directly or through others, in dependency order. Not bridges: they go with
    what they join."""
    found: list[LoadedPlugin] = []
    for plugin in hub.plugins:
        if plugin.name in enabled and set(plugin.manifest.requires) & {name, *(p.name for p in found)}:
            found.append(plugin)
    return [p.name for p in found if not p.manifest.bridge]


def bridges(hub: Hub, enabled: Iterable[str]) -> list[str]:
    """The bridges whose sides are all in ``enabled`` (or bridges that are on then), in dependency order."""
    on = set(enabled)
    found = []
    for plugin in hub.plugins:
        if plugin.manifest.bridge and on.issuperset(plugin.manifest.requires):
            on.add(plugin.name)
            found.append(plugin.name)
    return found


def required_plugins(hub: Hub, name: str) -> list[str]:
    """Everything ``name`` requires, in dependency order, itself last."""
    wanted = {name}
    for plugin in reversed(hub.plugins):
        if plugin.name in wanted:
            wanted.update(plugin.manifest.requires)
    return [p for p in hub.plugin_names if p in wanted]


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
    rows = _rows(ctx)
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
    known = {name for name, row in _rows(ctx).items() if row.enabled}
    wanted = {need for name in names for need in required_plugins(ctx.hub, _plugin(ctx.hub, name).name)}
    wanted |= {p.name for p in ctx.hub.plugins if p.manifest.base}
    wanted.update(bridges(ctx.hub, wanted | known))
    switched = [n for n in ctx.hub.plugin_names if n in wanted - known]
    _offer(ctx, switched)
    if switched:
        ctx.switch_to(ctx.enabled | set(switched))
        ctx.hooks.plugins_enabled(plugins=tuple(switched))
        rows = _rows(ctx)
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
    return brought | _offer(ctx, [n for n in ctx.hub.plugin_names if n in ctx.enabled])


def declared_names(hub: Hub, plugin: str) -> list[str]:
    """What a tenant is given once of ``plugin``: ``role:…``, ``right:…``, ``series:…`` and ``list:…``."""
    registry = hub.registry
    groups = (
        ("role", registry.roles),
        ("right", registry.permissions),
        ("series", registry.number_series),
        ("list", registry.lists),
    )
    return [
        f"{kind}:{name}" for kind, group in groups for name, spec in group.items() if spec.plugin == plugin
    ]


def outdated(ctx: Ctx) -> list[tuple[str, str]]:
    """(plugin, version of the tenant's data) of plugins that are on and whose data is not of the version that runs."""
    return upgrading.due(ctx, _rows(ctx).values())


def _rows(ctx: Ctx) -> dict[str, Enablement]:
    return {row.plugin: row for row in ctx.session.scalars(select(Enablement))}


def _offer(ctx: Ctx, plugins: Sequence[str]) -> dict[str, list[str]]:
    """Mark ``plugins`` as on, and give the tenant what they and core declare and it was never offered: its names by plugin.
    What an administrator took away since stays away."""
    rows, fresh = _rows(ctx), {}
    for plugin in (CORE, *plugins):
        have = set(rows[plugin].offered) if plugin in rows else set()
        if new := [n for n in declared_names(ctx.hub, plugin) if n not in have]:
            fresh[plugin] = new
    _give(
        ctx, {name for names in fresh.values() for name in names}, known={p for p in rows if rows[p].offered}
    )
    for plugin in (CORE, *plugins):
        if plugin in rows:
            rows[plugin].enabled = True
            rows[plugin].offered = [*rows[plugin].offered, *fresh.get(plugin, ())]
    ctx.session.insert_many(
        Enablement,
        [
            {"plugin": p, "enabled": True, "offered": [*fresh.get(p, []), *upgrading.mark(ctx.hub, p)]}
            for p in (CORE, *plugins)
            if p not in rows
        ],
    )
    ctx.session.flush()
    return fresh


def _give(ctx: Ctx, names: set[str], known: Collection[str] = ()) -> None:
    """Give what is named; ``known`` are the plugins that the tenant had before, whose rights may follow older ones
    (``Permission.before``)."""
    registry, session = ctx.registry, ctx.session
    fresh = seed_roles(session, (r for n, r in registry.roles.items() if f"role:{n}" in names))
    rights: dict[str, list[str]] = {}
    for name, right in registry.permissions.items():
        codes = list(registry.roles) if right.roles == EVERYONE else list(right.roles)
        if f"right:{name}" in names:
            kept = right.before and right.plugin in known
            rights[name] = list(holders(session, right.before)) if kept else codes
        elif fresh and (right.plugin == CORE or right.plugin in ctx.enabled):
            # a role that comes later has what it would have had from the beginning
            rights[name] = [code for code in codes if code in fresh]
    seed_grants(session, rights)
    seed_series(session, (s for n, s in registry.number_series.items() if f"series:{n}" in names))
    seed_lists(session, (s for n, s in registry.lists.items() if f"list:{n}" in names))
