"""The page of a style, and that of its consumption (BOM)."""

from __future__ import annotations

from typing import Any

from flask import request

from core.api import Ctx
from core.web.api import EntityView, ctx, route
from kit.lines import edit_lines
from plugins.base_files import api as files
from plugins.catalog.entities.bom import TABLE
from plugins.catalog.screens.bom import LINES
from plugins.catalog.services.bom import bom_of


class StyleView(EntityView):
    """A style with its pictures, colourways, sizes and consumption."""

    document_template = "catalog/style.html"

    def document_values(self, context: Ctx, row: Any) -> dict[str, Any]:
        """What the style's page shows beyond the generic one."""
        attached = files.attachments(context, self.entity.name, row.id)
        return {"bom": bom_of(context, row), "words": words(context), "attachments": attached}

    @route("/<int:row_id>/bom", right="view", methods=("GET", "POST"))
    def bom(self, row_id: int) -> Any:
        """The consumption: read by whoever sees the style, changed by whoever may edit it."""
        context, style = ctx(), self.row(row_id)
        if request.method == "GET" and not self.may_edit(context, style):
            return self.page("catalog/bom.html", row=style, bom=bom_of(context, style), words=words(context))
        return edit_lines(self, style, "replace_bom", LINES)


def words(context: Ctx) -> dict[str, list[tuple[str, Any]]]:
    """The choices of a line of consumption, in the order they are offered."""
    return {spec.name: spec.options(context) for spec in TABLE.fields if spec.kind == "choice"}
