"""A change takes effect: of every BOM it touches a new version is made of the active one and becomes active, all in bulk.
Taking a change back is the same with its edits turned round."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select

from core.api import Ctx, Refused, T
from core.db import among
from core.values import decimal_text
from kit.many import follow_all
from plugins.catalog.api import LineEdit, edit_consumption
from plugins.engineering.models import ChangeVersion, EngineeringBom, EngineeringChange
from plugins.engineering.services.line_values import LineValues
from plugins.engineering.services.mass_change import reading
from plugins.engineering.services.mass_change.choosing import edits_of
from plugins.engineering.services.mass_change.preview import barred, names_of
from plugins.engineering.services.mass_change.reading import PlacedLine
from plugins.engineering.services.mass_change.rules import Edit, Placed, merge
from plugins.engineering.services.new_versions.copying import columns_of, copy_lines, edit_made, new_versions
from plugins.engineering.services.structures import Owner

SHOWN = 10
"""Names in a refusal."""


def take_effect(ctx: Ctx, change: EngineeringChange, *, undo: bool = False) -> int:
    """Make the versions and put them in force; returns how many BOMs. A number of statements that does not depend on how many.

    Refused where a line is not there any more as it was when the change was made, with the BOMs; where a made material would be
    made of itself; on taking back, where other versions are active by now.
    """
    edits = edits_of(ctx, change.id)
    if undo:
        _still_active(ctx, change)
        edits = {owner: [edit.back for edit in found] for owner, found in edits.items()}
    lines = reading.lines_of(ctx, edits)
    placed: dict[Owner, tuple[Placed, ...]] = {}
    lost = []
    for owner, found in edits.items():
        merged = merge([line.values for line in lines.get(owner, ())], found)
        placed[owner] = merged.placed
        if merged.lost:
            lost.append(owner)
        elif not merged.lines:
            raise Refused(T("{code} would have no lines left.", code=names_of(ctx, [owner])[owner][0]))
    if lost:
        raise Refused(
            T(
                "Lines of these BOMs are no longer as they were when the change was made: {codes}. Choose their lines anew.",
                codes=_codes(ctx, lost),
            )
        )
    _check_materials(ctx, edits)
    bases = active_of(ctx, edits)
    _write_styles(ctx, change, lines, placed)
    made = new_versions(ctx, change, edits, bases, undo=undo)
    copy_lines(ctx, change, made, bases, undo=undo)
    edit_made(ctx, made, lines, placed)
    today = ctx.today()
    for base in bases.values():
        base.retired_on = today
    follow_all(ctx, bases.values(), "retired", because="supersede")
    follow_all(ctx, made.values(), "active", because="apply")
    return len(made)


def _still_active(ctx: Ctx, change: EngineeringChange) -> None:
    version, bom = ChangeVersion, EngineeringBom
    gone = list(
        ctx.session.scalars(
            select(bom.number)
            .join(version, (version.bom_id == bom.id) & (version.tenant_id == bom.tenant_id))
            .where(version.change_id == change.id, version.undo.is_(False), bom.state != "active")
            .order_by(bom.number)
        )
    )
    if gone:
        raise Refused(
            T(
                "These versions of the change are no longer the active ones: {numbers}. Make a new change instead.",
                numbers=_listed(gone),
            )
        )


def _check_materials(ctx: Ctx, edits: Mapping[Owner, Sequence[Edit]]) -> None:
    """Nothing is made of itself, and what is made is known how, whatever became of other BOMs since the change was made."""
    coming: dict[int, list[Owner]] = defaultdict(list)
    for owner, found in edits.items():
        for edit in found:
            if edit.after is not None and (
                edit.before is None or edit.before.material != edit.after.material
            ):
                coming[edit.after.material].append(owner)
    for material, owners in sorted(coming.items()):
        why = barred(ctx, material, owners)
        if why:
            raise Refused(T("{codes}: {why}", codes=_codes(ctx, why), why=next(iter(why.values()))))


def active_of(ctx: Ctx, owners: Iterable[Owner]) -> dict[Owner, EngineeringBom]:
    """Active versions by owner; a style that has none yet is left out. Two statements."""
    found: dict[Owner, EngineeringBom] = {}
    for kind, column in (("style", EngineeringBom.style_id), ("material", EngineeringBom.material_id)):
        ids = [owner.id for owner in owners if owner.kind == kind]
        if ids:
            rows = ctx.session.scalars(
                select(EngineeringBom).where(EngineeringBom.state == "active", among(column, ids))
            )
            found |= {Owner(kind, getattr(row, column.key)): row for row in rows}
    return found


def _write_styles(
    ctx: Ctx,
    change: EngineeringChange,
    lines: Mapping[Owner, Sequence[PlacedLine]],
    placed: Mapping[Owner, Sequence[Placed]],
) -> None:
    materials = {
        values.material
        for owner, found in placed.items()
        for each in found
        for values in (each.after, lines[owner][each.at].values if each.at is not None else None)
        if values is not None
    }
    codes = {i: facts.code for i, facts in reading.facts_of(ctx, materials).items()}
    written: dict[int, list[LineEdit]] = {}
    for owner, found in placed.items():
        if owner.kind == "style":
            there = lines.get(owner, [])
            written[owner.id] = [_line_edit(there, each, codes) for each in found]
    if written:
        edit_consumption(ctx, written, change.number)


def _line_edit(there: Sequence[PlacedLine], each: Placed, codes: Mapping[int, str]) -> LineEdit:
    old = there[each.at] if each.at is not None else None
    last = max((line.position for line in there), default=-1)
    return LineEdit(
        line_id=old.id if old else None,
        values=columns_of(each.after) if each.after is not None else None,
        sizes=dict(each.after.sizes) if each.after is not None else {},
        position=each.position if each.position is not None else last + 1,
        text=(
            line_text(old.values, codes) if old else None,
            line_text(each.after, codes) if each.after else None,
        ),
    )


def line_text(values: LineValues, codes: Mapping[int, str]) -> str:
    """A line in a few words, for the trail."""
    figures = " ".join(decimal_text(each) for each in values.figures)
    parts = (
        codes.get(values.material, ""),
        values.place,
        figures,
        values.uom,
        f"+{decimal_text(values.wastage_pct)}%",
    )
    return " ".join(part for part in parts if part)


def _codes(ctx: Ctx, owners: Iterable[Owner]) -> str:
    wanted = list(owners)
    return _listed(sorted(code for code, _name in names_of(ctx, wanted).values()))


def _listed(found: Sequence[str]) -> str:
    more = f" … (+{len(found) - SHOWN})" if len(found) > SHOWN else ""
    return ", ".join(found[:SHOWN]) + more
