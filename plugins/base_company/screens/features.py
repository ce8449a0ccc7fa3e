"""Features: which loaded plugins are on for this tenant. A switch takes effect with the next click of everybody."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request

from core.api import NotFound, T
from core.base_api import PLUGINS_RIGHT, disable_plugin, enable_plugin
from core.web.api import FormPage, ctx, route
from core.web.base_api import Errors
from plugins.base_company.services import features
from plugins.base_company.services.contents import contents, goes_with

HOME = "/admin/plugins/"


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
        sought = request.args.get("q", "")[:100].strip()
        return self.show(
            "base_company/features.html",
            groups=features.groups(ctx(), sought),
            q=sought,
            errors=errors,
            always=features.default_plugins(ctx()),
        )

    @route("/<name>/<any(on, off):way>", right=PLUGINS_RIGHT, methods=("GET", "POST"), fresh=True)
    def switch(self, name: str, way: str) -> Any:
        """Switch a plugin on (with what it needs) or off (refused, with names, while others need it). GET asks before, and
        says what comes or goes."""
        context = ctx()
        known = {p.name: p for p in context.hub.plugins}
        if name not in known:
            raise NotFound(T("There is no plugin {name}.", name=name))
        plugin, on = known[name], way == "on"
        if request.method == "GET":
            if (name in context.enabled) is on or plugin.manifest.bridge:
                return redirect(HOME)
            changed = features.switched_with(context, name) if on else goes_with(context, name)
            return self.show(
                "base_company/switch.html",
                plugin=plugin,
                on=on,
                others=[p for p in changed if p is not plugin],
                contents=contents(context, changed),
            )

        def work() -> str:
            if on:
                switched = enable_plugin(context, name)
                titles = [str(known[n].manifest.title) for n in switched] or [str(plugin.manifest.title)]
                flash(str(T("On: {what}", what=", ".join(titles))))
            else:
                disable_plugin(context, name)
                flash(str(T("Off: {what}. Its data stays.", what=plugin.manifest.title)))
            return HOME

        return self.attempt(work, self._page)
