"""Structures read from the database: as many statements per level whatever is on it, columns instead of rows of the mapper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, or_, select

from core.api import Ctx, Refused, T
from core.db import among
from plugins.catalog.api import (
    BomLine,
    BomSize,
    Color,
    Material,
    MissingColor,
    Rule,
    Size,
    Style,
    breaks_of,
    ratio,
)
from plugins.engineering.models import EngineeringBom, EngineeringBomLine, EngineeringBomSize, MaterialSource
from plugins.engineering.services.structures import (
    Component,
    Demand,
    Explosion,
    Owner,
    Source,
    Structures,
    low_level_codes,
    made_of,
    rule_owner,
)
from plugins.engineering.words import BUY, MAKE

ONE = Fraction(1)
NONE: Mapping[int, Any] = MappingProxyType({})
COLUMNS = (
    "id", "material_id", "place", "uom", "consumption", "per_pieces", "wastage_pct", "wastage_breaks", "fixed_loss",
    "color_rule", "fixed_color_id", "color_map", "size_rule", "dest_rule", "stage", "optional",
)  # fmt: skip


class Measures(NamedTuple):
    """What counting needs to know of every material."""

    code: str
    stock_uom: str
    stock_step: Decimal
    gate_stage: str


UNITS = select(
    *(
        getattr(Material, name)
        for name in (
            "id", "code", "stock_uom", "purchase_uom", "factor", "gsm", "width_in", "content", "content_uom",
        )
    )
)  # fmt: skip
"""How a material counts in other units: read of those alone that are taken in another one than their stock unit."""


# made once: only what is asked for is added
KNOWN = select(
    Material.id,
    *(getattr(Material, name) for name in Measures._fields),
    Material.lead_days,
    MaterialSource.source,
    MaterialSource.made_days,
    EngineeringBom.id,
).outerjoin(
    MaterialSource,
    (MaterialSource.row_id == Material.id) & (MaterialSource.tenant_id == Material.tenant_id),
)
VERSION = (EngineeringBom.material_id == Material.id) & (EngineeringBom.tenant_id == Material.tenant_id)
ACTIVE = EngineeringBom.state == "active"
# tables, the tenant named: five thousand rows come in half the time
LINES = {
    kind: select(table.c[owner], *(table.c[name] for name in COLUMNS)).order_by(
        table.c[owner], table.c.position, table.c.id
    )
    for kind, table, owner in (
        ("catalog", BomLine.table(), "style_id"),
        ("version", EngineeringBomLine.table(), "bom_id"),
    )
}
STYLE_SIZES = select(BomSize.bom_line_id, BomSize.size_id, BomSize.consumption).join(
    BomLine, (BomLine.id == BomSize.bom_line_id) & (BomLine.tenant_id == BomSize.tenant_id)
)
VERSION_SIZES = select(
    EngineeringBomSize.line_id, EngineeringBomSize.size_id, EngineeringBomSize.consumption
).join(
    EngineeringBomLine,
    (EngineeringBomLine.id == EngineeringBomSize.line_id)
    & (EngineeringBomLine.tenant_id == EngineeringBomSize.tenant_id),
)


def structures(
    ctx: Ctx, style_ids: Iterable[int], material_ids: Iterable[int] = (), day: date | None = None
) -> Structures:
    """Everything that these styles and made materials are made of, down to what is bought: what is active now, or what
    held on ``day``. Two statements for each level, however many products.

    Refused for a cycle, and where a unit does not convert.
    """
    styles = sorted(set(style_ids))
    reading = _Reading(ctx, day)
    materials = sorted(set(material_ids))
    reading.styles(styles)
    reading.learn(materials)
    return _all_below(
        reading, [Owner("style", i) for i in styles] + [Owner("material", i) for i in materials]
    )


def version_structures(ctx: Ctx, bom: EngineeringBom) -> Structures:
    """Everything below one version: under a draft the newest drafts of made materials where they have one, else what is
    active."""
    reading = _Reading(ctx, None, drafts=bom.state == "draft")
    owner = (
        Owner("style", bom.style_id) if bom.style_id is not None else Owner("material", bom.material_id or 0)
    )
    reading.version(owner, bom.id)
    return _all_below(reading, [owner])


def _all_below(reading: _Reading, roots: list[Owner]) -> Structures:
    ctx = reading.ctx
    while reading.unread:
        reading.next_level()
    names = {i: m.code for i, m in reading.measures.items()}
    sizes = _sizes(ctx, [owner.id for owner in roots if owner.kind == "style"])
    return Structures(
        reading.components,
        reading.boms,
        reading.sources,
        low_level_codes(roots, reading.components, names),
        {size: code for found in sizes.values() for size, code in found.items()},
        bool(ctx.setting("factory_stock.yield_mode", False)),
        Decimal(str(ctx.setting("factory_stock.overcut_pct", 0))),
        made_of(reading.components, reading.sources),
        {style: tuple(found) for style, found in sizes.items()},
    )


def explode(
    ctx: Ctx, demands: Iterable[Demand], levels: int | None = None, *, day: date | None = None
) -> Explosion:
    """What these demands take, all levels down or so many. Refused for a colour that no table gives, a unit that does not
    convert, a cycle."""
    wanted = list(demands)
    found = structures(
        ctx,
        {d.owner.id for d in wanted if d.owner.kind == "style"},
        {d.owner.id for d in wanted if d.owner.kind == "material"},
        day,
    )
    try:
        return found.explode(wanted, levels)
    except MissingColor as gap:
        raise gap_refused(ctx, gap) from gap


def gap_refused(ctx: Ctx, gap: MissingColor) -> Refused:
    """A colour that a table does not give, in names."""
    owner = Style.code if gap.rule.style > 0 else Material.code
    model = Style if gap.rule.style > 0 else Material
    return Refused(
        T(
            "Consumption of {style}: {material} has no colour for {color}.",
            style=ctx.session.scalar(select(owner).where(model.id == abs(gap.rule.style))) or "",
            material=ctx.session.scalar(select(Material.code).where(Material.id == gap.rule.material)) or "",
            color=ctx.session.scalar(select(Color.code).where(Color.id == gap.color)) or "–",
        )
    )


class _Reading:
    """What has been read so far. ``unread``: versions of made materials whose lines have not been read yet."""

    def __init__(self, ctx: Ctx, day: date | None, *, drafts: bool = False) -> None:
        self.ctx = ctx
        self.day = day
        self.drafts = drafts
        self.components: dict[Owner, tuple[Component, ...]] = {}
        self.boms: dict[Owner, int] = {}
        self.sources: dict[int, Source] = {}
        self.measures: dict[int, Measures] = {}
        self.unread: dict[int, int] = {}

    def styles(self, ids: list[int]) -> None:
        """First levels of styles: versions of that day, and for those without one the catalog's."""
        if not ids:
            return
        versions: dict[int, int] = {}
        if self.day is not None:
            column = EngineeringBom.style_id
            wanted = select(column, EngineeringBom.id).where(self._held(), among(column, ids))
            rows = self.ctx.session.execute(wanted.order_by(EngineeringBom.version_no))
            versions = {owner: bom for owner, bom in rows if owner is not None}
            self._version_lines("style", versions)
        rest = [i for i in ids if i not in versions]
        if rest:
            sizes = self._by_size(STYLE_SIZES.where(among(BomLine.style_id, rest)))
            self._add("style", self._rows("catalog", rest), sizes, {})

    def version(self, owner: Owner, bom_id: int) -> None:
        """The lines of one version, whatever its state."""
        if owner.kind == "material":
            self.learn([owner.id])
            self.sources[owner.id] = Source(MAKE, 0)
            self.unread.clear()
        self._version_lines(owner.kind, {owner.id: bom_id})

    def next_level(self) -> None:
        """The lines of what is known to be made."""
        versions, self.unread = self.unread, {}
        self._version_lines("material", versions)

    def learn(self, ids: Iterable[int]) -> None:
        """Units, sources and versions of materials that were not met before. One statement."""
        new = {i for i in ids if i not in self.sources}
        if not new:
            return
        known = KNOWN.outerjoin(EngineeringBom, VERSION & self._held()).where(among(Material.id, new))
        # a draft goes before what is active, the newest before older ones: the last one read stays
        if self.drafts:
            known = known.order_by(EngineeringBom.state, EngineeringBom.version_no)
        elif self.day is not None:
            known = known.order_by(EngineeringBom.version_no)
        kinds: dict[tuple[str, int], Source] = {}
        for i, code, uom, step, stage, buying, source, days, bom in self.ctx.session.execute(known):
            self.measures[i] = Measures(code, uom, step, stage)
            kind = source or (BUY if bom is None else MAKE)
            lead = buying if kind == BUY or days is None else days
            self.sources[i] = kinds.get((kind, lead)) or kinds.setdefault((kind, lead), Source(kind, lead))
            if bom is not None and kind != BUY:
                self.unread[i] = bom
        for i in new - self.sources.keys():
            self.sources[i] = Source(BUY, 0)

    def _held(self) -> ColumnElement[bool]:
        """Versions that count: the active one, drafts too, or those that held on the day."""
        if self.day is None:
            return EngineeringBom.state.in_(("active", "draft")) if self.drafts else ACTIVE
        return (
            EngineeringBom.state.in_(("active", "retired"))
            & (EngineeringBom.valid_from <= self.day)
            & or_(EngineeringBom.retired_on.is_(None), EngineeringBom.retired_on > self.day)
        )

    def _version_lines(self, kind: str, versions: Mapping[int, int]) -> None:
        if not versions:
            return
        owners = {bom: owner for owner, bom in versions.items()}
        rows = self._rows("version", owners)
        sizes: Mapping[int, Mapping[int, Decimal]] = {}
        if kind == "style":
            sizes = self._by_size(VERSION_SIZES.where(among(EngineeringBomLine.bom_id, owners)))
        self._add(kind, rows, sizes, owners)
        for owner_id, bom in versions.items():
            self.boms[Owner(kind, owner_id)] = bom

    def _rows(self, kind: str, ids: Iterable[int]) -> Sequence[Any]:
        """What the lines belong to and their columns, in order."""
        lines = LINES[kind]
        owner = lines.selected_columns[0]
        mine = owner.table.c.tenant_id == self.ctx.session.tenant_id
        return self.ctx.session.execute(lines.where(mine, among(owner, ids))).all()

    def _by_size(self, wanted: Select[int, int, Decimal]) -> dict[int, dict[int, Decimal]]:
        found: dict[int, dict[int, Decimal]] = {}
        for line_id, size_id, each in self.ctx.session.execute(wanted):
            found.setdefault(line_id, {})[size_id] = each
        return found

    def _add(
        self,
        kind: str,
        rows: Sequence[Any],
        sizes: Mapping[int, Mapping[int, Decimal]],
        owners: Mapping[int, int],
    ) -> None:
        """Components from rows in the order of COLUMNS; ``owners``: what each version is of."""
        self.learn({row[2] for row in rows})
        ratios = self._ratios({(row[2], row[4]) for row in rows})
        for number, mine in groupby(rows, itemgetter(0)):
            owner = Owner(kind, owners.get(number, number))
            bom, made = number if owners else None, rule_owner(owner)
            components = []
            for (
                _number, line, material, place, uom, consumption, per_pieces, wastage, breaks, loss, color_rule, fixed_color,
                color_map, size_rule, dest_rule, stage, optional,
            ) in mine:  # fmt: skip
                measure = self.measures[material]
                rule = Rule(
                    made, material, ratios.get((material, uom), ONE), measure.stock_step, consumption,
                    sizes.get(line, NONE), wastage, loss, color_rule, fixed_color,
                    {int(a): int(b) for a, b in color_map.items()} if color_map else NONE,
                    size_rule, dest_rule, stage or measure.gate_stage, line, per_pieces,
                    breaks_of(breaks) if breaks else (),
                )  # fmt: skip
                components.append(Component(line, owner, rule, optional, bom, place, uom))
            self.components[owner] = tuple(components)

    def _ratios(self, taken: Iterable[tuple[int, str]]) -> dict[tuple[int, str], Fraction]:
        """Stock units in the units in which materials are taken, where these are others. One statement, none without."""
        others = [(i, uom) for i, uom in taken if self.measures[i].stock_uom != uom]
        if not others:
            return {}
        rows = self.ctx.session.execute(UNITS.where(among(Material.id, {i for i, _uom in others})))
        known = {row.id: row for row in rows}
        return {(i, uom): ratio(known[i], uom, known[i].stock_uom) for i, uom in others}


def _sizes(ctx: Ctx, styles: list[int]) -> dict[int, dict[int, str]]:
    """Code by id of the sizes of each style, from small to large."""
    found: dict[int, dict[int, str]] = {}
    if styles:
        run = (Size.size_run_id == Style.size_run_id) & (Size.tenant_id == Style.tenant_id)
        wanted = select(Style.id, Size.id, Size.code).join(Size, run).where(among(Style.id, styles))
        for style_id, size_id, code in ctx.session.execute(wanted.order_by(Size.position)):
            found.setdefault(style_id, {})[size_id] = code
    return found
