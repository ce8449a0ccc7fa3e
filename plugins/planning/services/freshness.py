"""Whether anything was saved since a plan was made: told without reading what was saved."""

from __future__ import annotations

import hashlib

from sqlalchemy import func, literal, select, union_all

from core.api import Ctx
from core.db import VersionedRow


def mark_of_data(ctx: Ctx) -> str:
    """Another one after each save of a document or of master data of other plugins. One statement."""
    models = {
        e.model
        for e in ctx.registry.entities.values()
        if issubclass(e.model, VersionedRow) and e.plugin != "planning" and ctx.is_on(e.plugin)
    }
    parts = [
        select(
            literal(model.__tablename__).label("name"), func.count(model.id), func.sum(model.version)
        ).where(model.tenant_id == ctx.session.tenant_id)
        for model in sorted(models, key=lambda each: each.__tablename__)
    ]
    if not parts:
        return ""
    rows = sorted(
        (name, count, int(total or 0)) for name, count, total in ctx.session.execute(union_all(*parts))
    )
    return hashlib.sha256(repr(rows).encode()).hexdigest()
