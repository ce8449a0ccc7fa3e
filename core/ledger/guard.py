"""The lock on the door of every place: balance rows are taken in one order, and nothing may go below zero at any date.

Locks are taken in one order, so that people who post together wait and never block each other: new items and places,
the tenant's ledger state (shared; closing takes it alone), new balance rows by key, existing ones by key.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select, union_all

from core.errors import Problem, Refused
from core.ledger.bulk import add_missing_balances, change_balances, drop_balances
from core.ledger.keys import ARRAY_CHUNK, CHUNK, any_of, chunks, insert_missing, names, outside_kinds
from core.ledger.tables import Balance, LedgerState, Movement
from core.ledger.values import Item, Named, Place
from core.text.i18n import T
from core.values import ZERO, decimal_text
from core.values.quantities import shown_in

if TYPE_CHECKING:
    from core.kernel.context import Ctx

Key = tuple[int, int]
"""Numbers of an item and a place."""
LARGEST = Decimal(10) ** 12
_balance = Balance.table()


@lru_cache
def _find(dialect: str, lock: bool) -> Any:
    """Balance rows by items and places: a statement on the table, made once, the tenant named in it."""
    query = select(
        _balance.c.item_id, _balance.c.place_id, _balance.c.id, _balance.c.qty, _balance.c.latest
    ).where(
        _balance.c.tenant_id == bindparam("tenant"),
        any_of(dialect, _balance.c.item_id, "items"),
        any_of(dialect, _balance.c.place_id, "places"),
    )
    return query.order_by(_balance.c.item_id, _balance.c.place_id).with_for_update() if lock else query


@dataclass(slots=True)
class BalanceRow:
    """A balance row under lock, as it was before. ``made``: there was none, and it is written with its change."""

    id: int
    qty: Decimal
    latest: date
    made: bool = False


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
    closed: date | None = row.closed_until
    return closed


def lock(
    ctx: Ctx, deltas: Mapping[Key, Decimal], meaning: Mapping[Key, tuple[Item, Place]], on: date
) -> dict[Key, BalanceRow]:
    """The balance rows of these keys, locked in key order. Those that were missing are made first and hold their change
    already (``made``): a row that is written once has its references checked once. Who does not go on calls :func:`unlock`.

    Where an inside place has no row there is nothing to take, and too much goes nowhere: no row is made then, it is as if
    there were zero, and :func:`guard` refuses."""
    outside, most = outside_kinds(ctx), int(LARGEST.scaleb(6))

    def new(keys: Collection[Key]) -> list[tuple[int, int, bool, int, date]]:
        fresh = [(*k, meaning[k][1].kind not in outside, int(deltas[k].scaleb(6)), on) for k in sorted(keys)]
        return [row for row in fresh if (row[3] >= 0 or not row[2]) and abs(row[3]) < most]

    made, rows = set[Key](), dict[Key, BalanceRow]()
    if ctx.session.get_bind().dialect.name == "postgresql":
        if fresh := new(deltas):
            made = add_missing_balances(ctx.session, fresh)
        others = {key: None for key in deltas if key not in made}
        if others:
            rows = _rows(ctx, others, lock=True)
    else:  # SQLite has one writer: us
        rows = _rows(ctx, deltas, lock=False)
        if fresh := new([key for key in deltas if key not in rows]):
            made = add_missing_balances(ctx.session, fresh)
    none = (BalanceRow(0, ZERO, on, key in made) for key in deltas)
    return {key: rows.get(key) or row for key, row in zip(deltas, none, strict=True)}


def unlock(ctx: Ctx, rows: Mapping[Key, BalanceRow]) -> None:
    """Nothing is posted after all: take the rows away that :func:`lock` made, which hold a change that did not happen."""
    made = [key for key, row in rows.items() if row.made]
    if made:
        drop_balances(ctx.session, [row.id for row in _rows(ctx, dict.fromkeys(made), lock=False).values()])


def _rows(ctx: Ctx, meaning: Mapping[Key, object], *, lock: bool) -> dict[Key, BalanceRow]:
    found: dict[Key, BalanceRow] = {}
    connection, tenant = ctx.session.connection(), ctx.session.tenant_id
    places = sorted({place for _item, place in meaning})
    for part in chunks((item for item, _place in meaning), ARRAY_CHUNK if lock else CHUNK):
        given = {"tenant": tenant, "items": part, "places": places}
        rows = connection.execute(_find(connection.dialect.name, lock), given).all()
        for item, place, number, qty, latest in rows:
            if (item, place) in meaning:
                found[item, place] = BalanceRow(number, qty, latest)
    return found


def guard(
    ctx: Ctx,
    rows: Mapping[Key, BalanceRow],
    deltas: Mapping[Key, Decimal],
    meaning: Mapping[Key, tuple[Item, Place]],
    on: date,
) -> None:
    """Refuse what would leave less than nothing in an inside place, now or at the end of any day from ``on``."""
    outside = outside_kinds(ctx)
    taken = [k for k, delta in deltas.items() if delta < 0 and meaning[k][1].kind not in outside]
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
            raise Refused(T("{qty} is too much.", qty=decimal_text(abs(delta))))


def _shortage(
    called: Mapping[Item | Place, Named],
    item: Item,
    place: Place,
    now: Decimal,
    least: Decimal,
    asked: Decimal,
    on: date,
) -> Problem:
    unit, step = called[item].unit, called[item].step
    params = {
        "item": called[item].name,
        "place": called[place].name,
        "asked": decimal_text(shown_in(asked, unit, step)),
    }
    there = f"{decimal_text(shown_in(min(now, least), unit, step, rounding=ROUND_DOWN))} {unit}".strip()
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


def apply(ctx: Ctx, rows: Mapping[Key, BalanceRow], deltas: Mapping[Key, Decimal], on: date) -> None:
    """Add each key's change to its balance row, unless it was made with it. The condition in the statement is a second lock
    on the door."""
    changes = [
        (rows[k].id, int(delta.scaleb(6)), max(rows[k].latest, on))
        for k, delta in deltas.items()
        if not rows[k].made
    ]
    if changes and change_balances(ctx.session, changes) != len(changes):
        raise RuntimeError("a balance row changed under its lock")
