"""Kits and what may be promised, for programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.api import Ctx, Field, Problem, Refused, T
from plugins.catalog.api import Garment, sizes_of
from plugins.planning.services import naming, promises
from plugins.planning.services.kits import analysis
from plugins.planning.services.kits.asking import read_lines
from plugins.planning.services.kits.building import Options
from plugins.rest.api import Reading


def list_kits(ctx: Ctx, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One row for each component of a set, the scarcest first; the figures of the whole stand in each."""
    lines, problems = read_lines(ctx, asked["what"])
    if problems or len(lines) != 1:
        raise Refused(problems or [Problem(T("Ask for one style."), "what")])
    options = Options(
        asked["until"], bool(asked["finished"]), bool(asked["leave"]), bool(asked["substitutes"])
    )
    kit = analysis.analyse(ctx, lines[0].ask, options, asked["sets"] or 0)
    names = naming.key_names(ctx, [row.key for row in kit.rows])
    return [
        {
            "sets": kit.sets, "pieces": kit.pieces, "material": names[row.key].code, "color": names[row.key].color,
            "size": names[row.key].size, "destination": names[row.key].destination, "unit": names[row.key].uom,
            "made": row.made, "per_set": row.per_set, "usable": row.usable, "sets_possible": row.sets,
            "missing": row.missing, "bottleneck": row.bottleneck,
        }
        for row in kit.rows
    ]  # fmt: skip


def list_promises(ctx: Ctx, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One row for each colour, size and day of a style."""
    style = asked["style"]
    sizes = sizes_of(ctx, [style.id]).get(style.id, [])
    items = [Garment(style.id, own.color_id, size.id) for own in style.colors for size in sizes]
    names = naming.garment_names(ctx, items)
    found = promises.of_items(ctx, promises.flows(ctx, [style.id]), items)
    return [
        {
            "color": names[item].color, "size": names[item].size, "day": each.day, "came": each.came,
            "promised": each.promised, "available": each.available, "total": each.total,
        }
        for item in items
        for each in found[item]
    ]  # fmt: skip


KITS = Reading(
    "planning.kits",
    T("Kit analysis"),
    "planning.view",
    list_kits,
    (
        Field("what", T("Styles and mix"), required=True, max_length=400),
        Field("sets", T("Sets wanted"), "int", min=1),
        Field("until", T("With what is due by"), "date"),
        Field("finished", T("Finished pieces count"), "bool"),
        Field("leave", T("Leave what open orders still need"), "bool"),
        Field("substitutes", T("Substitutes count"), "bool"),
    ),
)
"""How many sets what there is allows."""
PROMISES = Reading(
    "planning.promises",
    T("Available to promise"),
    "planning.view",
    list_promises,
    (Field("style", T("Style"), "ref", ref="catalog.style", required=True),),
)
"""What of a style is not promised yet."""
