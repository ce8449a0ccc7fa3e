"""Lines of BOMs as plain values, read in bulk: of styles what the catalog has, of made materials what their active version
has."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import select

from core.api import Ctx, Refused
from core.db import among
from plugins.catalog.api import BomLine, BomSize, Material, breaks_of, ratio
from plugins.engineering.models import EngineeringBom, EngineeringBomLine, EngineeringBomSize
from plugins.engineering.services.line_values import LineValues, sorted_pairs
from plugins.engineering.services.mass_change.rules import Facts
from plugins.engineering.services.structures import Owner
from plugins.engineering.services.versions import SAME

COLUMNS = tuple(name for name in SAME if name not in ("material_id", "fixed_color_id"))


class PlacedLine(NamedTuple):
    """A line that is there: its row (of the catalog, or of the version), where it stands, what it says."""

    id: int
    position: int
    values: LineValues


def lines_of(ctx: Ctx, owners: Collection[Owner]) -> dict[Owner, list[PlacedLine]]:
    """Lines of these owners in order; those without any are left out. Four statements at most."""
    found: dict[Owner, list[PlacedLine]] = {}
    styles = [owner.id for owner in owners if owner.kind == "style"]
    made = [owner.id for owner in owners if owner.kind == "material"]
    if styles:
        rows = _rows(
            ctx, BomLine, select(BomLine.style_id.label("owner")).where(among(BomLine.style_id, styles))
        )
        _add(ctx, found, "style", rows, BomSize.bom_line_id, BomSize)
    if made:
        line, bom = EngineeringBomLine, EngineeringBom
        wanted = (
            select(bom.material_id.label("owner"))
            .join(line, (line.bom_id == bom.id) & (line.tenant_id == bom.tenant_id))
            .where(bom.state == "active", among(bom.material_id, made))
        )
        _add(ctx, found, "material", _rows(ctx, line, wanted), EngineeringBomSize.line_id, EngineeringBomSize)
    return found


def _rows(ctx: Ctx, model: Any, wanted: Any) -> Sequence[Any]:
    """Lines; ``wanted`` selects their owners."""
    columns = [getattr(model, name) for name in ("id", "position", *SAME)]
    return ctx.session.execute(wanted.add_columns(*columns).order_by("owner", model.position, model.id)).all()


def _add(
    ctx: Ctx, found: dict[Owner, list[PlacedLine]], kind: str, rows: Sequence[Any], line: Any, model: Any
) -> None:
    sizes: dict[int, dict[int, Decimal]] = {}
    for line_id, size_id, each in ctx.session.execute(
        select(line, model.size_id, model.consumption).where(among(line, [row.id for row in rows]))
    ):
        sizes.setdefault(line_id, {})[size_id] = each
    for row in rows:
        values = {name: getattr(row, name) for name in COLUMNS}
        values["wastage_breaks"] = breaks_of(row.wastage_breaks)
        values["color_map"] = sorted_pairs(row.color_map)
        placed = PlacedLine(
            row.id,
            row.position,
            LineValues(
                material=row.material_id,
                fixed_color=row.fixed_color_id,
                sizes=sorted_pairs(sizes.get(row.id)),
                **values,
            ),
        )
        found.setdefault(Owner(kind, row.owner), []).append(placed)


def facts_of(ctx: Ctx, material_ids: Iterable[int | None]) -> dict[int, Facts]:
    """What rules must know of materials. One statement."""
    rows = ctx.session.scalars(select(Material).where(among(Material.id, {i for i in material_ids if i})))
    return {m.id: Facts(m.code, m.stock_uom, m.by_color, m.by_size, _to_stock(m)) for m in rows}


def _to_stock(material: Material) -> Any:
    @cache
    def converted(uom: str) -> Fraction | None:
        try:
            return ratio(material, uom, material.stock_uom)
        except Refused:
            return None

    return converted
