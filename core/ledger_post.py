"""Posting: moves become movements, balances follow in the same transaction, nothing goes below zero at any date.

Locks are taken in one order, so that people who post together wait and never block each other: new items and places,
the tenant's ledger state (shared; closing takes it alone), new balance rows by key, existing ones by key.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, or_, select, union_all, update
from sqlalchemy.orm import aliased

from core.errors import Problem, Refused
from core.i18n import T
from core.ledger_keys import chunks, insert_missing, item_ids, names, place_ids, upsert
from core.ledger_values import INSIDE, OUTSIDE, Item, Move, Named, Place
from core.stock_models import Balance, LedgerState, Movement, Posting, StockItem, StockPlace

if TYPE_CHECKING:
    from core.context import Ctx

Key = tuple[int, int]
LARGEST = Decimal(10) ** 12
ZERO = Decimal(0)
STEP = Decimal("0.000001")


@dataclass
class _Row:
    """A balance row under lock."""

    id: int
    qty: Decimal
    latest: date


def plain(qty: Decimal) -> str:
    """A quantity as people write it: no exponent, no trailing zeros."""
    return f"{qty.normalize():f}" if qty else "0"


def post(
    ctx: Ctx,
    moves: Iterable[Move],
    *,
    entity: str,
    entity_id: int,
    on: date,
    key: str = "",
    reason: str = "",
) -> list[int]:
    """Post ``moves`` of document ``entity`` ``entity_id`` on business date ``on``; returns the movements' ids in order.

    All or nothing, in the caller's transaction; no moves is no posting. ``key`` makes it repeatable: the same key with
    the same content posts once and returns the first ids; with other content it is refused.
    Refused: quantity not above zero or with more than 6 decimals, too little in a place now or at any later date, a date
    in a closed period, a veto of a plugin (``before_post``). Nothing has been posted then.
    """
    wanted = list(moves)
    if not wanted:
        return []
    _check(wanted)
    if key:
        done = _posted(ctx, key, wanted, entity, entity_id)
        if done is not None:
            return done
    return _run(ctx, wanted, None, entity, entity_id, on, key, reason)


def reverse(
    ctx: Ctx,
    *,
    entity: str,
    entity_id: int,
    on: date,
    reason: str = "",
    line_ids: Iterable[int] | None = None,
) -> list[int]:
    """Take back what a document posted (or those of its lines only): one movement for each, places exchanged.

    Each movement is taken back once. Refused: nothing left to take back (a reversal is never reversed), ``on`` before the
    date of the original, what was received is no longer there, a closed period.
    """
    other = aliased(Movement)
    query = (
        select(Movement, StockItem, Posting.id)
        .join(Posting, (Posting.tenant_id == Movement.tenant_id) & (Posting.id == Movement.posting_id))
        .join(StockItem, (StockItem.tenant_id == Movement.tenant_id) & (StockItem.id == Movement.item_id))
        .outerjoin(other, (other.tenant_id == Movement.tenant_id) & (other.reverses_id == Movement.id))
        .where(Posting.entity == entity, Posting.entity_id == entity_id)
        .where(Movement.reverses_id.is_(None), other.id.is_(None))
        .order_by(Movement.id)
    )
    if line_ids is not None:
        query = query.where(Movement.line_id.in_(sorted(set(line_ids))))
    found = [(row[0], row[1]) for row in ctx.session.execute(query)]
    if not found:
        raise Refused(T("There is nothing to reverse: it was not posted, or it is reversed already."))
    late = max(m.day for m, _item in found)
    if on < late:
        raise Refused(T("A reversal cannot be dated before what it reverses ({day}).", day=late.isoformat()))
    places = _places(ctx, {p for m, _ in found for p in (m.source_id, m.target_id)})
    moves = [
        Move(
            m.kind,
            Item(i.kind, i.ref_id, i.color_id, i.size_id, i.dest_id, i.lot, i.owner_id),
            places[m.target_id],
            places[m.source_id],
            m.qty,
            m.line_id,
            m.value,
            m.currency,
        )
        for m, i in found
    ]
    return _run(ctx, moves, [m.id for m, _ in found], entity, entity_id, on, "", reason)


def _places(ctx: Ctx, ids: set[int]) -> dict[int, Place]:
    rows = ctx.session.execute(
        select(StockPlace.id, StockPlace.kind, StockPlace.ref_id, StockPlace.sub).where(
            StockPlace.id.in_(ids)
        )
    )
    return {number: Place(kind, ref_id, sub) for number, kind, ref_id, sub in rows}


def _check(moves: Sequence[Move]) -> None:
    """Refuse what no ledger can hold; a place or kind that does not exist is a programming error."""
    problems = []
    for move in moves:
        for place in (move.source, move.target):
            if place.kind not in INSIDE and place.kind not in OUTSIDE:
                raise ValueError(f"there is no kind of place {place.kind!r}")
        if not isinstance(move.qty, Decimal):
            raise TypeError(f"a quantity is a Decimal, not {move.qty!r}")
        where = {"line_id": move.line_id, "move": move}
        if not move.qty.is_finite() or move.qty <= 0:
            problems.append(Problem(T("A quantity must be more than zero."), "", where))
        elif move.qty >= LARGEST:
            problems.append(Problem(T("{qty} is too much.", qty=plain(move.qty)), "", where))
        elif move.qty != move.qty.quantize(STEP):
            problems.append(Problem(T("{qty} has more than 6 decimals.", qty=plain(move.qty)), "", where))
        if move.source == move.target:
            problems.append(Problem(T("From and to are the same place."), "", where))
        if len(move.item.lot) > 120:
            problems.append(Problem(T("A lot has at most 120 characters."), "", where))
    if problems:
        raise Refused(problems)


def _run(
    ctx: Ctx,
    moves: list[Move],
    reverses: list[int] | None,
    entity: str,
    entity_id: int,
    on: date,
    key: str,
    reason: str,
) -> list[int]:
    vetoes = ctx.hooks.each("before_post", moves=moves, entity=entity, entity_id=entity_id)
    if vetoes:
        raise Refused([Problem(v.reason, "", {"block": v}) for v in vetoes])
    items = item_ids(ctx, {m.item for m in moves}, make=True)
    places = place_ids(ctx, {p for m in moves for p in (m.source, m.target)}, make=True)
    closed = lock_state(ctx)
    if closed is not None and on <= closed:
        raise Refused(
            T(
                "The period up to {until} is closed; {day} is too early.",
                until=closed.isoformat(),
                day=on.isoformat(),
            )
        )
    deltas: dict[Key, Decimal] = defaultdict(lambda: ZERO)
    meaning: dict[Key, tuple[Item, Place]] = {}
    for move in moves:
        for place, qty in ((move.source, -move.qty), (move.target, move.qty)):
            at = (items[move.item], places[place])
            deltas[at] += qty
            meaning[at] = (move.item, place)
    rows = _lock(ctx, meaning, on)
    if key:
        done = _posted(ctx, key, moves, entity, entity_id)
        if done is not None:
            return done
    if reverses is not None and ctx.session.scalar(
        select(func.count()).select_from(Movement).where(Movement.reverses_id.in_(reverses))
    ):
        raise Refused(T("It was reversed already, a moment ago."))
    _guard(ctx, rows, deltas, meaning, on)
    posting = _header(ctx, entity, entity_id, key, reason)
    if posting is None:
        again = _posted(ctx, key, moves, entity, entity_id)
        assert again is not None
        return again
    _apply(ctx, rows, deltas, on)
    ctx.session.insert_many(
        Movement,
        [
            {
                "posting_id": posting, "kind": m.kind, "item_id": items[m.item], "source_id": places[m.source],
                "target_id": places[m.target], "qty": m.qty, "day": on, "line_id": m.line_id, "value": m.value,
                "currency": m.currency, "reverses_id": reverses[n] if reverses else None,
            }
            for n, m in enumerate(moves)
        ],
    )  # fmt: skip
    ids = _ids(ctx, posting)
    ctx.hooks.after_post(moves=moves, entity=entity, entity_id=entity_id)
    return ids


def lock_state(ctx: Ctx, *, alone: bool = False) -> date | None:
    """Take part in the ledger (posting) or have it ``alone`` (closing, rebuilding) until the transaction ends.

    Returns the date up to which it is closed.
    """
    query = select(LedgerState.id, LedgerState.closed_until).with_for_update(
        read=not alone, key_share=not alone
    )
    row = ctx.session.execute(query).one_or_none()
    if row is None:
        insert_missing(ctx.session, LedgerState, [{"verified_by": "", "faults": 0}], ())
        row = ctx.session.execute(query).one()
    return row.closed_until


def _lock(ctx: Ctx, meaning: Mapping[Key, tuple[Item, Place]], on: date) -> dict[Key, _Row]:
    """The balance rows of these keys, locked in key order; those missing are made first, with zero."""
    rows = _rows(ctx, meaning, lock=False)
    missing = sorted(key for key in meaning if key not in rows)
    if missing:
        fresh = [
            {"item_id": k[0], "place_id": k[1], "inside": meaning[k][1].inside, "qty": ZERO, "latest": on}
            for k in missing
        ]
        insert_missing(ctx.session, Balance, fresh, ("item_id", "place_id"))
    if missing or ctx.session.get_bind().dialect.name != "sqlite":  # SQLite has one writer: us
        rows = _rows(ctx, meaning, lock=True)
    return rows


def _rows(ctx: Ctx, meaning: Mapping[Key, object], *, lock: bool) -> dict[Key, _Row]:
    found: dict[Key, _Row] = {}
    places = sorted({place for _item, place in meaning})
    for part in chunks(item for item, _place in meaning):
        query = select(Balance.item_id, Balance.place_id, Balance.id, Balance.qty, Balance.latest).where(
            Balance.item_id.in_(part), Balance.place_id.in_(places)
        )
        if lock:
            query = query.order_by(Balance.item_id, Balance.place_id).with_for_update()
        for item, place, number, qty, latest in ctx.session.execute(query):
            if (item, place) in meaning:
                found[item, place] = _Row(number, qty, latest)
    return found


def _guard(
    ctx: Ctx,
    rows: Mapping[Key, _Row],
    deltas: Mapping[Key, Decimal],
    meaning: Mapping[Key, tuple[Item, Place]],
    on: date,
) -> None:
    """Refuse what would leave less than nothing in an inside place, now or at the end of any day from ``on``."""
    taken = [k for k, delta in deltas.items() if delta < 0 and meaning[k][1].inside]
    least = {k: rows[k].qty for k in taken}
    past = {k: rows[k].qty for k in taken if rows[k].latest > on}
    if past:
        for key, _day, net in _later(ctx, past, on):
            past[key] -= net
            least[key] = min(least[key], past[key])
    short = [k for k in taken if least[k] + deltas[k] < 0]
    if short:
        called = names(ctx, (meaning[k][0] for k in short), (meaning[k][1] for k in short))
        raise Refused([_shortage(called, *meaning[k], rows[k].qty, least[k], -deltas[k], on) for k in short])
    for key, delta in deltas.items():
        if abs(rows[key].qty + delta) >= LARGEST:
            raise Refused(T("{qty} is too much.", qty=plain(abs(delta))))


def _shortage(
    called: Mapping[Item | Place, Named],
    item: Item,
    place: Place,
    now: Decimal,
    least: Decimal,
    asked: Decimal,
    on: date,
) -> Problem:
    unit = called[item].unit
    params = {"item": called[item].name, "place": called[place].name, "asked": plain(asked)}
    there = f"{plain(min(now, least))} {unit}".strip()
    if now >= asked:
        text = T("{item} in {place}: from {day} on only {there} could be taken, {asked} asked.",
                 there=there, day=on.isoformat(), **params)  # fmt: skip
    else:
        text = T("{item} in {place}: {there} there, {asked} asked.", there=there, **params)
    return Problem(text, "", {"item": item, "place": place, "there": min(now, least), "asked": asked})


def _later(ctx: Ctx, keys: Collection[Key], on: date) -> list[tuple[Key, date, Decimal]]:
    """Net change of each key by day, for the days after ``on``, newest first."""
    found: list[tuple[Key, date, Decimal]] = []
    places = sorted({place for _item, place in keys})
    for part in chunks(item for item, _place in keys):
        sides = [
            select(Movement.item_id.label("item"), place.label("place"), Movement.day.label("day"),
                   func.sum(qty).label("net"))
            .where(Movement.tenant_id == ctx.session.tenant_id, Movement.day > on)
            .where(Movement.item_id.in_(part), place.in_(places))
            .group_by(Movement.item_id, place, Movement.day)
            for place, qty in ((Movement.target_id, Movement.qty), (Movement.source_id, -Movement.qty))
        ]  # fmt: skip
        for item, place, day, net in ctx.session.execute(union_all(*sides)):
            if (item, place) in keys:
                found.append(((item, place), day, net))
    days: dict[tuple[Key, date], Decimal] = defaultdict(lambda: ZERO)
    for key, day, net in found:
        days[key, day] += net
    return [(key, day, net) for (key, day), net in sorted(days.items(), key=lambda d: d[0][1], reverse=True)]


def _header(ctx: Ctx, entity: str, entity_id: int, key: str, reason: str) -> int | None:
    """Insert the posting; None where somebody has just used its key."""
    statement = upsert(ctx.session, Posting).values(
        tenant_id=ctx.session.tenant_id, key=key or None, entity=entity, entity_id=entity_id, at=ctx.now(),
        user_id=ctx.user.id if ctx.user else None, user_name=ctx.actor, reason=reason,
    )  # fmt: skip
    if key:
        statement = statement.on_conflict_do_nothing(index_elements=["tenant_id", "key"])
    number: int | None = ctx.session.execute(statement.returning(Posting.id)).scalar_one_or_none()
    return number


def _apply(ctx: Ctx, rows: Mapping[Key, _Row], deltas: Mapping[Key, Decimal], on: date) -> None:
    """Add each key's change to its balance row, in key order. The condition is a second lock on the door."""
    table = Balance.table()
    delta, day = bindparam("delta", type_=table.c.qty.type), bindparam("day", type_=table.c.latest.type)
    statement = (
        update(table)
        .where(table.c.tenant_id == bindparam("tenant"), table.c.id == bindparam("row"))
        .where(or_(~table.c.inside, table.c.qty + delta >= 0))
        .values(qty=table.c.qty + delta, latest=day)
    )
    tenant = ctx.session.tenant_id
    changes = [
        {"tenant": tenant, "row": rows[k].id, "delta": deltas[k], "day": max(rows[k].latest, on)}
        for k in sorted(deltas)
    ]
    done: Any = ctx.session.connection().execute(statement, changes)
    if done.rowcount != len(changes):
        raise RuntimeError("a balance row changed under its lock")


def _ids(ctx: Ctx, posting: int) -> list[int]:
    return list(
        ctx.session.scalars(select(Movement.id).where(Movement.posting_id == posting).order_by(Movement.id))
    )


def _posted(ctx: Ctx, key: str, moves: Sequence[Move], entity: str, entity_id: int) -> list[int] | None:
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
