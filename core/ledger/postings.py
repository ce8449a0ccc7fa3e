"""Postings: what was posted together, under which key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select

from core.errors import Refused
from core.ledger.keys import item_ids, place_ids, upsert
from core.ledger.tables import Movement, Posting
from core.ledger.values import Move
from core.text.i18n import T

if TYPE_CHECKING:
    from core.kernel.context import Ctx


def insert_posting(ctx: Ctx, entity: str, entity_id: int, key: str, reason: str) -> int | None:
    """Insert the posting; None where somebody has just used its key."""
    statement = upsert(ctx.session, Posting).values(
        tenant_id=ctx.session.tenant_id, key=key or None, entity=entity, entity_id=entity_id, at=ctx.now(),
        user_id=ctx.user.id if ctx.user else None, user_name=ctx.actor, reason=reason,
    )  # fmt: skip
    if key:
        statement = statement.on_conflict_do_nothing(index_elements=["tenant_id", "key"])
    number: int | None = ctx.session.execute(statement.returning(Posting.id)).scalar_one_or_none()
    return number


def posted(ctx: Ctx, key: str, moves: Sequence[Move], entity: str, entity_id: int) -> list[int] | None:
    """The movements that were posted under ``key``, None where it is new. Refused where they were something else."""
    first = ctx.session.execute(
        select(Posting.id, Posting.entity, Posting.entity_id).where(Posting.key == key)
    ).one_or_none()
    if first is None:
        return None
    items = item_ids(ctx, {m.item for m in moves})
    places = place_ids(ctx, {p for m in moves for p in (m.source, m.target)})
    wanted = [
        (m.kind, items.get(m.item), places.get(m.source), places.get(m.target), m.qty, m.line_id)
        for m in moves
    ]
    had = ctx.session.execute(
        select(Movement.id, Movement.kind, Movement.item_id, Movement.source_id, Movement.target_id, Movement.qty,
               Movement.line_id).where(Movement.posting_id == first.id).order_by(Movement.id)
    ).all()  # fmt: skip
    if (first.entity, first.entity_id) != (entity, entity_id) or wanted != [tuple(row[1:]) for row in had]:
        raise Refused(T("This was posted already, and with other content. Open it again."))
    return [row.id for row in had]
