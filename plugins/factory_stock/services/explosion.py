"""BOM explosion: the material that pieces of garments take, with wastage and cartons, by consumption as it is or was kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.api import Ctx, Refused, T
from core.db import among
from plugins.catalog.api import (
    Color,
    Key,
    Material,
    MissingColor,
    Need,
    Pieces,
    Rule,
    Style,
    cartons,
    compute_need,
    rules_of,
)
from plugins.outsourcing.api import FactoryOrderLine, FactoryOrderSize
from plugins.stock.api import groups

Cell = tuple[int, int, int, int, int, int]
"""(line, style, destination, colour, size, pieces)"""


def cells(ctx: Ctx, order_ids: Sequence[int]) -> dict[int, list[Cell]]:
    """Pieces by factory order; one query."""
    line, cell = FactoryOrderLine, FactoryOrderSize
    found: dict[int, list[Cell]] = {order_id: [] for order_id in order_ids}
    for order_id, *values in ctx.session.execute(
        select(
            line.order_id, line.id, line.style_id, line.destination_id, cell.color_id, cell.size_id,
            cell.qty - cell.released,
        )
        .join(cell, (cell.line_id == line.id) & (cell.tenant_id == line.tenant_id))
        .where(among(line.order_id, order_ids))
        .order_by(line.position, cell.id)
    ):  # fmt: skip
        found[order_id].append((values[0], values[1], values[2], values[3], values[4], values[5]))
    return found


@dataclass(frozen=True)
class Basis:
    """What need follows from beside the pieces: consumption, cartons (id and stage of their material, pieces in one by style),
    how wastage and over-cut count. Read once for any number of factory orders, or kept with one when it was issued."""

    rules: Sequence[Rule]
    carton: tuple[int, str] | None
    packing: Mapping[int, int | None]
    overcut_pct: Decimal
    yield_mode: bool


def basis(ctx: Ctx, found: Sequence[Cell]) -> Basis:
    """Today's, for the styles of these pieces. Raises Refused where a unit does not convert."""
    styles = sorted({cell[1] for cell in found})
    code = str(ctx.setting("factory_stock.carton_material", "CTN") or "").strip()
    carton = (
        ctx.session.execute(
            select(Material.id, Material.gate_stage).where(Material.code == code)
        ).one_or_none()
        if code
        else None
    )
    packing = dict(
        ctx.session.execute(select(Style.id, Style.pcs_per_carton).where(among(Style.id, styles))).all()
    )
    return Basis(
        rules_of(ctx, styles),
        (carton[0], carton[1]) if carton is not None else None,
        packing,
        Decimal(str(ctx.setting("factory_stock.overcut_pct", 0))),
        bool(ctx.setting("factory_stock.yield_mode", False)),
    )


def of_pieces(
    ctx: Ctx, found: Sequence[Cell], known: Basis | None = None, *, overcut: bool = True
) -> list[Need]:
    """What these pieces take by ``known`` (today's consumption, where none is given), cartons included: (line, style,
    destination, colour, size, pieces).

    Without over-cut it is what accepted pieces have used by standard.
    Raises Refused where consumption cannot be read: a colour map with a gap, a unit that does not convert.
    """
    known = known or basis(ctx, found)
    pieces = [Pieces(style, color, size, place, qty) for _l, style, place, color, size, qty in found]
    styles = {p.style for p in pieces}
    try:
        needs = compute_need(
            [rule for rule in known.rules if rule.style in styles],
            pieces,
            groups.size_codes(ctx, {p.size for p in pieces if p.size is not None}),
            overcut_pct=known.overcut_pct if overcut else Decimal(0),
            yield_mode=known.yield_mode,
        )
    except MissingColor as gap:
        raise Refused(_gap(ctx, gap)) from gap
    by_line: dict[tuple[int, int, int], int] = defaultdict(int)
    for line_id, style, place, _color, _size, qty in found:
        by_line[line_id, style, place] += qty
    return needs + _cartons(known, by_line, {n.key for n in needs})


def _cartons(known: Basis, by_line: dict[tuple[int, int, int], int], taken: set[Key]) -> list[Need]:
    """Export cartons: each line's pieces packed by themselves, one group per destination."""
    if known.carton is None or any(key.material == known.carton[0] for key in taken):
        return []  # a carton in the consumption counts there
    material, stage = known.carton
    per_place: dict[int, int] = defaultdict(int)
    for (_line, style, place), qty in by_line.items():
        per_place[place] += cartons(qty, known.packing.get(style))
    return [
        Need(Key(material, None, None, place), Decimal(n), Decimal(n), Decimal(n), stage)
        for place, n in sorted(per_place.items())
        if n
    ]


def _gap(ctx: Ctx, gap: MissingColor) -> Any:
    material = ctx.session.scalar(select(Material.code).where(Material.id == gap.rule.material))
    style = ctx.session.scalar(select(Style.code).where(Style.id == gap.rule.style))
    color = ctx.session.scalar(select(Color.code).where(Color.id == gap.color))
    return T(
        "Consumption of {style}: {material} has no colour for {color}.",
        style=style,
        material=material,
        color=color,
    )
