"""Long lists that were made in the background: how far they are, and fetching them."""

from __future__ import annotations

from flask import Response, render_template

from core.api import Declare
from core.web.api import Page, ctx, route
from core.web.base_api import note
from plugins.base_exports.services import lists
from plugins.base_exports.words import ROOT


def register(registry: Declare) -> None:
    """Use this page."""
    registry.view(ExportsPage(name="Exports", endpoint="exports", url=ROOT))


class ExportsPage(Page):
    """One's own files of the last week."""

    plugin = "base_exports"

    @route("/", right="")
    def index(self) -> str:
        """What this person had made."""
        context = ctx()
        jobs = lists.own(context)
        entities = context.registry.entities
        named = {job.id: entities[n].plural for job in jobs if (n := job.payload["entity"]) in entities}
        return render_template("base_exports/files.html", jobs=jobs, named=named, view=self)

    @route("/<int:job_id>", right="", limited="exports")
    def fetch(self, job_id: int) -> Response:
        """One of them as a download."""
        name, media_type, pieces = lists.ready(ctx(), job_id)
        note("export", which=name)
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        }
        return Response(pieces, content_type=media_type, headers=headers)
