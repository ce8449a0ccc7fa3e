"""The page of a style, and its consumption (BOM) as a matrix of materials × sizes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask import request

from core.api import Ctx, Refused, Stale, T, resolve_refs
from core.values import parse_id
from core.web.api import EntityView, by_input, ctx, route, row_indices, submit_once, undo
from plugins.base_files import api as files
from plugins.catalog.bom import Bom, bom_of
from plugins.catalog.bom_check import COLOR_RULES, MATERIAL, TRACK_RULES
from plugins.catalog.bom_save import is_blank, rows_from_text, save_bom
from plugins.catalog.models import Style
from plugins.catalog.words import STAGES, unit_choices

CELLS = (
    "material", "place", "uom", "wastage_pct", "fixed_loss", "consumption", "color_rule", "color_detail", "size_rule",
    "dest_rule", "stage", "optional",
)  # fmt: skip
SPARE_ROWS = 3


class StyleView(EntityView):
    """A style with its pictures, colourways, sizes and consumption."""

    document_template = "catalog/style.html"

    def document_values(self, context: Ctx, row: Any) -> dict[str, Any]:
        """What the style's page shows beyond the generic one."""
        attached = files.attachments(context, self.entity.name, row.id)
        return {"bom": bom_of(context, row), "words": words(context), "attachments": attached}

    def records(self, context: Ctx, row: Any) -> dict[str, Any]:
        """The activity calls the consumption by its name."""
        found = super().records(context, row)
        found["labels"] = {**found["labels"], "bom": T("Consumption (BOM)")}
        return found

    @route("/<int:row_id>/bom", right="view", methods=("GET", "POST"))
    def bom(self, row_id: int) -> Any:
        """The matrix: read by whoever sees the style, changed by whoever may edit it."""
        context, style = ctx(), self.row(row_id)
        if request.method == "GET":
            return self._matrix(context, style, bom_of(context, style).rows, version=style.version)
        context.require("catalog.style.edit")
        rows = posted_rows(request.form)
        version = parse_id(request.form.get("_version"))
        if request.form.get("_fill"):
            return self._filled(context, style, rows, version)

        def work() -> str:
            save_bom(context, style, rows, version=version)
            return self.url_for_row(style)

        try:
            return submit_once(work)
        except (Refused, Stale) as error:
            undo()
            stale = error if isinstance(error, Stale) else None
            style = self.row(row_id)
            errors = by_input(error.problems) if isinstance(error, Refused) else {}
            shown = style.version if stale and request.form.get("_mine") else version
            return self._matrix(ctx(), style, rows, errors, version=shown, stale=stale), 409 if stale else 422

    def _filled(self, context: Ctx, style: Style, rows: list[dict[str, Any]], version: int | None) -> Any:
        """The matrix with the rows of a pasted table in it; nothing is saved yet."""
        text = request.form.get("grid", "")
        try:
            read = rows_from_text(context, style, text)
        except Refused as refused:
            return self._matrix(
                context, style, rows, by_input(refused.problems), version=version, pasted=text
            ), 422
        kept = [row for row in rows if not is_blank(row)] if request.form.get("_fill") == "add" else []
        return self._matrix(
            context, style, kept + [_split(row) for row in read], version=version, filled=len(read)
        )

    def _matrix(
        self,
        context: Ctx,
        style: Style,
        rows: Sequence[Mapping[str, Any]],
        errors: Mapping[str, list[str]] | None = None,
        **values: Any,
    ) -> str:
        known = bom_of(context, style)
        typed = {str(row.get("material") or "") for row in rows}
        names = {code: row for code, row in resolve_refs(context, MATERIAL, typed).items() if row is not None}
        return self.page(
            "catalog/bom.html", row=style, bom=Bom(style, known.sizes, [dict(row) for row in rows]), errors=errors or {},
            may_edit=self.may_edit(context, style), words=words(context), materials=names, spare=SPARE_ROWS,
            **{"stale": None, "filled": 0, "pasted": "", **values},
        )  # fmt: skip


def words(context: Ctx) -> dict[str, list[tuple[str, Any]]]:
    """The choices of the matrix, in the order they are offered."""
    return {
        "uom": list(unit_choices(context)),
        "color_rule": list(COLOR_RULES),
        "size_rule": list(TRACK_RULES),
        "dest_rule": list(TRACK_RULES),
        "stage": list(STAGES),
    }


def posted_rows(posted: Mapping[str, str]) -> list[dict[str, Any]]:
    """Rows of the matrix as they were typed; rows ticked for removal are left out."""
    size = re.compile(r"^bom-(\d{1,6})-size-(.+)$")
    rows: dict[int, dict[str, Any]] = {}
    for index in row_indices(posted, "bom"):
        prefix = f"bom-{index}-"
        if posted.get(f"{prefix}_delete"):
            continue
        rows[index] = {cell: posted.get(f"{prefix}{cell}", "") for cell in CELLS} | {"sizes": {}}
        own = posted.get(f"{prefix}id", "")
        rows[index]["id"] = parse_id(own)
    for name, value in posted.items():
        found = size.match(name)
        if found and int(found.group(1)) in rows:
            rows[int(found.group(1))]["sizes"][found.group(2)] = value
    return list(rows.values())


def _split(row: Mapping[str, Any]) -> dict[str, Any]:
    """A pasted row as the matrix shows it: ``fixed:BLK`` stands in two cells there."""
    rule, colon, detail = str(row.get("color_rule") or "").partition(":")
    made = {**row, "color_rule": rule.strip().lower()}
    if colon:
        made["color_detail"] = detail.strip()
    return made
