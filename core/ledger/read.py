"""Reading the ledger: balances now and as of a date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    bindparam,
    cast,
    func,
    literal,
    or_,
    select,
    type_coerce,
    union_all,
)

from core.data.among import among
from core.ledger.keys import CHUNK, place_ids
from core.ledger.keys import item_ids as numbers_of
from core.ledger.numbers import items_by_id, places_by_id
from core.ledger.tables import Balance, Closing, Period, StockItem, StockPlace
from core.ledger.tables import Movement as Row
from core.ledger.values import Item, Place
from core.values import ZERO

if TYPE_CHECKING:
    from core.kernel.context import Ctx

_balance, _item, _place = Balance.table(), StockItem.table(), StockPlace.table()
# made once, on tables, the tenant named for each of them: one key is asked for often
_ONE = select(_balance.c.qty).where(
    _balance.c.tenant_id == bindparam("tenant"), _balance.c.item_id == _item.c.id, _balance.c.place_id == _place.c.id,
    _item.c.tenant_id == bindparam("tenant"), _item.c.kind == bindparam("kind"), _item.c.ref_id == bindparam("ref"),
    _item.c.color_id == bindparam("color"), _item.c.size_id == bindparam("size"), _item.c.dest_id == bindparam("dest"),
    _item.c.lot == bindparam("lot"), _item.c.owner_id == bindparam("owner"),
    _place.c.tenant_id == bindparam("tenant"), _place.c.kind == bindparam("place_kind"),
    _place.c.ref_id == bindparam("place_ref"), _place.c.document == bindparam("document"),
    _place.c.document_id == bindparam("document_id"),
)  # fmt: skip
Sums = dict[tuple[Item, Place], Decimal]
Clause = ColumnElement[bool]


def balance(ctx: Ctx, item: Item, place: Place, on: date | None = None) -> Decimal:
    """How much of ``item`` is in ``place`` now, or was there at the end of day ``on``; zero where it never was."""
    if on is not None:
        return balances(ctx, items=[item], places=[place], on=on).get((item, place), ZERO)
    given = {
        "tenant": ctx.session.tenant_id, "kind": item.kind, "ref": item.id, "color": item.color_id, "size": item.size_id,
        "dest": item.dest_id, "lot": item.lot, "owner": item.owner_id, "place_kind": place.kind, "place_ref": place.id,
        "document": place.document.entity if place.document else "",
        "document_id": place.document.id if place.document else 0,
    }  # fmt: skip
    found: Decimal | None = ctx.session.reading_connection().execute(_ONE, given).scalar_one_or_none()
    return found or ZERO


def balances(
    ctx: Ctx,
    *,
    item_kind: str | None = None,
    items: Collection[Item] | None = None,
    item_ids: Collection[int] | None = None,
    places: Collection[Place] | None = None,
    place_kinds: Collection[str] | None = None,
    on: date | None = None,
) -> Sums:
    """Quantities by item and place, now or at the end of day ``on``; zero ones left out.

    ``items`` are exact items; ``item_ids`` are ids of materials (or styles) in all their colours, sizes and lots, given
    together with ``item_kind``. What is given is combined; nothing given means everything.
    """
    at = _numbers_of_places(ctx, places, place_kinds)
    if at is not None and not at:
        return {}
    if items is not None:
        wanted = [
            i
            for i in items
            if (item_kind is None or i.kind == item_kind) and (item_ids is None or i.id in item_ids)
        ]
        known = {number: item for item, number in numbers_of(ctx, wanted).items()}
        sums = list(_sums(ctx, list(known), at, on).items()) if known else []
    elif on is None:
        return _live(ctx, item_kind, item_ids, at)
    else:
        sums = list(_sums(ctx, _narrow(ctx, item_kind, item_ids), at, on).items())
        known = items_by_id(ctx, {number for (number, _place), _qty in sums})
    where = places_by_id(ctx, {place for (_number, place), _qty in sums})
    return {
        (item, where[place]): Decimal(units).scaleb(-6)
        for (number, place), units in sums
        if _fits(item := known[number], item_kind, item_ids)
    }


def totals(
    ctx: Ctx, item_kind: str, item_ids: Collection[int], place_kinds: Collection[str]
) -> dict[int, Decimal]:
    """How much there is now of each of these materials (or styles), in all their colours, sizes and lots, in all places of
    these kinds; those of which there is nothing are left out. One statement."""
    tenant = ctx.session.tenant_id
    units = cast(func.sum(type_coerce(Balance.qty, BigInteger)), BigInteger)
    rows = ctx.session.execute(
        select(StockItem.ref_id, units)
        .join(Balance, (Balance.tenant_id == StockItem.tenant_id) & (Balance.item_id == StockItem.id))
        .join(StockPlace, (StockPlace.tenant_id == Balance.tenant_id) & (StockPlace.id == Balance.place_id))
        .where(StockItem.tenant_id == tenant, StockItem.kind == item_kind, among(StockItem.ref_id, item_ids),
               StockPlace.kind.in_(sorted(place_kinds)))
        .group_by(StockItem.ref_id)
    )  # fmt: skip
    return {ref: Decimal(total).scaleb(-6) for ref, total in rows if total}


def _fits(item: Item, kind: str | None, ids: Collection[int] | None) -> bool:
    return (kind is None or item.kind == kind) and (ids is None or item.id in ids)


def _numbers_of_places(
    ctx: Ctx, places: Collection[Place] | None, kinds: Collection[str] | None
) -> set[int] | None:
    """Numbers of the places meant; None for all."""
    if places is not None:
        return set(place_ids(ctx, [p for p in places if kinds is None or p.kind in kinds]).values())
    if kinds is not None:
        return set(ctx.session.scalars(select(StockPlace.id).where(StockPlace.kind.in_(sorted(kinds)))))
    return None


def _live(ctx: Ctx, kind: str | None, ids: Collection[int] | None, at: set[int] | None) -> Sums:
    """Balances now of the items of a kind, or of some materials or styles, in one statement."""
    # tables, the tenant named: thousands of rows come in half the time
    balance, stock_item = Balance.table().c, StockItem.table().c
    units = type_coerce(balance.qty, BigInteger)
    query = (
        select(balance.item_id, balance.place_id, balance.qty)
        .join_from(
            Balance.table(),
            StockItem.table(),
            (stock_item.tenant_id == balance.tenant_id) & (stock_item.id == balance.item_id),
        )
        .where(balance.tenant_id == ctx.session.tenant_id, units != 0)
    )
    if kind is not None:
        query = query.where(stock_item.kind == kind)
    if at is not None and len(at) <= CHUNK:
        query = query.where(among(balance.place_id, at))
    if ids is not None:
        query = query.where(among(stock_item.ref_id, ids))
    rows = [row for row in ctx.session.execute(query).all() if at is None or row[1] in at]
    known, where = items_by_id(ctx, {row[0] for row in rows}), places_by_id(ctx, {row[1] for row in rows})
    return {(known[number], where[place]): qty for number, place, qty in rows}


def _narrow(ctx: Ctx, kind: str | None, ids: Collection[int] | None) -> Select[Any] | None:
    """Numbers of the items meant where the ids are few; None where it is better to read everything and choose then."""
    if ids is None or len(ids) > CHUNK:
        return None
    tenant = ctx.session.tenant_id
    found = select(StockItem.id).where(StockItem.tenant_id == tenant, among(StockItem.ref_id, ids))
    return found.where(StockItem.kind == kind) if kind else found


def _sums(
    ctx: Ctx, items: list[int] | Select[Any] | None, places: set[int] | None, on: date | None
) -> dict[tuple[int, int], int]:
    """Micro-units by numbers of item and place, in one statement, so that postings meanwhile cannot tear it apart.

    As of a date it starts from the nearest thing known (a closing, the balances now, or nothing at all) and adds the
    movements up to the date, or takes back those after it.
    """
    start, after, until, back = (Balance, None, None, True) if on is None else _anchor(ctx, on)
    statements: list[Any] = []
    if start is not None:
        first = select(start.item_id, literal(0), start.place_id, type_coerce(start.qty, BigInteger)).where(
            start.tenant_id == ctx.session.tenant_id, type_coerce(start.qty, BigInteger) != 0
        )
        if start is Closing:
            first = first.where(Closing.until == (until if back else after))
        if items is not None:
            first = first.where(_one_of(start.item_id, items))
        if places is not None and len(places) <= CHUNK:
            first = first.where(among(start.place_id, places))
        statements.append(first)
    if on is not None:
        source, target = (Row.target_id, Row.source_id) if back else (Row.source_id, Row.target_id)
        moved = select(
            Row.item_id, source, target, cast(func.sum(type_coerce(Row.qty, BigInteger)), BigInteger)
        ).where(Row.tenant_id == ctx.session.tenant_id)
        if after is not None:
            moved = moved.where(Row.day > after)
        if until is not None:
            moved = moved.where(Row.day <= until)
        if items is not None:
            moved = moved.where(_one_of(Row.item_id, items))
        if places is not None and len(places) <= CHUNK:
            few = sorted(places)
            moved = moved.where(or_(among(Row.source_id, few), among(Row.target_id, few)))
        statements.append(moved.group_by(Row.item_id, source, target))
    found: dict[tuple[int, int], int] = defaultdict(int)
    whole: Any = union_all(*statements) if len(statements) > 1 else statements[0]
    for number, came, went, units in ctx.session.execute(whole).all():
        if came:
            found[number, came] -= units
        found[number, went] += units
    return {key: units for key, units in found.items() if units and (places is None or key[1] in places)}


def _one_of(column: Any, items: list[int] | Select[Any]) -> Any:
    return among(column, items) if isinstance(items, list) else column.in_(items)


def _anchor(ctx: Ctx, on: date) -> tuple[Any, date | None, date | None, bool]:
    """Where to start for the end of day ``on``: (table or None, days after, days until, going back in time?)."""
    tenant = ctx.session.tenant_id
    oldest, newest = ctx.session.execute(
        select(
            select(func.min(Row.day)).where(Row.tenant_id == tenant).scalar_subquery(),
            select(func.max(Row.day)).where(Row.tenant_id == tenant).scalar_subquery(),
        )
    ).one()
    if oldest is None or on >= newest:
        return Balance, on, None, True
    choices: list[tuple[int, tuple[Any, date | None, date | None, bool]]] = [
        ((newest - on).days, (Balance, on, None, True)),
        (max(0, (on - oldest).days + 1), (None, None, on, False)),
    ]
    for until in ctx.session.scalars(select(Period.until)):
        if until <= on:
            choices.append(((on - until).days, (Closing, until, on, False)))
        else:
            choices.append(((until - on).days, (Closing, on, until, True)))
    return min(choices, key=lambda c: c[0])[1]
