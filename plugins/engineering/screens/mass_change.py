"""The page of a mass change: every line that it finds, as it is and as it would be; what is not ticked is left out."""

from __future__ import annotations

from typing import Any

from flask import request

from core.api import Ctx, run_action
from core.web.api import EntityView, ctx, route, seen_version
from plugins.engineering.models import EngineeringChange
from plugins.engineering.services.mass_change.preview import preview
from plugins.engineering.shown.lines_in_words import shown


class ChoosesLines(EntityView):
    """A view whose document chooses lines of BOMs."""

    @route("/<int:row_id>/lines", right="edit", methods=("GET", "POST"))
    def lines(self, row_id: int) -> Any:
        """Every line that the change finds; what is not ticked is left out."""
        context, row = ctx(), self.row(row_id)
        if request.method == "GET" or row.state != "draft":
            return self._lines_page(context, row, {})
        ticked = set(request.form.getlist("line"))

        def work() -> str:
            without = [{"line": f.key} for f in preview(context, row) if f.edit and f.key not in ticked]
            payload = {"without": without, "add": bool(request.form.get("add"))}
            run_action(context, self.entity, row, "collect", payload, version=seen_version())
            if request.form.get("submit"):
                run_action(context, self.entity, row, "submit", {})
            return self.url_for_row(row)

        return self.attempt(work, lambda errors: self._lines_page(context, self.row(row_id), errors))

    def _lines_page(self, context: Ctx, row: EngineeringChange, errors: dict[str, list[str]]) -> str:
        found = preview(context, row)
        return self.page(
            "engineering/change_lines.html",
            row=row,
            errors=errors,
            found=shown(context, [(f.owner, f.edit, f) for f in found]),
            possible=sum(1 for f in found if f.edit is not None),
            boms=len({f.owner for f in found}),
            ticked=set(request.form.getlist("line")) if request.method == "POST" else None,
            has_lines=bool(row.lines),
        )
