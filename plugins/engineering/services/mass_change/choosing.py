"""Which lines a change order has: chosen of what its rule finds, kept before and after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from core.api import Ctx, Refused, T, Text, note_changes
from core.db import flush_rows
from plugins.engineering.models import ChangeLine, EngineeringChange
from plugins.engineering.services.mass_change.preview import MOST, Found, preview
from plugins.engineering.services.mass_change.rules import Edit
from plugins.engineering.services.structures import Owner

Data = Mapping[str, Any]


def edits_of(ctx: Ctx, change_id: int) -> dict[Owner, list[Edit]]:
    """What a change does, by BOM. One statement."""
    line, found = ChangeLine, defaultdict(list)
    rows = ctx.session.execute(
        select(line.style_id, line.made_id, line.before, line.after, line.line_position)
        .where(line.change_id == change_id)
        .order_by(line.position)
    )
    for style_id, made_id, before, after, position in rows:
        owner = Owner("style", style_id) if style_id is not None else Owner("material", made_id or 0)
        found[owner].append(Edit(before, after, position))
    return dict(found)


def collect(ctx: Ctx, change: EngineeringChange, data: Data) -> Text:
    """Choose the lines: all that the rule finds and can change, but those that ``without`` names (by their keys). With ``add``
    they come to those that were chosen before."""
    without = {row["line"] for row in data["without"]}
    return keep_lines(
        ctx,
        change,
        [found for found in preview(ctx, change) if found.edit is not None and found.key not in without],
        add=bool(data.get("add")),
    )


def keep_lines(ctx: Ctx, change: EngineeringChange, chosen: Sequence[Found], *, add: bool = False) -> Text:
    """Keep these lines, in place of the others or beside them. Refused for none, for too many, for one that is there
    already."""
    have = edits_of(ctx, change.id) if add else {}
    taken = {
        (owner, edit.position) for owner, edits in have.items() for edit in edits if edit.before is not None
    }
    twice = sorted(
        {f.code for f in chosen if f.edit and f.edit.before is not None and (f.owner, f.position) in taken}
    )
    if twice:
        raise Refused(
            T("Lines of these BOMs are in the change already: {codes}.", codes=", ".join(twice[:10]))
        )
    start = sum(len(edits) for edits in have.values())
    if not chosen:
        raise Refused(T("Nothing is chosen."))
    if start + len(chosen) > MOST:
        raise Refused(T("A change takes at most {n} lines. Narrow it down.", n=MOST))
    if not add:
        change.lines = []
        flush_rows(ctx.session)
    ctx.session.insert_many(ChangeLine, [_row(change, start + n, found) for n, found in enumerate(chosen)])
    ctx.session.expire(change, ["lines"])
    note_changes(ctx, change, ("lines", start or None, str(start + len(chosen))))
    return T("{n} lines are chosen.", n=start + len(chosen))


def _row(change: EngineeringChange, position: int, found: Found) -> dict[str, Any]:
    assert found.edit is not None
    style = found.owner.kind == "style"
    return {
        "change_id": change.id,
        "position": position,
        "style_id": found.owner.id if style else None,
        "made_id": None if style else found.owner.id,
        "line_position": found.position,
        "before": found.edit.before,
        "after": found.edit.after,
    }


def has_lines(ctx: Ctx, change: EngineeringChange) -> bool:
    """Were lines chosen? One statement."""
    return (
        ctx.session.scalar(select(ChangeLine.id).where(ChangeLine.change_id == change.id).limit(1))
        is not None
    )
