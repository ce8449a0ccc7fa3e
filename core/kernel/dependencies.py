"""Which plugins need which: what a plugin requires, what stands on it, and the bridges between those that are on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.kernel.hub import Hub
    from core.kernel.plugins import LoadedPlugin


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
