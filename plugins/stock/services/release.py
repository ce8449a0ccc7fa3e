"""Letting go of what is kept for documents that are over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core import ledger
from core.api import Ctx, EntityRef, T, Text, record_audit
from core.db import among
from plugins.stock.models import Store
from plugins.stock.services import keepers, places, stores


def over(ctx: Ctx, documents: Iterable[EntityRef]) -> set[EntityRef]:
    """Those of these documents that are over: their state is a closed one. One query for each kind of document."""
    kinds: dict[str, set[int]] = defaultdict(set)
    for document in documents:
        kinds[document.entity].add(document.id)
    found: set[EntityRef] = set()
    for entity, ids in kinds.items():
        declared = ctx.registry.entities.get(entity)
        closed = [state.code for state in declared.states if state.closed] if declared else []
        if declared and closed:
            model: Any = declared.model
            rows = ctx.session.scalars(select(model.id).where(among(model.id, ids), model.state.in_(closed)))
            found |= {EntityRef(entity, id) for id in rows}
    return found


def release_after(ctx: Ctx, entity: str, row: Any) -> None:
    """After an action: what is still kept for a document that is over becomes free stock.

    One posting, named after the document; its record says what was released. Refused where today's period is closed.
    """
    declared = ctx.registry.get(entity)
    closed = any(state.code == row.state and state.closed for state in declared.states)
    if closed and entity in keepers.kinds(ctx):
        _let_go(ctx, entity, row)


def came_to_be_kept(moves: Sequence[ledger.Move]) -> set[EntityRef]:
    """Documents that something came to be kept for."""
    return {
        move.target.document
        for move in moves
        if move.target.kind == "reserved" and move.kind != "release" and move.target.document is not None
    }


def after(ctx: Ctx, moves: Sequence[ledger.Move]) -> None:
    """After a posting: what came to be kept for a document that is over (something was taken back) is let go at once."""
    came = came_to_be_kept(moves)
    for document in over(ctx, came) if came else ():
        model = ctx.registry.get(document.entity).model
        _let_go(ctx, document.entity, ctx.session.get_one(model, (ctx.session.tenant_id, document.id)))


def _let_go(ctx: Ctx, entity: str, row: Any) -> None:
    number = str(getattr(row, ctx.registry.get(entity).key))
    said = T("What was kept for it was released.")
    let_go(ctx, EntityRef(entity, row.id), number, _kept(ctx, entity, row.id), said)


def let_go(
    ctx: Ctx,
    owner: EntityRef,
    number: str,
    kept: Mapping[tuple[ledger.Item, ledger.Place], Decimal],
    said: Text,
) -> None:
    """What is kept for a document at these places becomes free stock, in one posting named after it; its record says so."""
    if not kept:
        return
    moves = [
        ledger.Move("release", item, place, stores.place(place.id), qty)
        for (item, place), qty in kept.items()
    ]
    ledger.post(ctx, moves, entity=owner.entity, entity_id=owner.id, on=ctx.today(), reason=number)
    called = ledger.names(ctx, [move.item for move in moves])
    record_audit(
        ctx, owner.entity, owner.id, "edit", number=number, reason=str(said),
        changes=[(called[m.item].name, m.qty, Decimal(0)) for m in moves],
    )  # fmt: skip


def _kept(ctx: Ctx, entity: str, id: int) -> dict[tuple[ledger.Item, ledger.Place], Decimal]:
    where = [places.reserved(store, entity, id) for store in ctx.session.scalars(select(Store.id))]
    return {at: qty for at, qty in ledger.balances(ctx, places=where).items() if qty > 0}
