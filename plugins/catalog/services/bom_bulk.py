"""Single lines of the consumption of many styles changed at once, for changes that are decided elsewhere (engineering)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from core.api import Ctx
from core.db import among
from kit.many import record_saves
from plugins.catalog.models import BomLine, BomSize, Style
from plugins.catalog.services import milestones


@dataclass(frozen=True)
class LineEdit:
    """What becomes of one line: ``line_id`` None is a new one at ``position``, ``values`` (columns) None one that goes.
    ``text`` is what the trail says of it, before and after."""

    line_id: int | None
    values: Mapping[str, Any] | None
    sizes: Mapping[int, Decimal] = field(default_factory=dict)
    position: int = 0
    text: tuple[str | None, str | None] = (None, None)


def edit_consumption(ctx: Ctx, edits: Mapping[int, Sequence[LineEdit]], reason: str = "") -> dict[int, Style]:
    """Carry out edits by style id, each style once: its number of the consumption rises, the trail says what differs, and who
    plans by it is told. A fixed number of statements but those of the lines themselves. Whoever calls has checked the
    values."""
    styles = {s.id: s for s in ctx.session.scalars(select(Style).where(among(Style.id, edits)))}
    touched = [each.line_id for found in edits.values() for each in found if each.line_id is not None]
    lines = _lines(ctx, touched)
    left = set(
        ctx.session.scalars(
            select(BomLine.style_id)
            .where(among(BomLine.style_id, edits), ~among(BomLine.id, touched))
            .distinct()
        )
    )
    fresh: list[BomLine] = []
    for style_id, found in edits.items():
        for each in found:
            if each.values is None:
                assert each.line_id is not None
                ctx.session.delete(lines[each.line_id])
                continue
            line = lines[each.line_id] if each.line_id is not None else BomLine(style_id=style_id, sizes=[])
            if each.line_id is None:
                line.position = each.position
                fresh.append(line)
            _fill(line, each)
        style = styles[style_id]
        style.bom_version = (style.bom_version or 0) + 1
        there = style_id in left or any(each.values is not None for each in found)
        style.bom_since = ctx.today() if there else None
    ctx.session.add_all(fresh)
    record_saves(
        ctx,
        [(styles[s], [("bom", *each.text) for each in found]) for s, found in edits.items()],
        "edit",
        reason=reason,
    )
    ctx.hooks.milestones_changed(entity=milestones.ENTITY, ids=sorted(edits))
    return styles


def _lines(ctx: Ctx, ids: Sequence[int]) -> dict[int, BomLine]:
    """Lines with their sizes as they are now. Two statements: loaded along with the lines, sizes are asked for in portions by
    pairs of keys, which takes a server ten times as long."""
    there = select(BomLine).where(among(BomLine.id, ids)).execution_options(populate_existing=True)
    lines = {line.id: line for line in ctx.session.scalars(there)}
    sizes: dict[int, list[BomSize]] = {line: [] for line in lines}
    found = select(BomSize).where(among(BomSize.bom_line_id, lines)).order_by(BomSize.id)
    for size in ctx.session.scalars(found.execution_options(populate_existing=True)):
        sizes[size.bom_line_id].append(size)
    for line in lines.values():
        set_committed_value(line, "sizes", sizes[line.id])
    return lines


def _fill(line: BomLine, edit: LineEdit) -> None:
    for name, value in (edit.values or {}).items():
        if getattr(line, name) != value:
            setattr(line, name, value)
    have = {size.size_id: size for size in line.sizes}
    for size_id, consumption in edit.sizes.items():
        if size_id not in have:
            line.sizes.append(BomSize(size_id=size_id, consumption=consumption))
        elif have[size_id].consumption != consumption:
            have[size_id].consumption = consumption
    for size_id, size in have.items():
        if size_id not in edit.sizes:
            line.sizes.remove(size)
