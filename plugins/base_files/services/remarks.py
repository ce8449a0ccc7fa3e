"""Remarks: what people write about a document, beside what the audit trail knows of it."""

from __future__ import annotations

from sqlalchemy import select

from core.api import Ctx
from plugins.base_files.models import Remark


def add_remark(ctx: Ctx, entity: str, entity_id: int, body: str) -> Remark:
    """Put a remark on a document. Whether this person may see the document is the caller's question."""
    row = Remark(
        at=ctx.now(), user_id=ctx.user.id if ctx.user else None, user_name=ctx.actor, entity=entity, entity_id=entity_id,
        body=body,
    )  # fmt: skip
    ctx.session.add(row)
    return row


def remarks(ctx: Ctx, entity: str, entity_id: int) -> list[Remark]:
    """Remarks on one document, newest first."""
    found = select(Remark).where(Remark.entity == entity, Remark.entity_id == entity_id)
    return list(ctx.session.scalars(found.order_by(Remark.id.desc())))
