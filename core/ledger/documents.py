"""What is there for documents: the sum of what crossed into their places from elsewhere, less what crossed back.

What moves between two places of one document crosses nothing: kept in a store, sent to a factory for it, used up for it, it
is all the same there for that document.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, cast, func, or_, select, type_coerce
from sqlalchemy.orm import aliased

from core.data.among import among
from core.declare.names import EntityRef
from core.ledger.numbers import items_by_id
from core.ledger.tables import Balance, Movement, StockItem, StockPlace
from core.ledger.values import Item

if TYPE_CHECKING:
    from core.kernel.context import Ctx


def held(
    ctx: Ctx, item_kind: str, documents: Collection[EntityRef], but: str = ""
) -> dict[tuple[Item, EntityRef], Decimal]:
    """How much of each item of a kind is there for each of these documents now, in all places of theirs together; those of
    the kind ``but`` left out."""
    at = places_of(ctx, documents, but)
    units = type_coerce(Balance.qty, BigInteger)
    rows = ctx.session.execute(
        select(Balance.item_id, Balance.place_id, units)
        .join(StockItem, (StockItem.tenant_id == Balance.tenant_id) & (StockItem.id == Balance.item_id))
        .where(among(Balance.place_id, at), units != 0, StockItem.kind == item_kind)
    ).all()
    sums: dict[tuple[int, EntityRef], int] = {}
    for item, place, qty in rows:
        sums[item, at[place]] = sums.get((item, at[place]), 0) + qty
    items = items_by_id(ctx, {item for item, _document in sums})
    return {(items[item], document): Decimal(qty).scaleb(-6) for (item, document), qty in sums.items() if qty}


def crossings(
    ctx: Ctx, item_kind: str, documents: Collection[EntityRef]
) -> dict[tuple[Item, EntityRef, date], Decimal]:
    """How that came about, by business date: what came (+) for a document and what went (-) elsewhere. Added up it is what
    :func:`held` says. A reversal counts on the day of what it takes back: what was taken back never came."""
    at = places_of(ctx, documents)
    tenant, row, first = ctx.session.tenant_id, Movement, aliased(Movement)
    day = func.coalesce(first.day, row.day)
    seen = (
        select(Balance.item_id)
        .join(StockItem, (StockItem.tenant_id == Balance.tenant_id) & (StockItem.id == Balance.item_id))
        .where(Balance.tenant_id == tenant, among(Balance.place_id, at), StockItem.kind == item_kind)
    )
    rows = ctx.session.execute(
        select(row.item_id, row.source_id, row.target_id, day,
               cast(func.sum(type_coerce(row.qty, BigInteger)), BigInteger))
        .outerjoin(first, (first.tenant_id == row.tenant_id) & (first.id == row.reverses_id))
        .where(row.tenant_id == tenant, row.item_id.in_(seen), or_(among(row.source_id, at), among(row.target_id, at)))
        .group_by(row.item_id, row.source_id, row.target_id, day)
    ).all()  # fmt: skip
    sums: dict[tuple[int, EntityRef, date], int] = {}
    for item, source, target, on, qty in rows:
        came, went = at.get(target), at.get(source)
        if came == went:
            continue
        for document, sign in ((came, 1), (went, -1)):
            if document is not None:
                sums[item, document, on] = sums.get((item, document, on), 0) + sign * qty
    items = items_by_id(ctx, {item for item, _document, _on in sums})
    return {
        (items[item], document, on): Decimal(qty).scaleb(-6)
        for (item, document, on), qty in sums.items()
        if qty
    }


def places_of(ctx: Ctx, documents: Collection[EntityRef], but: str = "") -> dict[int, EntityRef]:
    """Numbers of the places that are there for these documents; one statement for each kind of document."""
    kinds: dict[str, set[int]] = {}
    for document in documents:
        kinds.setdefault(document.entity, set()).add(document.id)
    return {
        number: EntityRef(entity, document)
        for entity, ids in kinds.items()
        for number, document in ctx.session.execute(
            select(StockPlace.id, StockPlace.document_id).where(
                StockPlace.document == entity, among(StockPlace.document_id, ids), StockPlace.kind != but
            )
        )
    }
