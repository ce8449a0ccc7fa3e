"""Lines of goods in as the payload of the action "lines": pieces by line of the factory order, colour and size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from core.api import Ctx, Field, PayloadTable, Problem, Refused, T
from core.db import among
from core.values import code_key
from plugins.catalog.api import Size
from plugins.factory_stock.models import GoodsIn
from plugins.factory_stock.services import goods_lines
from plugins.outsourcing.api import rows

TABLE = PayloadTable(
    "lines",
    T("Lines"),
    (
        Field("line", T("Line"), "int", required=True, min=1, help=T("Its number on the factory order.")),
        Field("color", T("Colour"), "ref", ref="catalog.color", required=True),
        Field("cartons", T("Cartons"), "pieces"),
        Field("inspected", T("Inspected"), "pieces"),
    ),
    tables=(
        PayloadTable(
            "sizes",
            T("Pieces per size"),
            (
                Field("size", T("Size"), required=True, max_length=20),
                Field("received", T("Received"), "pieces"),
                Field("rejected", T("Rejected"), "pieces", help=T("Of the pieces that were received.")),
            ),
        ),
    ),
    help=T("All lines of the document; what is not among them goes."),
)


def check(ctx: Ctx, row: GoodsIn, data: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with the rows that can be read, each at its place."""
    typed, paths, problems = _read(ctx, row, data)
    _made, wrong = goods_lines.check(ctx, row, typed)
    return problems + [replace(p, field=paths.get(p.field, p.field)) for p in wrong if p.field in paths]


def save_payload(ctx: Ctx, row: GoodsIn, data: Mapping[str, Any]) -> None:
    """What the action "lines" does; every problem is at its row of the payload."""
    typed, paths, problems = _read(ctx, row, data)
    if problems:
        raise Refused(problems)
    try:
        goods_lines.save(ctx, row, typed)
    except Refused as refused:
        raise Refused([replace(p, field=paths.get(p.field, p.field)) for p in refused.problems]) from refused


def _read(
    ctx: Ctx, row: GoodsIn, data: Mapping[str, Any]
) -> tuple[dict[tuple[int, int], goods_lines.Typed], dict[str, str], list[Problem]]:
    """The pieces by line and colour, where each value stands in the payload, and what names nothing or stands twice."""
    numbers = {line.position: line.id for line in rows.lines(ctx, row.factory_order)}
    sizes = _sizes(ctx, row)
    typed: dict[tuple[int, int], goods_lines.Typed] = {}
    paths: dict[str, str] = {}
    problems: list[Problem] = []
    for i, given in enumerate(data[TABLE.name]):
        if "line" not in given or "color" not in given:
            continue  # told already
        line_id, color_id = numbers.get(given["line"], 0), given["color"].id
        path, key = f"lines.{i}", f"{line_id}-{color_id}"
        if (line_id, color_id) in typed:
            problems.append(Problem(T("Line {line} stands here twice.", line=given["line"]), f"{path}.line"))
        at = typed[line_id, color_id] = goods_lines.Typed(
            given.get("cartons") or 0, given.get("inspected") or 0
        )
        paths |= {f"inspected-{key}": f"{path}.inspected"}
        for j, cell in enumerate(given.get("sizes", ())):
            if not {"size", "received", "rejected"} <= set(cell):
                at.inspected = 0  # nothing to compare it with
                continue
            size_id = sizes.get((line_id, code_key(cell["size"])), 0)
            if not size_id or size_id in at.sizes:
                wrong = (
                    T("Size {size} stands twice.", size=cell["size"]) if size_id else goods_lines.NOT_ORDERED
                )
                problems.append(Problem(wrong, f"{path}.sizes.{j}.size"))
            at.sizes[size_id] = (cell["received"] or 0, cell["rejected"] or 0)
            paths[f"cell-{key}-{size_id}"] = f"{path}.sizes.{j}.received"
            paths[f"bad-{key}-{size_id}"] = f"{path}.sizes.{j}.rejected"
    return typed, paths, problems


def _sizes(ctx: Ctx, row: GoodsIn) -> dict[tuple[int, str], int]:
    """Sizes of the lines of the factory order by their codes."""
    cells = rows.cells(ctx, [row.factory_order_id])
    codes = dict(
        ctx.session.execute(
            select(Size.id, Size.code).where(among(Size.id, {cell.size_id for cell in cells}))
        ).all()
    )
    return {(cell.line_id, code_key(codes[cell.size_id])): cell.size_id for cell in cells}
