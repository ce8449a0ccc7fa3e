"""What people ask of BOMs: forward (what it takes), where used, what it costs, what differs. Each a fixed number of statements
a level."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from core.api import Ctx, pick
from core.db import among
from plugins.catalog.api import (
    BomLine,
    Color,
    Destination,
    Key,
    Material,
    MissingColor,
    Need,
    PlanDemand,
    Style,
    bom_lines,
    line_texts,
    sizes_of,
)
from plugins.engineering.models import EngineeringBom, EngineeringBomLine
from plugins.engineering.services.bulk_reading import gap_refused, structures
from plugins.engineering.services.costing import Cost, Price, roll_up
from plugins.engineering.services.structures import Demand, Owner
from plugins.engineering.services.versions import lines_of


@dataclass(frozen=True)
class Taken:
    """What an amount of products takes of one group of a material; ``level`` is the material's low-level code."""

    level: int
    need: Need
    code: str
    name: str
    color: str
    size: str
    destination: str
    uom: str
    source: str


def forward(
    ctx: Ctx, demands: Sequence[Demand], *, levels: int | None = None, day: date | None = None
) -> list[Taken]:
    """What these take, by level: of each group net, gross and required. Refused for gaps and cycles."""
    found = structures(
        ctx,
        {d.owner.id for d in demands if d.owner.kind == "style"},
        {d.owner.id for d in demands if d.owner.kind == "material"},
        day,
    )
    try:
        exploded = found.explode(demands, levels)
    except MissingColor as gap:
        raise gap_refused(ctx, gap) from gap
    needs = exploded.needs
    materials = _rows(ctx, Material, {key.material for key in needs})
    colors = _rows(ctx, Color, {key.color for key in needs if key.color})
    places = _rows(ctx, Destination, {key.destination for key in needs if key.destination})
    rows = []
    for key, need in needs.items():
        material = materials[key.material]
        rows.append(
            Taken(
                found.levels[key.material], need, material.code, pick(material.names, material.name),
                colors[key.color].code if key.color else "", key.size or "",
                places[key.destination].code if key.destination else "", material.stock_uom,
                found.sources[key.material].kind,
            )
        )  # fmt: skip
    return sorted(rows, key=lambda row: (row.level, row.code, row.color, row.size, row.destination))


def demands_of(
    ctx: Ctx, style: Style, pieces: int, mix: Mapping[int, int] | None = None, color: int | None = None
) -> list[Demand]:
    """So many pieces of a style in one colour (its first, unless said), in a mix of sizes by id (all alike where none is
    given); what does not divide goes to the first sizes."""
    sizes = [size.id for size in sizes_of(ctx, [style.id]).get(style.id, ())]
    shares = {s: n for s, n in (mix or {}).items() if n and s in sizes} or dict.fromkeys(sizes, 1)
    color = color or next((each.color_id for each in style.colors), None)
    owner, whole, left = Owner("style", style.id), sum(shares.values()), pieces
    counts: dict[int, int] = {}
    for size, share in shares.items():
        counts[size] = pieces * share // whole
        left -= counts[size]
    for size in list(counts)[:left]:
        counts[size] += 1
    if not shares:
        return [Demand(owner, pieces, color)]
    return [Demand(owner, n, color, size) for size, n in counts.items() if n]


@dataclass(frozen=True)
class Use:
    """A style or made material that takes a material, directly (``level`` 1) or over ``via``."""

    level: int
    owner: Owner
    code: str
    name: str
    place: str
    consumption: Decimal | None
    uom: str
    wastage_pct: Decimal
    via: str


def where_used(ctx: Ctx, material: Material, *, levels: int | None = None) -> list[Use]:
    """What takes a material, now: direct users first, then what takes those, up to the styles. Two statements a level."""
    rows: list[Use] = []
    frontier, seen, level = {material.id: material.code}, {material.id}, 1
    while frontier and (levels is None or level <= levels):
        rows += _styles_with(ctx, frontier, level)
        made = _made_with(ctx, frontier, level)
        rows += made
        frontier = {use.owner.id: use.code for use in made if use.owner.id not in seen}
        seen |= set(frontier)
        level += 1
    return rows


def _styles_with(ctx: Ctx, materials: Mapping[int, str], level: int) -> list[Use]:
    style = (Style.id == BomLine.style_id) & (Style.tenant_id == BomLine.tenant_id)
    found = ctx.session.execute(
        select(
            Style.id, Style.code, Style.name, Style.names, BomLine.place, BomLine.consumption, BomLine.uom,
            BomLine.wastage_pct, BomLine.material_id,
        )
        .join(BomLine, style)
        .where(among(BomLine.material_id, materials))
        .order_by(Style.code)
    )  # fmt: skip
    return [
        Use(level, Owner("style", i), code, pick(names, name), place, each, uom, pct, materials[material_id])
        for i, code, name, names, place, each, uom, pct, material_id in found
    ]


def _made_with(ctx: Ctx, materials: Mapping[int, str], level: int) -> list[Use]:
    line, bom = EngineeringBomLine, EngineeringBom
    found = ctx.session.execute(
        select(
            Material.id, Material.code, Material.name, Material.names, line.place, line.consumption, line.uom,
            line.wastage_pct, line.material_id,
        )
        .join(bom, (bom.material_id == Material.id) & (bom.tenant_id == Material.tenant_id))
        .join(line, (line.bom_id == bom.id) & (line.tenant_id == bom.tenant_id))
        .where(among(line.material_id, materials), bom.state == "active")
        .order_by(Material.code)
    )  # fmt: skip
    return [
        Use(
            level,
            Owner("material", i),
            code,
            pick(names, name),
            place,
            each,
            uom,
            pct,
            materials[material_id],
        )
        for i, code, name, names, place, each, uom, pct, material_id in found
    ]


def open_orders(ctx: Ctx, styles: Iterable[int]) -> list[PlanDemand]:
    """Open documents that want these styles, as every plugin tells (hook ``plan_demand``)."""
    ids = set(styles)
    if not ids:
        return []
    answers = ctx.hooks.plan_demand(until=None, styles=ids, materials=())
    return [each for found in answers for each in found or () if not isinstance(each.item, Key)]


@dataclass(frozen=True)
class CostRow:
    """What one material adds to one piece: net and gross stock units, what a unit costs, and the parts of it."""

    level: int
    code: str
    name: str
    uom: str
    source: str
    net: Fraction
    gross: Fraction
    unit: Cost
    price: Price | None

    @property
    def amount(self) -> Fraction:
        """What it adds."""
        return self.gross * self.unit.total


def cost_rows(
    ctx: Ctx, owner: Owner, *, day: date, currency: str, lot: int = 1000, at: date | None = None,
    mix: Mapping[int, int] | None = None,
) -> tuple[Cost, str, list[CostRow]]:  # fmt: skip
    """(cost of one piece, where processing comes from, its components level by level) at the prices of ``day``, by the version
    that held ``at`` a day (today's, where none is said)."""
    styles, materials = ((owner.id,), ()) if owner.kind == "style" else ((), (owner.id,))
    found = structures(ctx, styles, materials, at)
    costs = roll_up(ctx, found, day=day, currency=currency, lot=lot, mix={owner.id: mix} if mix else None)
    named = _rows(ctx, Material, found.sources)
    rows: list[CostRow] = []

    def walk(parent: Owner, level: int, times: Fraction) -> None:
        for each in found.of(parent):
            material, unit = named[each.material_id], costs.unit(each.material_id)
            net, gross = costs.net(each) * times, costs.gross(each) * times
            rows.append(
                CostRow(level, material.code, pick(material.names, material.name), material.stock_uom,
                        found.sources[material.id].kind, net, gross, unit, unit.price)
            )  # fmt: skip
            if found.is_made(each.material_id) and len(rows) < 5000:
                walk(Owner("material", each.material_id), level + 1, gross)

    walk(owner, 1, Fraction(1))
    return costs.of_owner.get(owner, Cost()), costs.processing.get(owner, (Fraction(0), ""))[1], rows


@dataclass(frozen=True)
class Side:
    """One of two that are compared: a version, or what a style takes now."""

    name: str
    lines: Sequence[str]


def side_of(ctx: Ctx, bom: EngineeringBom | None, style: Style | None) -> Side:
    """The lines of a version, or of a style as it is."""
    if bom is not None:
        sizes = sizes_of(ctx, [bom.style_id]).get(bom.style_id, []) if bom.style_id is not None else []
        return Side(
            f"{bom.number} · {bom.title}", line_texts(ctx, sizes, lines_of(ctx, [bom])[bom.id], words=True)
        )
    assert style is not None
    sizes = sizes_of(ctx, [style.id]).get(style.id, [])
    return Side(style.code, line_texts(ctx, sizes, bom_lines(ctx, [style.id])[style.id], words=True))


def difference(first: Side, second: Side) -> list[tuple[str, str, str]]:
    """(material, in the first, in the second) of lines that are not in both alike, in the order of the first."""
    gone = [text for text in first.lines if text not in second.lines]
    come = [text for text in second.lines if text not in first.lines]
    rows = []
    for text in gone:
        code = text.split(" ")[0]
        twin = next((other for other in come if other.split(" ")[0] == code), "")
        if twin:
            come.remove(twin)
        rows.append((code, text, twin))
    return rows + [(text.split(" ")[0], "", text) for text in come]


def _rows(ctx: Ctx, model: Any, ids: Iterable[int]) -> dict[int, Any]:
    wanted = set(ids)
    if not wanted:
        return {}
    return {row.id: row for row in ctx.session.scalars(select(model).where(among(model.id, wanted)))}
