"""Posting: moves become movements, balances follow in the same transaction, nothing goes below zero at any date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import aliased

from core.errors import Problem, Refused
from core.ledger.bulk import insert_movements
from core.ledger.guard import LARGEST, Key, apply, guard, lock, lock_state, unlock
from core.ledger.keys import chunks, item_ids, place_ids
from core.ledger.numbers import places_by_id
from core.ledger.postings import insert_posting, posted
from core.ledger.tables import Movement, Posting, StockItem
from core.ledger.values import Item, Move, Place
from core.text.i18n import T
from core.values import ZERO, decimal_text

if TYPE_CHECKING:
    from core.kernel.context import Ctx

STEP = Decimal("0.000001")


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
    in a closed period or one to come. Nothing has been posted then.
    """
    wanted = list(moves)
    if not wanted:
        return []
    if on > ctx.today():
        raise Refused(T("The date {day} lies in the future.", day=on.isoformat()))
    _check(ctx, wanted)
    if key:
        done = posted(ctx, key, wanted, entity, entity_id)
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
    places = places_by_id(ctx, {p for m, _ in found for p in (m.source_id, m.target_id)})
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


def _check(ctx: Ctx, moves: Sequence[Move]) -> None:
    """Refuse what no ledger can hold; a kind that nobody declares, or a dimension an item does not have, is a programming
    error."""
    registry, problems = ctx.registry, []
    _known("place", {p.kind for m in moves for p in (m.source, m.target)}, registry.place_kinds)
    _known("movement", {m.kind for m in moves}, registry.movement_kinds)
    _known("item", {m.item.kind for m in moves}, registry.item_kinds)
    for item in {m.item for m in moves}:
        more = _dimensions(item) - registry.item_kinds[item.kind].dimensions
        if more:
            raise ValueError(f"a {item.kind} is not told apart by {', '.join(sorted(more))}")
    for move in moves:
        if not isinstance(move.qty, Decimal):
            raise TypeError(f"a quantity is a Decimal, not {move.qty!r}")
        where = {"line_id": move.line_id, "move": move}
        if not move.qty.is_finite() or move.qty <= 0:
            problems.append(Problem(T("A quantity must be more than zero."), "", where))
        elif move.qty >= LARGEST:
            problems.append(Problem(T("{qty} is too much.", qty=decimal_text(move.qty)), "", where))
        elif move.qty != move.qty.quantize(STEP):
            problems.append(
                Problem(T("{qty} has more than 6 decimals.", qty=decimal_text(move.qty)), "", where)
            )
        if move.source == move.target:
            problems.append(Problem(T("From and to are the same place."), "", where))
        if len(move.item.lot) > 120:
            problems.append(Problem(T("A lot has at most 120 characters."), "", where))
    if problems:
        raise Refused(problems)


def _known(what: str, kinds: set[str], declared: Container[str]) -> None:
    for kind in kinds:
        if kind not in declared:
            raise ValueError(f"there is no kind of {what} {kind!r}")


def _dimensions(item: Item) -> set[str]:
    given = (
        ("color", item.color_id), ("size", item.size_id), ("dest", item.dest_id), ("lot", item.lot), ("owner", item.owner_id)
    )  # fmt: skip
    return {name for name, value in given if value}


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
    items = item_ids(ctx, {m.item for m in moves}, make=True)
    places = place_ids(ctx, {p for m in moves for p in (m.source, m.target)}, make=True)
    closed = lock_state(ctx)
    if closed is not None and on <= closed:
        text = T(
            "The period up to {until} is closed; {day} is too early.",
            until=closed.isoformat(),
            day=on.isoformat(),
        )
        raise Refused([Problem(text, "", {"closed_until": closed})])
    deltas: dict[Key, Decimal] = defaultdict(lambda: ZERO)
    meaning: dict[Key, tuple[Item, Place]] = {}
    for move in moves:
        for place, qty in ((move.source, -move.qty), (move.target, move.qty)):
            at = (items[move.item], places[place])
            deltas[at] += qty
            meaning[at] = (move.item, place)
    rows = lock(ctx, deltas, meaning, on)
    try:
        done = posted(ctx, key, moves, entity, entity_id) if key else None
        if done is None:
            if reverses and _is_any_reversed(ctx, reverses):
                raise Refused(T("It was reversed already, a moment ago."))
            guard(ctx, rows, deltas, meaning, on)
            posting = insert_posting(ctx, entity, entity_id, key, reason)
            done = posted(ctx, key, moves, entity, entity_id) if posting is None else None
    except Refused:
        unlock(ctx, rows)
        raise
    if done is not None:
        unlock(ctx, rows)
        return done
    assert posting is not None
    apply(ctx, rows, deltas, on)
    ids = insert_movements(
        ctx.session,
        posting,
        [
            (
                posting, m.kind, items[m.item], places[m.source], places[m.target], int(m.qty.scaleb(6)), on, m.line_id,
                reverses[n] if reverses else None, _value(m), m.currency,
            )
            for n, m in enumerate(moves)
        ],
    )  # fmt: skip
    ctx.hooks.after_post(moves=moves, entity=entity, entity_id=entity_id)
    return ids


def _is_any_reversed(ctx: Ctx, movements: Iterable[int]) -> bool:
    return any(
        ctx.session.scalar(select(Movement.id).where(Movement.reverses_id.in_(part)).limit(1))
        for part in chunks(movements)
    )


def _value(move: Move) -> int | None:
    if move.value is None:
        return None
    units = move.value.scaleb(4)
    if units != int(units):
        raise ValueError(f"a value has at most 4 decimals, not {move.value}")
    return int(units)
