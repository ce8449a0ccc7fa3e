"""Features: which loaded plugins are on for this tenant. A switch takes effect with the next click of everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request

from core.api import Ctx, NotFound, T
from core.base_api import (
    PLUGINS_RIGHT,
    LoadedPlugin,
    dependent_plugins,
    disable_plugin,
    enable_plugin,
    enabled_plugins,
    required_plugins,
)
from core.web.api import FormPage, ctx, route
from core.web.base_api import Errors
from plugins.base_company.services.disappearing import disappearing

HOME = "/admin/plugins/"


@dataclass(frozen=True)
class Feature:
    """A loaded plugin: on or off, what it needs, what that is on needs it, and what comes with it and others (bridges)."""

    plugin: LoadedPlugin
    on: bool
    needs: tuple[LoadedPlugin, ...]
    missing: tuple[LoadedPlugin, ...]
    needed_by: tuple[LoadedPlugin, ...]
    bridges: tuple[tuple[LoadedPlugin, tuple[LoadedPlugin, ...], bool], ...]
    """(bridge, the other plugins that it joins this one with, is it on)."""


def features(context: Ctx) -> list[Feature]:
    """Every loaded plugin that can be switched, in dependency order."""
    hub = context.hub
    known = {p.name: p for p in hub.plugins if not p.manifest.base}
    enabled = enabled_plugins(hub, context.session)
    found = []
    joins = [p for p in known.values() if p.manifest.bridge]
    for plugin in known.values():
        if plugin.manifest.bridge:
            continue
        wanted = [n for n in required_plugins(hub, plugin.name) if n in known and n != plugin.name]
        needs = tuple(known[n] for n in wanted if not known[n].manifest.bridge)
        users = tuple(known[n] for n in dependent_plugins(hub, plugin.name, enabled))
        missing = tuple(p for p in needs if p.name not in enabled)
        bridges = tuple(
            (
                each,
                tuple(known[n] for n in each.manifest.requires if n in known and n != plugin.name),
                each.name in enabled,
            )
            for each in joins
            if plugin.name in each.manifest.requires
        )
        found.append(Feature(plugin, plugin.name in enabled, needs, missing, users, bridges))
    return found


class FeaturesPage(FormPage):
    """The list of plugins with their switches."""

    plugin = "base_company"
    menu_place = ("admin", 30)
    right = PLUGINS_RIGHT
    label = T("Features")

    @route("/", right=PLUGINS_RIGHT)
    def index(self) -> str:
        """What is loaded, and what is on."""
        return self._page({})

    def _page(self, errors: Errors) -> str:
        return self.show("base_company/features.html", features=features(ctx()), errors=errors)

    @route("/<name>/<any(on, off):way>", right=PLUGINS_RIGHT, methods=("GET", "POST"), fresh=True)
    def switch(self, name: str, way: str) -> Any:
        """Switch a plugin on (with what it needs) or off (refused, with names, while others need it). GET asks before it is
        switched off, and says what goes."""
        context = ctx()
        known = {p.name: p.manifest.title for p in context.hub.plugins}
        if name not in known:
            raise NotFound(T("There is no plugin {name}.", name=name))
        if request.method == "GET":
            if way == "on" or name not in context.enabled:
                return redirect(HOME)
            plugin = next(p for p in context.hub.plugins if p.name == name)
            return self.show("base_company/switch_off.html", plugin=plugin, gone=disappearing(context, name))

        def work() -> str:
            if way == "on":
                switched = enable_plugin(context, name)
                flash(str(T("On: {what}", what=", ".join(str(known[n]) for n in switched) or known[name])))
            else:
                disable_plugin(context, name)
                flash(str(T("Off: {what}. Its data stays.", what=known[name])))
            return HOME

        return self.attempt(work, self._page)
