"""When things last came and went, how much left lately and what was paid: what the age of stock is told from.

That takes every movement there ever was. As a movement never changes, what was told of them up to some number stays true:
each process remembers it for the day (:class:`_Told`), and only what was posted since is read again.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Engine,
    case,
    cast,
    exists,
    func,
    null,
    select,
    type_coerce,
)
from sqlalchemy.orm import aliased

from core.data.among import among
from core.data.tenancy import TenantSession
from core.ledger.numbers import items_by_id
from core.ledger.tables import Balance, LedgerState, Movement, StockItem
from core.ledger.values import Item
from core.ledger.worth import corrected
from core.values import ZERO

if TYPE_CHECKING:
    from core.kernel.context import Ctx

KEPT, TAIL = 64, 20_000
"""How much a process remembers (tenants and kinds of item), and after how many movements it begins anew."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Of one item: the first movement of all, the first and last that brought it in, the last that took it out, how much
    went out lately, and what came in at a price: currency → (quantity, value)."""

    first: date
    first_in: date | None
    last_in: date | None
    last_out: date | None
    out_qty: Decimal
    paid: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Asked:
    """What flows are asked for: kind of item, kinds of movement that come in and go out, and what "lately" is."""

    item_kind: str
    into: frozenset[str]
    out: frozenset[str]
    since: date


@dataclass(frozen=True)
class _Told:
    """Flows by item number from all movements up to number ``last``."""

    asked: _Asked
    last: int
    flows: dict[int, Flow]


_known: WeakKeyDictionary[Engine, dict[tuple[int, str], _Told]] = WeakKeyDictionary()
_guard = threading.Lock()


def forget(engine: Engine) -> None:
    """Remember nothing of this database: another one has taken its place."""
    with _guard:
        _known.pop(engine, None)


def moved(ctx: Ctx, item_kind: str) -> set[int]:
    """Ids of all materials (or styles) that ever moved; cheap, whatever the number of movements."""
    return set(ctx.session.scalars(select(StockItem.ref_id).where(StockItem.kind == item_kind).distinct()))


def flows(
    ctx: Ctx, item_kind: str, *, into: Collection[str], out: Collection[str], since: date
) -> dict[Item, Flow]:
    """Flows of the items of a kind of which there is anything now. ``into`` and ``out`` are kinds of movement;
    ``out_qty`` counts those of ``out`` from day ``since`` on. What was taken back never happened;
    values are as corrected. A handful of statements;
    the first of a day in each process reads every movement, the others only those posted since.
    """
    asked = _Asked(item_kind, frozenset(into), frozenset(out), since)
    told = _remembered(ctx, asked)
    found = told if told is not None else _read(ctx.session, asked)
    there = ctx.session.scalars(
        select(Balance.item_id)
        .join(StockItem, (StockItem.tenant_id == Balance.tenant_id) & (StockItem.id == Balance.item_id))
        .where(StockItem.kind == item_kind, Balance.inside, type_coerce(Balance.qty, BigInteger) > 0)
    )
    items = items_by_id(ctx, set(there) & found.keys())
    more = corrected(ctx, item_kind, asked.into)
    return {item: _worth(found[number], more.get(number)) for number, item in items.items()}


def _worth(flow: Flow, more: dict[str, Decimal] | None) -> Flow:
    """With what corrections of value add."""
    if not more:
        return flow
    paid = {currency: (qty, value + more.get(currency, ZERO)) for currency, (qty, value) in flow.paid.items()}
    return replace(flow, paid=paid)


def _remembered(ctx: Ctx, asked: _Asked) -> dict[int, Flow] | None:
    """What is remembered and what was posted since; None where it cannot be told up to where nothing is missing."""
    key = (ctx.session.tenant_id, asked.item_kind)
    with _guard:
        told = _known.setdefault(ctx.hub.engine, {}).get(key)
    tail = _tail(ctx, told.last) if told is not None and told.asked == asked else None
    if told is None or tail is None:
        told = _tell(ctx, asked)
        if told is None:
            return None
        with _guard:
            kept = _known.setdefault(ctx.hub.engine, {})
            kept.pop(key, None)
            kept[key] = told
            while len(kept) > KEPT:
                del kept[next(iter(kept))]
        tail = _tail(ctx, told.last) or []
    again = {row.item_id for row in tail if row.reverses_id is not None}
    found = {number: flow for number, flow in told.flows.items() if number not in again}
    for row in tail:
        if row.kind_of_item == asked.item_kind and row.item_id not in again:
            found[row.item_id] = _with(found.get(row.item_id), row, asked)
    if again:
        found |= _read(ctx.session, asked, among(Movement.item_id, again))
    return found


def _tell(ctx: Ctx, asked: _Asked) -> _Told | None:
    """Flows up to the newest movement below which none can appear any more; None while somebody is posting.

    Whoever posts holds the ledger's state before movements get their numbers; SQLite has one writer at a time. Read by a
    session of its own: what this one has posted itself may yet be rolled back.
    """
    with TenantSession(ctx.hub.engine, ctx.session.tenant_id, write=False) as apart:
        shared = apart.get_bind().dialect.name != "sqlite"
        free = select(LedgerState.id).with_for_update(skip_locked=True)
        if shared and apart.execute(free).first() is None:
            return None
        last = apart.scalar(select(func.max(Movement.id))) or 0
        if shared:
            apart.rollback()  # nobody waits while this is read
        return _Told(asked, last, _read(apart, asked, Movement.id <= last))


def _tail(ctx: Ctx, last: int) -> Sequence[Any] | None:
    """Movements after ``last`` in order, None where they are too many."""
    query = (
        select(
            Movement.item_id, Movement.kind, Movement.day, Movement.qty, Movement.value, Movement.currency,
            Movement.reverses_id, StockItem.kind.label("kind_of_item"),
        )
        .join(StockItem, (StockItem.tenant_id == Movement.tenant_id) & (StockItem.id == Movement.item_id))
        .where(Movement.id > last)
        .order_by(Movement.id)
        .limit(TAIL + 1)
    )  # fmt: skip
    found = ctx.session.execute(query).all()
    return found if len(found) <= TAIL else None


def _with(flow: Flow | None, row: Any, asked: _Asked) -> Flow:
    """A flow with one more movement."""
    day = row.day
    flow = flow or Flow(day, None, None, None, ZERO)
    flow = replace(flow, first=min(flow.first, day))
    if row.kind in asked.into:
        paid = flow.paid
        if row.value is not None:
            qty, value = paid.get(row.currency, (ZERO, ZERO))
            paid = {**paid, row.currency: (qty + row.qty, value + row.value)}
        flow = replace(
            flow, first_in=min(flow.first_in or day, day), last_in=max(flow.last_in or day, day), paid=paid
        )
    if row.kind in asked.out:
        out = row.qty if day >= asked.since else ZERO
        flow = replace(flow, last_out=max(flow.last_out or day, day), out_qty=flow.out_qty + out)
    return flow


def _read(session: TenantSession, asked: _Asked, *only: ColumnElement[bool]) -> dict[int, Flow]:
    """Flows by item number from the movements themselves; two statements."""
    tenant, back = session.tenant_id, aliased(Movement)
    stands = ~exists().where(back.tenant_id == tenant, back.reverses_id == Movement.id)
    units, value = type_coerce(Movement.qty, BigInteger), type_coerce(Movement.value, BigInteger)
    came, went = Movement.kind.in_(sorted(asked.into)), Movement.kind.in_(sorted(asked.out))
    where = (
        Movement.tenant_id == tenant, StockItem.kind == asked.item_kind, Movement.reverses_id.is_(None), stands, *only,
    )  # fmt: skip
    joined = (StockItem.tenant_id == Movement.tenant_id) & (StockItem.id == Movement.item_id)
    paid: dict[int, dict[str, tuple[Decimal, Decimal]]] = {}
    for item_id, currency, qty, worth in session.execute(
        select(
            Movement.item_id,
            Movement.currency,
            cast(func.sum(units), BigInteger),
            cast(func.sum(value), BigInteger),
        )
        .join(StockItem, joined)
        .where(*where, came, Movement.value.is_not(None))
        .group_by(Movement.item_id, Movement.currency)
    ):
        paid.setdefault(item_id, {})[currency] = (Decimal(qty).scaleb(-6), Decimal(worth).scaleb(-4))
    days: Iterable[Any] = session.execute(
        select(
            Movement.item_id,
            func.min(Movement.day),
            func.min(case((came, Movement.day), else_=null())),
            func.max(case((came, Movement.day), else_=null())),
            func.max(case((went, Movement.day), else_=null())),
            cast(func.sum(case((went & (Movement.day >= asked.since), units), else_=0)), BigInteger),
        )
        .join(StockItem, joined)
        .where(*where)
        .group_by(Movement.item_id)
    )
    return {
        number: Flow(first, first_in, last_in, last_out, Decimal(sent).scaleb(-6), paid.get(number, {}))
        for number, first, first_in, last_in, last_out, sent in days
    }
