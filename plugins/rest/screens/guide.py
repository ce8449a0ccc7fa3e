"""``/api/``: what programs may call, for people: made from the same description that programs get."""

from __future__ import annotations

from flask import Response, jsonify, request

from core.api import NotFound, T
from core.web.api import FormPage, ctx, route
from plugins.rest.services import guide, openapi
from plugins.rest.words import RIGHT, ROOT


class GuidePage(FormPage):
    """The interface explained, and each kind of document with its addresses and fields."""

    plugin = "rest"
    right = RIGHT
    label = T("Programming interface")

    @route("/", right=RIGHT)
    def index(self) -> str:
        """How to call, and the kinds of documents."""
        return self.show(
            "rest/guide.html", kinds=guide.list_sections(ctx()), root=request.host_url.rstrip("/") + ROOT
        )

    @route("/kinds/<entity>/", right=RIGHT)
    def kind(self, entity: str) -> str:
        """Addresses and fields of one kind."""
        section = guide.describe_section(ctx(), entity)
        if section is None:
            raise NotFound(T("There is nothing here."))
        return self.show("rest/guide_kind.html", section=section, root=ROOT)

    @route("/openapi.json", right=RIGHT)
    def described(self) -> Response:
        """The description of all that one may do, for tools."""
        return jsonify(openapi.describe(ctx()))
