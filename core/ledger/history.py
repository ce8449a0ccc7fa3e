"""The movements behind the figures: lists of them, and the card of one item in one place."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, or_, select

from core.data.among import among
from core.declare.names import EntityRef
from core.ledger.documents import places_of
from core.ledger.keys import CHUNK, ITEM_COLUMNS, place_ids
from core.ledger.keys import item_ids as numbers_of
from core.ledger.numbers import items_by_id, places_by_id
from core.ledger.read import balance
from core.ledger.tables import Balance, Posting, StockItem
from core.ledger.tables import Movement as Row
from core.ledger.values import Item, Movement, Place, Step
from core.values import ZERO

if TYPE_CHECKING:
    from core.kernel.context import Ctx

Clause = ColumnElement[bool]


def movements(
    ctx: Ctx,
    *,
    item: Item | None = None,
    ids: Collection[int] | None = None,
    item_kind: str | None = None,
    item_ids: Collection[int] | None = None,
    place: Place | None = None,
    documents: Collection[EntityRef] | None = None,
    entity: str | None = None,
    entity_id: int | None = None,
    since: date | None = None,
    until: date | None = None,
    limit: int | None = 200,
    before_id: int | None = None,
) -> list[Movement]:
    """Movements, the one posted last first; what is given is combined.

    ``place`` is where they come from or go to; ``since`` and ``until`` are business dates, both included. The next page
    starts ``before_id`` of the last one shown; ``limit`` None is all. ``item_ids`` go together with ``item_kind``.
    ``ids`` are numbers of movements already known (of :func:`steps`); with them nothing else is asked. Nor with
    ``documents``: all that came to or left the places that are there for these.
    """
    if ids is not None:
        return _read(ctx, ids)
    if documents is not None:
        return _read(ctx, _of_documents(ctx, documents))
    where: list[Clause] = []
    narrow = item is not None or item_ids is not None or entity_id is not None or None not in (since, until)
    if item is not None:
        number = numbers_of(ctx, [item]).get(item)
        if number is None:
            return []
        where.append(Row.item_id == number)
    if place is not None:
        at = place_ids(ctx, [place]).get(place)
        if at is None:
            return []
        where.append(or_(Row.source_id == at, Row.target_id == at))
        seen = _seen_in(ctx, at) if item is None else None
        if seen is not None:
            narrow = True
            where.append(among(Row.item_id, seen))
    if since is not None:
        where.append(Row.day >= since)
    if until is not None:
        where.append(Row.day <= until)
    if before_id is not None:
        where.append(Row.id < before_id)
    if entity is not None:
        where.append(Posting.entity == entity)
    if entity_id is not None:
        where.append(Posting.entity_id == entity_id)
    if item_kind is not None:
        where.append(StockItem.kind == item_kind)
    if item_ids is not None:
        where.append(among(StockItem.ref_id, item_ids))
    by_item = item_kind is not None or item_ids is not None
    by_document = entity is not None or entity_id is not None
    return _newest(ctx, where, by_item, by_document, narrow, limit)


def _seen_in(ctx: Ctx, place: int) -> list[int] | None:
    """The items that were ever in a place where they are few (then an index of items finds them), else None."""
    query = select(Balance.item_id).where(Balance.place_id == place).limit(CHUNK + 1)
    seen = ctx.session.scalars(query).all()
    return sorted(seen) if len(seen) <= CHUNK else None


def _of_documents(ctx: Ctx, documents: Collection[EntityRef]) -> list[int]:
    at = places_of(ctx, documents)
    seen = select(Balance.item_id).where(
        among(Balance.place_id, at)
    )  # an index of items finds their movements
    here = or_(among(Row.source_id, at), among(Row.target_id, at))
    return list(ctx.session.scalars(select(Row.id).where(Row.item_id.in_(seen), here)))


def _newest(
    ctx: Ctx, where: list[Clause], by_item: bool, by_document: bool, narrow: bool, limit: int | None
) -> list[Movement]:
    """``narrow`` says that an index finds the rows: then the database must not walk back through all ids instead."""
    query = select(Row.id).where(*where).order_by((Row.id + 0 if narrow else Row.id).desc()).limit(limit)
    if by_document:
        query = query.join(Posting, (Posting.tenant_id == Row.tenant_id) & (Posting.id == Row.posting_id))
    if by_item:
        query = query.join(StockItem, (StockItem.tenant_id == Row.tenant_id) & (StockItem.id == Row.item_id))
    return _read(ctx, ctx.session.scalars(query).all())


def _read(ctx: Ctx, ids: Collection[int]) -> list[Movement]:
    """Movements by id, the newest first; each table by its key alone, which no planner can get wrong."""
    rows = ctx.session.execute(
        select(Row.id, Row.kind, Row.item_id, Row.source_id, Row.target_id, Row.qty, Row.day, Row.line_id, Row.value,
               Row.currency, Row.posting_id, Row.reverses_id)
        .where(among(Row.id, ids)).order_by(Row.id.desc())
    ).all()  # fmt: skip
    headers = {
        posting.id: posting
        for posting in ctx.session.execute(
            select(
                Posting.id, Posting.entity, Posting.entity_id, Posting.at, Posting.user_name, Posting.reason
            ).where(among(Posting.id, (row.posting_id for row in rows)))
        )
    }
    taken = ctx.session.execute(select(Row.reverses_id, Row.id).where(among(Row.reverses_id, ids)))
    back = {row[0]: row[1] for row in taken}
    items = items_by_id(ctx, {row.item_id for row in rows})
    places = places_by_id(ctx, {place for row in rows for place in (row.source_id, row.target_id)})
    found = []
    for r in rows:
        h = headers[r.posting_id]
        found.append(
            Movement(
                r.id, r.kind, items[r.item_id], places[r.source_id], places[r.target_id], r.qty, r.day, r.line_id, r.value,
                r.currency, h.entity, h.entity_id, h.at, h.user_name, h.reason, r.reverses_id, back.get(r.id),
            )
        )  # fmt: skip
    return found


def steps(
    ctx: Ctx, item_kind: str, item_id: int, *, since: date | None = None, until: date | None = None
) -> list[Step]:
    """All movements of a material (or style) in all colours, sizes and lots, by business date, as light as can be: three
    statements, however many. What a page of them says more is read by :func:`movements` with their ``ids``."""
    where: list[Clause] = [StockItem.kind == item_kind, StockItem.ref_id == item_id]
    items = {
        number: Item(*values)
        for number, *values in ctx.session.execute(select(StockItem.id, *ITEM_COLUMNS).where(*where))
    }
    rows = ctx.session.execute(
        select(Row.day, Row.id, Row.item_id, Row.source_id, Row.target_id, Row.qty).where(
            among(Row.item_id, items),
            *([Row.day >= since] if since else []),
            *([Row.day <= until] if until else []),
        )
    ).all()
    places = places_by_id(ctx, {place for row in rows for place in row[3:5]})
    return [
        Step(number, day, items[item], places[source], places[target], qty)
        for day, number, item, source, target, qty in sorted(rows, key=lambda row: (row[0], row[1]))
    ]


def card(
    ctx: Ctx, item: Item, place: Place, *, since: date | None = None, until: date | None = None
) -> tuple[Decimal, list[tuple[Movement, Decimal]]]:
    """The stock card of an item in a place: what was there before ``since``, then each movement by business date with the
    balance after it."""
    opening = balance(ctx, item, place, since - timedelta(days=1)) if since is not None else ZERO
    rows = movements(ctx, item=item, place=place, since=since, until=until, limit=None)
    running, found = opening, []
    for each in sorted(rows, key=lambda m: (m.on, m.id)):
        running += each.sign(place) * each.qty
        found.append((each, running))
    return opening, found
