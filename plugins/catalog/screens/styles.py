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
from plugins.catalog.words import STYLE


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
        if request.method == "GET":
            held = _held(context, style) if self.may_edit(context, style) else []
            if held or not self.may_edit(context, style):
                return self.page(
                    "catalog/bom.html", row=style, bom=bom_of(context, style), words=words(context), held=held
                )
        return edit_lines(self, style, "replace_bom", LINES)


def _held(context: Ctx, style: Any) -> list[Any]:
    """Why another plugin lets nobody change the consumption here; what may be overridden is asked when it is saved."""
    answers = context.hooks.before_transition(entity=STYLE, row=style, action="replace_bom", data={})
    return [block.reason for found in answers for block in found or () if not block.override]


def words(context: Ctx) -> dict[str, list[tuple[str, Any]]]:
    """The choices of a line of consumption, in the order they are offered."""
    return {spec.name: spec.options(context) for spec in TABLE.fields if spec.kind == "choice"}
