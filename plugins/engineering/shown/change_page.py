"""What the page of an engineering change shows: its lines before and after, the versions it made."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from core.api import Ctx
from plugins.engineering.models import ChangeLine, ChangeVersion, EngineeringBom, EngineeringChange
from plugins.engineering.services.mass_change.rules import Edit
from plugins.engineering.services.structures import Owner
from plugins.engineering.shown.lines_in_words import shown


def lines(ctx: Ctx, change: EngineeringChange, most: int | None) -> dict[str, Any]:
    """The lines of a change in words, at most so many, and how many there are. A fixed number of statements."""
    line = ChangeLine
    query = (
        select(line.style_id, line.made_id, line.before, line.after)
        .where(line.change_id == change.id)
        .order_by(line.position)
    )
    rows = ctx.session.execute(query.limit(most) if most else query).all()
    every, boms = ctx.session.execute(
        select(func.count(), func.count(func.distinct(func.coalesce(line.style_id, -line.made_id)))).where(
            line.change_id == change.id
        )
    ).one()
    found = [
        (Owner("style", style) if style else Owner("material", made or 0), Edit(before, after), None)
        for style, made, before, after in rows
    ]
    return {"lines": shown(ctx, found), "line_count": every, "bom_count": boms}


def versions(ctx: Ctx, change: EngineeringChange) -> list[dict[str, Any]]:
    """The versions that a change made, with those they were made of. One statement."""
    made, base = aliased(EngineeringBom), aliased(EngineeringBom)
    rows = ctx.session.execute(
        select(made.id, made.number, made.version_no, made.state, base.id, base.number, ChangeVersion.undo)
        .join(ChangeVersion, (ChangeVersion.bom_id == made.id) & (ChangeVersion.tenant_id == made.tenant_id))
        .outerjoin(base, (base.id == ChangeVersion.base_id) & (base.tenant_id == ChangeVersion.tenant_id))
        .where(ChangeVersion.change_id == change.id)
        .order_by(ChangeVersion.id)
    )
    names = ("id", "number", "version", "state", "base_id", "base", "undo")
    return [dict(zip(names, row, strict=True)) for row in rows]
