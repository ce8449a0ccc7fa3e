"""Versions that are copies of others: numbers, lines, sizes and operations in bulk, then the edits of made materials."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from core.api import Ctx
from core.db import among, flush_rows
from core.values import decimal_text
from kit.many import next_numbers, record_saves
from kit.papers import made_now
from plugins.catalog.api import BomLine, BomSize, Style
from plugins.engineering.models import (
    ChangeVersion,
    EngineeringBom,
    EngineeringBomLine,
    EngineeringBomSize,
    EngineeringChange,
)
from plugins.engineering.services.line_values import LineValues
from plugins.engineering.services.mass_change.reading import PlacedLine
from plugins.engineering.services.mass_change.rules import Placed
from plugins.engineering.services.structures import Owner
from plugins.engineering.services.versions import SAME, SERIES

COPIED = ", ".join(SAME)
STEPS = ("position", "name", "work_centre", "minutes", "rate", "price", "currency")
VERSIONS = "engineering_change_version v CROSS JOIN engineering_bom b"
MINE = "v.tenant_id = :tenant AND v.change_id = :change AND v.undo = :undo AND b.tenant_id = v.tenant_id AND b.id = v.bom_id"


def new_versions(
    ctx: Ctx,
    change: EngineeringChange,
    owners: Iterable[Owner],
    bases: Mapping[Owner, EngineeringBom],
    *,
    undo: bool,
) -> dict[Owner, EngineeringBom]:
    """Drafts without lines yet, each noted as made by the change."""
    wanted, bom = list(owners), EngineeringBom
    last: dict[Owner, int] = {}
    for kind, column in (("style", bom.style_id), ("material", bom.material_id)):
        ids = [owner.id for owner in wanted if owner.kind == kind]
        if ids:
            rows = ctx.session.execute(
                select(column, func.max(bom.version_no)).where(among(column, ids)).group_by(column)
            )
            last |= {Owner(kind, owner_id): version for owner_id, version in rows if owner_id is not None}
    written = _written_as(ctx, wanted)
    made = {}
    for owner, number in zip(wanted, next_numbers(ctx, SERIES, len(wanted)), strict=True):
        made[owner] = EngineeringBom(
            number=number, state="draft", version_no=last.get(owner, 0) + 1, valid_from=ctx.today(), note="",
            style_id=owner.id if owner.kind == "style" else None,
            material_id=owner.id if owner.kind == "material" else None,
            written_as=written.get(owner), **made_now(ctx),
        )  # fmt: skip
    ctx.session.add_all(made.values())
    flush_rows(ctx.session)
    ctx.session.insert_many(
        ChangeVersion,
        [
            {"change_id": change.id, "bom_id": bom.id, "undo": undo,
             "base_id": bases[owner].id if owner in bases else None}
            for owner, bom in made.items()
        ],
    )  # fmt: skip
    record_saves(
        ctx, [(bom, [("change", None, change.number)]) for bom in made.values()], "create", is_new=True
    )
    return made


def _written_as(ctx: Ctx, owners: Iterable[Owner]) -> dict[Owner, int]:
    ids = [owner.id for owner in owners if owner.kind == "style"]
    rows = ctx.session.execute(select(Style.id, Style.bom_version).where(among(Style.id, ids)))
    return {Owner("style", i): version for i, version in rows}


COPY_LINES = f"""
INSERT INTO engineering_bom_line (tenant_id, bom_id, position, {COPIED})
SELECT b.tenant_id, b.id, c.position, {", ".join(f"c.{name}" for name in SAME)}
FROM {VERSIONS} CROSS JOIN {{lines}} WHERE {MINE} AND {{of_bom}}
"""  # noqa: S608 - own names
COPY_OPERATIONS = f"""
INSERT INTO engineering_operation (tenant_id, bom_id, {", ".join(STEPS)})
SELECT b.tenant_id, b.id, {", ".join(f"c.{name}" for name in STEPS)}
FROM {VERSIONS} CROSS JOIN engineering_operation c WHERE {MINE} AND c.tenant_id = b.tenant_id AND c.bom_id = v.base_id
"""  # noqa: S608 - own names
SOURCES = (
    {"lines": "catalog_bom_line c", "of_bom": "c.tenant_id = b.tenant_id AND c.style_id = b.style_id"},
    {
        "lines": "engineering_bom_line c",
        "of_bom": "c.tenant_id = b.tenant_id AND c.bom_id = v.base_id AND b.material_id IS NOT NULL",
    },
)
"""Where lines come from: of styles the catalog, of made materials the version before. Tables are joined in the order in which
they are written (CROSS JOIN): the embedded database, which has no statistics of them yet, would begin with the largest."""


def copy_lines(
    ctx: Ctx,
    change: EngineeringChange,
    made: Mapping[Owner, EngineeringBom],
    bases: Mapping[Owner, EngineeringBom],
    *,
    undo: bool,
) -> None:
    """Lines of the new versions as they are there, and the operations of the versions before."""
    for source in SOURCES:
        ctx.session.raw(COPY_LINES.format(**source), change=change.id, undo=undo)
    ctx.session.raw(COPY_OPERATIONS, change=change.id, undo=undo)
    ctx.session.wrote(("engineering_bom_line", "engineering_operation"))
    _copy_sizes(ctx, made, bases)


def _copy_sizes(
    ctx: Ctx, made: Mapping[Owner, EngineeringBom], bases: Mapping[Owner, EngineeringBom]
) -> None:
    """Consumption by size, on the copies of lines. Three statements and one that writes: a join with lines that were just
    written, of which no database has statistics, would look through all of them for each."""
    line, new = EngineeringBomLine, {bom.id for bom in made.values()}
    old = {
        owner.id if owner.kind == "style" else -bases[owner].id: bom.id
        for owner, bom in made.items()
        if owner.kind == "style" or owner in bases
    }
    sizes = [
        (old[style], position, size, qty)
        for style, position, size, qty in ctx.session.execute(
            select(BomLine.style_id, BomLine.position, BomSize.size_id, BomSize.consumption)
            .join(BomSize, (BomSize.bom_line_id == BomLine.id) & (BomSize.tenant_id == BomLine.tenant_id))
            .where(among(BomLine.style_id, [i for i in old if i > 0]))
        )
    ]
    own, based = EngineeringBomSize, [-i for i in old if i < 0]
    if based:
        rows = ctx.session.execute(
            select(line.bom_id, line.position, own.size_id, own.consumption)
            .join(own, (own.line_id == line.id) & (own.tenant_id == line.tenant_id))
            .where(among(line.bom_id, based))
        )
        sizes += [(old[-base], position, size, qty) for base, position, size, qty in rows]
    if not sizes:
        return
    at = {
        (bom_id, position): line_id
        for bom_id, position, line_id in ctx.session.execute(
            select(line.bom_id, line.position, line.id).where(among(line.bom_id, new))
        )
    }
    ctx.session.insert_many(
        own,
        [
            {"line_id": at[bom, position], "size_id": size, "consumption": qty}
            for bom, position, size, qty in sizes
        ],
    )


def edit_made(
    ctx: Ctx,
    made: Mapping[Owner, EngineeringBom],
    lines: Mapping[Owner, Sequence[PlacedLine]],
    placed: Mapping[Owner, Sequence[Placed]],
) -> None:
    """The edits of made materials, on the copies of their lines."""
    boms = {bom.id: owner for owner, bom in made.items() if owner.kind == "material"}
    if not boms:
        return
    rows = {
        (boms[line.bom_id], line.position): line
        for line in ctx.session.scalars(
            select(EngineeringBomLine).where(among(EngineeringBomLine.bom_id, boms))
        )
    }
    for bom_id, owner in boms.items():
        there = lines.get(owner, [])
        for each in placed[owner]:
            line = rows[owner, there[each.at].position] if each.at is not None else None
            if each.after is None:
                ctx.session.delete(line)
                continue
            if line is None:
                last = max((found.position for found in there), default=-1)
                line = EngineeringBomLine(
                    bom_id=bom_id, position=each.position if each.position is not None else last + 1, sizes=[]
                )
                ctx.session.add(line)
            for name, value in columns_of(each.after).items():
                setattr(line, name, value)
            line.sizes = [EngineeringBomSize(size_id=size, consumption=qty) for size, qty in each.after.sizes]
    flush_rows(ctx.session)


def columns_of(values: LineValues) -> dict[str, Any]:
    """What a line says, as the columns of its row."""
    same = {name: getattr(values, name) for name in SAME if hasattr(values, name)}
    breaks = [[decimal_text(least), decimal_text(pct)] for least, pct in values.wastage_breaks]
    return same | {
        "material_id": values.material,
        "fixed_color_id": values.fixed_color,
        "wastage_breaks": breaks or None,
        "color_map": {str(a): b for a, b in values.color_map} or None,
    }
