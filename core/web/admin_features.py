"""Features: which loaded plugins are on for this tenant. A switch takes effect with the next click of everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash

from core.errors import NotFound
from core.kernel import enablement
from core.kernel.context import Ctx
from core.kernel.plugins import LoadedPlugin
from core.text.i18n import T
from core.web.screens.form_page import Errors, FormPage
from core.web.screens.page import ctx, route

HOME = "/admin/plugins/"
RIGHT = "core.plugins"


@dataclass(frozen=True)
class Feature:
    """A loaded plugin: on or off, what it needs, and what that is on needs it."""

    plugin: LoadedPlugin
    on: bool
    needs: tuple[LoadedPlugin, ...]
    missing: tuple[LoadedPlugin, ...]
    needed_by: tuple[LoadedPlugin, ...]


def features(context: Ctx) -> list[Feature]:
    """Every loaded plugin that can be switched, in dependency order."""
    hub = context.hub
    known = {p.name: p for p in hub.plugins if not p.manifest.base}
    enabled = enablement.enabled_plugins(hub, context.session)
    found = []
    for plugin in known.values():
        wanted = enablement.required_for(hub, plugin.name)
        needs = tuple(known[n] for n in wanted if n != plugin.name and n in known)
        users = tuple(known[n] for n in enablement.needed_by(hub, plugin.name, enabled))
        missing = tuple(p for p in needs if p.name not in enabled)
        found.append(Feature(plugin, plugin.name in enabled, needs, missing, users))
    return found


class FeaturesPage(FormPage):
    """The list of plugins with their switches."""

    @route("/", right=RIGHT)
    def index(self) -> str:
        """What is loaded, and what is on."""
        return self._page({})

    def _page(self, errors: Errors) -> str:
        return self.show("admin_hub/features.html", features=features(ctx()), errors=errors)

    @route("/<name>/<any(on, off):way>", right=RIGHT, methods=("POST",))
    def switch(self, name: str, way: str) -> Any:
        """Switch a plugin on (with what it needs) or off (refused, with names, while others need it)."""
        context = ctx()
        known = {p.name: p.manifest.title for p in context.hub.plugins}
        if name not in known:
            raise NotFound(T("There is no plugin {name}.", name=name))

        def work() -> str:
            if way == "on":
                switched = enablement.enable(context, name)
                flash(str(T("On: {what}", what=", ".join(str(known[n]) for n in switched) or known[name])))
            else:
                enablement.disable(context, name)
                flash(str(T("Off: {what}. Its data stays.", what=known[name])))
            return HOME

        return self.attempt(work, self._page)
