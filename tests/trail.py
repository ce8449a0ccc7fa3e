"""What the audit trail of a tenant says."""

from __future__ import annotations

from sqlalchemy import select

from core.data.records import AuditEntry
from core.kernel.context import Ctx


def audited(ctx: Ctx, entity: str) -> list[str]:
    """What was done to rows of ``entity``, in order; reads what others have committed meanwhile."""
    ctx.session.rollback()
    return list(
        ctx.session.scalars(
            select(AuditEntry.action).where(AuditEntry.entity == entity).order_by(AuditEntry.id)
        )
    )
