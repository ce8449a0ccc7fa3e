"""Consumption (BOM) of a style: read as a matrix of materials × sizes, and as rules for the need of a factory order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.api import Ctx, pick
from core.db import among
from core.values import decimal_text
from plugins.catalog.models import BomLine, Color, Size, Style
from plugins.catalog.services.conversion import ratio
from plugins.catalog.services.need import Rule
from plugins.catalog.services.sizes import sizes_of

ConsumptionLine = Any
"""A line of consumption: BomLine, or another plugin's with the same columns."""


def number(value: Decimal | None) -> str:
    """A decimal as people type it, "" for none."""
    return "" if value is None else decimal_text(value)


def bom_lines(ctx: Ctx, style_ids: Iterable[int]) -> dict[int, list[BomLine]]:
    """BOM lines of several styles in order, with materials, colours and sizes; a fixed number of queries."""
    found: dict[int, list[BomLine]] = {style_id: [] for style_id in style_ids}
    if found:
        rows = ctx.session.scalars(
            select(BomLine)
            .where(among(BomLine.style_id, found))
            .order_by(BomLine.style_id, BomLine.position, BomLine.id)
            .options(
                selectinload(BomLine.material), selectinload(BomLine.fixed_color), selectinload(BomLine.sizes)
            )
            .execution_options(populate_existing=True)
        )
        for line in rows:
            found[line.style_id].append(line)
    return found


def breaks_of(kept: list[list[str]] | None) -> tuple[tuple[Decimal, Decimal], ...]:
    """Breaks of wastage as they are kept, as numbers: (from quantity, percent), rising."""
    return tuple((Decimal(least), Decimal(pct)) for least, pct in kept or ())


def breaks_text(kept: list[list[str]] | None) -> str:
    """Breaks of wastage as they are typed: ``500=6 2000=4``."""
    return " ".join(f"{number(least)}={number(pct)}" for least, pct in breaks_of(kept))


def colors_by_id(ctx: Ctx, lines: Iterable[ConsumptionLine]) -> dict[int, Color]:
    """Every colour that the colour maps of these lines mention; at most one query."""
    ids = {int(i) for line in lines for pair in (line.color_map or {}).items() for i in pair}
    if not ids:
        return {}
    return {c.id: c for c in ctx.session.scalars(select(Color).where(among(Color.id, ids)))}


def map_text(line: ConsumptionLine, colors: dict[int, Color]) -> str:
    """A colour map as it is typed: ``NVY=BLK WHT=IVO``; of a fixed rule its colour."""
    if line.color_rule == "fixed":
        return line.fixed_color.code if line.fixed_color else ""
    if line.color_rule != "map":
        return ""
    pairs = [(colors[int(a)].code, colors[int(b)].code) for a, b in (line.color_map or {}).items()]
    return " ".join(f"{a}={b}" for a, b in sorted(pairs))


@dataclass(frozen=True)
class Bom:
    """Consumption of a style as a matrix. ``rows`` hold texts as they would be typed, keyed as in ``bom_entry``."""

    style: Style
    sizes: Sequence[Size]
    rows: list[dict[str, Any]]


def as_row(line: ConsumptionLine, sizes: Sequence[Size], colors: dict[int, Color]) -> dict[str, Any]:
    """A line as the texts of a matrix row; ``sizes`` maps size codes to what is typed for them."""
    own = {s.size_id: s.consumption for s in line.sizes}
    return {
        "id": line.id,
        "material": line.material.code,
        "name": pick(line.material.names, line.material.name),
        "place": line.place,
        "uom": line.uom,
        "consumption": number(line.consumption),
        "per_pieces": line.per_pieces,
        "sizes": {s.code: number(own.get(s.id)) for s in sizes},
        "wastage_pct": number(line.wastage_pct),
        "wastage_breaks": breaks_text(line.wastage_breaks),
        "fixed_loss": number(line.fixed_loss) if line.fixed_loss else "",
        "color_rule": line.color_rule,
        "color_detail": map_text(line, colors),
        "size_rule": line.size_rule,
        "dest_rule": line.dest_rule,
        "stage": line.stage,
        "optional": line.optional,
    }


def bom_of(ctx: Ctx, style: Style) -> Bom:
    """The consumption of a style; a fixed number of queries."""
    lines = bom_lines(ctx, [style.id])[style.id]
    sizes = sizes_of(ctx, [style.id]).get(style.id, [])
    colors = colors_by_id(ctx, lines)
    return Bom(style, sizes, [as_row(line, sizes, colors) for line in lines])


def bom_figures(ctx: Ctx, style: Style) -> dict[str, Any]:
    """What a style's page shows beyond its fields: sizes and consumption, as exact texts."""
    bom = bom_of(ctx, style)
    hidden = {"id", "name"}
    return {
        "sizes": [s.code for s in bom.sizes],
        "bom_version": style.bom_version,
        "bom": [{k: v for k, v in row.items() if k not in hidden} for row in bom.rows],
    }


def rules_of(ctx: Ctx, style_ids: Iterable[int], *, optional: bool = True) -> list[Rule]:
    """BOM lines of several styles as rules for :func:`plugins.catalog.services.need.compute_need`.

    ``optional=False`` leaves optional lines out. Refused where a unit no longer converts into the stock unit.
    """
    rules = []
    for lines in bom_lines(ctx, style_ids).values():
        for line in lines:
            if line.optional and not optional:
                continue
            rules.append(
                Rule(
                    style=line.style_id,
                    material=line.material_id,
                    to_stock=ratio(line.material, line.uom, line.material.stock_uom),
                    step=line.material.stock_step,
                    consumption=line.consumption,
                    per_pieces=line.per_pieces,
                    by_size={s.size_id: s.consumption for s in line.sizes},
                    wastage_pct=line.wastage_pct,
                    breaks=breaks_of(line.wastage_breaks),
                    fixed_loss=line.fixed_loss,
                    color_rule=line.color_rule,
                    fixed_color=line.fixed_color_id,
                    color_map={int(a): int(b) for a, b in (line.color_map or {}).items()},
                    size_rule=line.size_rule,
                    dest_rule=line.dest_rule,
                    stage=line.stage or line.material.gate_stage,
                    line=line.id,
                )
            )
    return rules
