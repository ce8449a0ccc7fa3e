"""The page *Health*: what failed here, how often and since when; what is missing in the installation; marking it as seen."""

from __future__ import annotations

from typing import Any

from flask import flash, request

from core.api import T
from core.base_api import all_failures, mark_seen
from core.values import parse_id
from core.web.api import FormPage, ctx, route
from core.web.base_api import Errors
from plugins.base_health.services.health import health, installation
from plugins.base_health.words import RIGHT


class HealthPage(FormPage):
    """How the features of this company are."""

    plugin = "base_health"
    menu_place = ("admin", 65)
    right = RIGHT
    label = T("Health")

    @route("/", right=RIGHT)
    def index(self) -> str:
        """What fails, what is missing, what waits."""
        return self._page({})

    def _page(self, errors: Errors) -> str:
        context = ctx()
        titles = {plugin.name: plugin.manifest.title for plugin in context.hub.plugins}
        found = {"health": health(context), "installation": installation(context.hub)}
        kinds = context.registry.jobs
        return self.show("base_health/health.html", titles=titles, kinds=kinds, errors=errors, **found)

    @route("/seen", right=RIGHT, methods=("POST",))
    def seen(self) -> Any:
        """Mark one failure (``failure=<id>``), or everything that was on the page, as seen."""
        context = ctx()

        def work() -> str:
            wanted = {parse_id(text) for text in request.form.getlist("failure")}
            mark_seen(context, [f.id for f in all_failures(context) if f.id in wanted])
            flash(str(T("Marked as seen. It is said again when it fails again.")))
            return f"{self.url}/"

        return self.attempt(work, self._page)
