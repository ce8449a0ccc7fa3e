"""Letting go of what is kept for documents that are over."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core import ledger
from core.api import Ctx, T, record_audit
from plugins.stock import places, stores
from plugins.stock.models import Store


def follow(ctx: Ctx, entity: str, row: Any) -> None:
    """After an action: what is still kept for a document that is over (its state is a closed one) becomes free stock.

    One posting, named after the document; its record says what was released. Refused where today's period is closed.
    """
    declared = ctx.registry.get(entity)
    if not any(state.code == row.state and state.closed for state in declared.states):
        return
    kept = _kept(ctx, entity, row.id)
    if not kept:
        return
    number = str(getattr(row, declared.key))
    moves = [
        ledger.Move("release", item, place, stores.place(place.id), qty)
        for (item, place), qty in kept.items()
    ]
    ledger.post(ctx, moves, entity=entity, entity_id=row.id, on=ctx.today(), reason=number)
    called = ledger.names(ctx, [move.item for move in moves])
    record_audit(
        ctx, entity, row.id, "edit", number=number, reason=str(T("What was kept for it was released.")),
        changes=[(called[m.item].name, m.qty, Decimal(0)) for m in moves],
    )  # fmt: skip


def _kept(ctx: Ctx, entity: str, id: int) -> dict[tuple[ledger.Item, ledger.Place], Decimal]:
    where = [places.reserved(store, entity, id) for store in ctx.session.scalars(select(Store.id))]
    return {at: qty for at, qty in ledger.balances(ctx, places=where).items() if qty > 0}
