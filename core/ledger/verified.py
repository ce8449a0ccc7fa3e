"""When the books of a company were verified last, and what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from core.ledger.guard import lock_state
from core.ledger.tables import LedgerState
from core.ledger.values import Verified

if TYPE_CHECKING:
    from core.kernel.context import Ctx


def record_verified(ctx: Ctx, faults: int) -> None:
    """Keep that the ledger has just been verified, and how many faults were found."""
    lock_state(ctx)
    ctx.session.execute(
        update(LedgerState)
        .where(LedgerState.tenant_id == ctx.session.tenant_id)
        .values(verified_at=ctx.now(), verified_by=ctx.actor, faults=faults),
        execution_options={"synchronize_session": False},
    )


def last_verified(ctx: Ctx) -> Verified | None:
    """When the ledger was last verified, by whom, with how many faults; None if never."""
    row = ctx.session.execute(
        select(LedgerState.verified_at, LedgerState.verified_by, LedgerState.faults)
    ).one_or_none()
    if row is None or row[0] is None:
        return None
    return Verified(row[0], row[1], row[2])
