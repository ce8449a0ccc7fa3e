"""Versions of BOMs: made new as a copy of what holds, made active with everything below, retired by the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from core.api import Ctx, Refused, T, follow, next_number, note_changes, record_save
from core.db import among, flush_rows
from kit.papers import stamp_created
from plugins.catalog.api import (
    BomLine,
    CheckedRow,
    Material,
    Style,
    bom_lines,
    line_texts,
    sizes_of,
    text_difference,
    write_lines,
)
from plugins.engineering.models import (
    EngineeringBom,
    EngineeringBomLine,
    EngineeringBomSize,
    EngineeringOperation,
)
from plugins.engineering.services.checks import check_structure, drafts_below

SERIES = "engineering_bom"
SAME = (
    "material_id",
    "place",
    "uom",
    "consumption",
    "per_pieces",
    "wastage_pct",
    "wastage_breaks",
    "fixed_loss",
    "color_rule",
    "fixed_color_id",
    "color_map",
    "size_rule",
    "dest_rule",
    "stage",
    "optional",
)
"""What a line of a version and one of the catalog both say."""


def active_bom(ctx: Ctx, owner: Style | Material) -> EngineeringBom | None:
    """The version that holds now, or None."""
    return ctx.session.scalars(
        select(EngineeringBom).where(_owned_by(owner), EngineeringBom.state == "active")
    ).one_or_none()


def next_version(ctx: Ctx, owner: Style | Material) -> int:
    """The number that the next version of an owner gets."""
    return 1 + (ctx.session.scalar(select(func.max(EngineeringBom.version_no)).where(_owned_by(owner))) or 0)


def new_version(
    ctx: Ctx,
    owner: Style | Material,
    *,
    copy: bool = True,
    source: EngineeringBom | None = None,
    note: str = "",
) -> EngineeringBom:
    """A draft for a style or made material: a copy of ``source``, or of the version that holds (of a style without one, of the
    catalog's consumption), unless ``copy`` is False."""
    bom = EngineeringBom(
        version_no=next_version(ctx, owner), state="draft", note=note, lines=[], operations=[]
    )
    if isinstance(owner, Style):
        bom.style_id, bom.style = owner.id, owner
    else:
        bom.material_id, bom.material = owner.id, owner
    stamp_created(ctx, bom)
    if copy:
        _copy_into(ctx, bom, owner, source or active_bom(ctx, owner))
    bom.number = next_number(ctx, SERIES)
    ctx.session.add(bom)
    flush_rows(ctx.session)
    record_save(ctx, bom, "create", [("version", None, str(bom.version_no))], is_new=True)
    return bom


def lines_of(ctx: Ctx, boms: Iterable[EngineeringBom]) -> dict[int, list[EngineeringBomLine]]:
    """Lines of versions in order with materials, colours and sizes; a fixed number of statements."""
    found: dict[int, list[EngineeringBomLine]] = {bom.id: [] for bom in boms}
    if found:
        rows = ctx.session.scalars(
            select(EngineeringBomLine)
            .where(among(EngineeringBomLine.bom_id, found))
            .order_by(EngineeringBomLine.bom_id, EngineeringBomLine.position, EngineeringBomLine.id)
            .options(
                selectinload(EngineeringBomLine.material),
                selectinload(EngineeringBomLine.fixed_color),
                selectinload(EngineeringBomLine.sizes),
            )
            .execution_options(populate_existing=True)
        )
        for line in rows:
            found[line.bom_id].append(line)
    return found


def copied(line: BomLine | EngineeringBomLine, sizes: Mapping[int, int] | None = None) -> EngineeringBomLine:
    """A new line that says the same. ``sizes`` are ids of another style's sizes by those of the line; others are left out."""
    return EngineeringBomLine(
        **{name: getattr(line, name) for name in SAME},
        position=line.position,
        sizes=[
            EngineeringBomSize(
                size_id=sizes[s.size_id] if sizes is not None else s.size_id, consumption=s.consumption
            )
            for s in line.sizes
            if sizes is None or s.size_id in sizes
        ],
    )


def _copy_into(ctx: Ctx, bom: EngineeringBom, owner: Style | Material, source: EngineeringBom | None) -> None:
    lines: Sequence[BomLine | EngineeringBomLine] = ()
    if source is not None:
        lines = lines_of(ctx, [source])[source.id]
        bom.operations = [
            EngineeringOperation(
                position=each.position, name=each.name, work_centre=each.work_centre, minutes=each.minutes,
                rate=each.rate, price=each.price, currency=each.currency,
            )
            for each in source.operations
        ]  # fmt: skip
    elif isinstance(owner, Style):
        lines = bom_lines(ctx, [owner.id])[owner.id]
    bom.lines = [copied(line) for line in lines]


def copy_lines(ctx: Ctx, bom: EngineeringBom, other: Style) -> int:
    """Put what another style takes now into a draft, in the place of its lines; how many. Figures by size go to sizes that are
    called alike, tables of colours keep the colourways that this style has too."""
    mine: dict[str, int] = {}
    if bom.style_id is not None:
        mine = {size.code: size.id for size in sizes_of(ctx, [bom.style_id]).get(bom.style_id, ())}
    theirs = {size.id: size.code for size in sizes_of(ctx, [other.id]).get(other.id, ())}
    sizes = {size_id: mine[code] for size_id, code in theirs.items() if code in mine}
    before = line_texts(ctx, [], lines_of(ctx, [bom])[bom.id])
    bom.lines = [copied(line, sizes) for line in bom_lines(ctx, [other.id])[other.id]]
    if bom.style is not None:
        here = {str(each.color_id) for each in bom.style.colors}
        for line in bom.lines:
            if line.color_map:
                line.color_map = {a: b for a, b in line.color_map.items() if a in here}
    flush_rows(ctx.session)
    written = lines_of(ctx, [bom])[bom.id]
    note_changes(ctx, bom, *text_difference(before, line_texts(ctx, [], written)))
    return len(written)


def activate(ctx: Ctx, bom: EngineeringBom, *, below: bool = True) -> list[EngineeringBom]:
    """Make a draft the version that holds; with ``below`` the drafts of made materials under it first, deepest first. What held
    until now is retired, and a style's consumption in the catalog is written. Returns those below that were made active too.

    Runs inside the action of ``bom``, which brings it into its state. Refused for a version without lines, for a material
    that would be made of itself, and for a made material without an active BOM.
    """
    others = drafts_below(ctx, bom) if below else []
    for other in others:
        _put_in_force(ctx, other)
        follow(ctx, other, "active", because="activate")
    _put_in_force(ctx, bom)
    return others


def _put_in_force(ctx: Ctx, bom: EngineeringBom) -> None:
    lines = lines_of(ctx, [bom])[bom.id]
    if not lines:
        raise Refused(T("{number} has no lines yet.", number=bom.number))
    check_structure(ctx, bom, lines)
    owner, today = bom.owner, ctx.today()
    before = active_bom(ctx, owner)
    if before is not None:
        before.retired_on = today
        follow(ctx, before, "retired", because="supersede")
    if isinstance(owner, Style):
        note_changes(ctx, owner, *write_lines(ctx, owner, [as_checked(line) for line in lines]))
        bom.written_as = owner.bom_version
    bom.valid_from = today
    flush_rows(ctx.session)


def as_checked(line: EngineeringBomLine) -> CheckedRow:
    """A line as the catalog's service takes it."""
    values: dict[str, Any] = {
        name: getattr(line, name) for name in SAME if name not in ("material_id", "fixed_color_id")
    }
    values |= {"material": line.material, "fixed_color": line.fixed_color}
    return CheckedRow(values, {s.size_id: s.consumption for s in line.sizes})


def _owned_by(owner: Style | Material) -> Any:
    if isinstance(owner, Style):
        return EngineeringBom.style_id == owner.id
    return EngineeringBom.material_id == owner.id
