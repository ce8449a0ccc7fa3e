"""The consumption (BOM) of a style as the payload of the action "replace_bom"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from core.api import Ctx, Field, PayloadTable, Problem, Refused, T, note_changes
from plugins.catalog.bom_check import COLOR_RULES, PLACES, TRACK_RULES
from plugins.catalog.bom_save import replace_bom
from plugins.catalog.models import Style
from plugins.catalog.words import STAGES, unit_choices

Row = Mapping[str, Any]
CELL = re.compile(r"bom-(\d+)-(?:(size)-.*|(\w+))")
TABLE = PayloadTable(
    "lines", T("Consumption (BOM)"),
    (
        Field("material", T("Material"), "ref", ref="catalog.material", required=True),
        Field("place", T("Place"), max_length=80),
        Field("uom", T("Unit"), "choice", choices=unit_choices, help=T("Empty: the stock unit.")),
        Field("consumption", T("All sizes"), "qty", min=0, help=T("A size of its own goes before it.")),
        Field("wastage_pct", T("Wastage %"), "pct", min=0),
        Field("fixed_loss", T("Fixed loss"), "qty", min=0),
        Field("color_rule", T("Colour rule"), "choice", choices=COLOR_RULES,
              help=T("Empty: as the garment where the material is kept by colour.")),
        Field("color", T("Colour"), "ref", ref="catalog.color", help=T("Where it is always the same.")),
        Field("size_rule", T("Size rule"), "choice", choices=TRACK_RULES),
        Field("dest_rule", T("Destination rule"), "choice", choices=TRACK_RULES),
        Field("stage", T("Stage"), "choice", choices=STAGES),
        Field("optional", T("Optional"), "bool"),
    ),
    tables=(
        PayloadTable(
            "sizes", T("Sizes"),
            (
                Field("size", T("Size"), required=True, max_length=20),
                Field("consumption", T("Consumption"), "qty", required=True, min=0),
            ),
        ),
        PayloadTable(
            "colors", T("By table"),
            (
                Field("garment", T("Garment colour"), "ref", ref="catalog.color", required=True),
                Field("color", T("Colour"), "ref", ref="catalog.color", required=True),
            ),
        ),
    ),
    required=True,
)  # fmt: skip


def run(ctx: Ctx, style: Style, data: Mapping[str, Any]) -> Any:
    """What the action does; every problem is at its row of the payload."""
    rows = data[TABLE.name]
    try:
        note_changes(ctx, style, *replace_bom(ctx, style, [_typed(row) for row in rows]))
    except Refused as refused:
        raise Refused([_placed(problem, rows) for problem in refused.problems]) from refused
    return T("{n} lines of consumption saved.", n=len(rows))


def _typed(row: Row) -> dict[str, Any]:
    """A row of the payload as the matrix would hold it."""
    pairs = " ".join(f"{pair['garment'].code}={pair['color'].code}" for pair in row.get("colors", ()))
    texts = {
        name: row[name] or "" for name in ("place", "uom", "color_rule", "size_rule", "dest_rule", "stage")
    }
    numbers = {name: _number(row[name]) for name in ("consumption", "wastage_pct", "fixed_loss")}
    return {
        **texts, **numbers, "material": row["material"].code, "optional": row["optional"],
        "color_detail": row["color"].code if row["color"] is not None else pairs,
        "sizes": {size["size"]: _number(size["consumption"]) for size in row.get("sizes", ())},
    }  # fmt: skip


def _number(value: Any) -> str:
    return "" if value is None else f"{value:.{PLACES}f}".rstrip("0").rstrip(".")


def _placed(problem: Problem, rows: Any) -> Problem:
    """``bom-3-size-M`` → ``lines.3.sizes``; what is wrong with a colour, where it was given."""
    match = CELL.fullmatch(problem.field)
    if match is None:
        return problem
    index, cell = match[1], "sizes" if match[2] else match[3]
    if cell == "color_detail":
        cell = (
            "colors" if rows[int(index)].get("colors") or rows[int(index)]["color_rule"] == "map" else "color"
        )
    return Problem(problem.message, f"{TABLE.name}.{index}.{cell}", problem.params)
