"""Proof that every derived figure is the sum of its movements; and making the derived figures anew."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Date,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import aliased

from core.entities import audit
from core.ledger.close import make_closing, signed
from core.ledger.guard import lock_state
from core.ledger.keys import names, outside_kinds
from core.ledger.numbers import items_by_id, places_by_id
from core.ledger.tables import Balance, Closing, LedgerState, Movement, Period, StockPlace
from core.ledger.verified import record_verified
from core.text.i18n import T
from core.values import decimal_text

if TYPE_CHECKING:
    from core.kernel.context import Ctx


def verify(ctx: Ctx, *, record: bool = True) -> list[str]:
    """Recompute everything from the movements; a sentence for each fault, none where the books are right.

    Checked: each balance row is the sum of its movements and knows the newest date; each closing is the one before it
    plus the movements between; no inside place was below zero at the end of any day; each reversal mirrors its original.
    Each question is one statement, so that people may go on posting meanwhile. ``record`` keeps when it was done; leave
    it out in a unit of work that only reads, and call :func:`record_verified` afterwards.
    """
    faults = [*_balances(ctx), *_closings(ctx), *_below_zero(ctx), *_flags(ctx), *_reversals(ctx)]
    if record:
        record_verified(ctx, len(faults))
    return faults


def rebuild(ctx: Ctx) -> None:
    """Throw the derived figures away and make them again from the movements. Nobody can post meanwhile."""
    lock_state(ctx, alone=True)
    tenant = ctx.session.tenant_id
    for model in (Balance, Closing):
        ctx.session.execute(
            delete(model).where(model.tenant_id == tenant), execution_options={"synchronize_session": False}
        )
    moved = signed(ctx)
    inside = case((StockPlace.kind.in_(sorted(outside_kinds(ctx))), False), else_=True)
    sums = (
        select(literal(tenant, BigInteger), moved.c.item_id, moved.c.place_id, inside,
               cast(func.sum(moved.c.units), BigInteger), func.max(moved.c.day))
        .join(StockPlace, (StockPlace.id == moved.c.place_id) & (StockPlace.tenant_id == tenant))
        .group_by(moved.c.item_id, moved.c.place_id, StockPlace.kind)
        .order_by(moved.c.item_id, moved.c.place_id)
    )  # fmt: skip
    columns = ["tenant_id", "item_id", "place_id", "inside", "qty", "latest"]
    ctx.session.connection().execute(
        insert(Balance.table()).from_select(columns, sums, include_defaults=False)
    )
    after = None
    for until in ctx.session.scalars(select(Period.until).order_by(Period.until)).all():
        make_closing(ctx, after, until)
        after = until
    audit.record_audit(ctx, "core.ledger", 0, "rebuild")
    ctx.session.flush()


def _say(ctx: Ctx, rows: Iterable[Any], sentence: Any) -> list[str]:
    """``sentence(item, place, row)`` for each row that starts with numbers of an item and a place."""
    found = list(rows)
    items, places = items_by_id(ctx, {r[0] for r in found}), places_by_id(ctx, {r[1] for r in found})
    called = names(ctx, items.values(), places.values())
    return [str(sentence(called[items[r[0]]].name, called[places[r[1]]].name, r)) for r in found]


def _units(units: Any) -> str:
    return decimal_text(Decimal(int(units or 0)).scaleb(-6))


def _balances(ctx: Ctx) -> list[str]:
    moved, tenant = signed(ctx), ctx.session.tenant_id
    both = union_all(
        select(moved.c.item_id, moved.c.place_id, moved.c.units, literal(0, BigInteger).label("kept"), moved.c.day,
               cast(null(), Date).label("latest")),
        select(Balance.item_id, Balance.place_id, literal(0, BigInteger), type_coerce(Balance.qty, BigInteger),
               cast(null(), Date), Balance.latest).where(Balance.tenant_id == tenant),
    ).subquery()  # fmt: skip
    units, kept = func.sum(both.c.units), func.sum(both.c.kept)
    newest, latest = func.max(both.c.day), func.max(both.c.latest)
    stale = newest.is_not(None) & (latest.is_(None) | (latest < newest))
    rows = ctx.session.execute(
        select(both.c.item_id, both.c.place_id, units, kept)
        .group_by(both.c.item_id, both.c.place_id)
        .having(or_(units != kept, stale))
        .order_by(both.c.item_id, both.c.place_id)
    )
    return _say(
        ctx,
        rows,
        lambda item, place, r: T(
            "{item} in {place}: the movements give {sum}, the balance says {kept}.",
            item=item, place=place, sum=_units(r[2]), kept=_units(r[3]),
        ) if r[2] != r[3] else T("{item} in {place}: the balance does not know its newest date.", item=item, place=place),
    )  # fmt: skip


def _closings(ctx: Ctx) -> list[str]:
    tenant, faults, after = ctx.session.tenant_id, [], None
    known = ctx.session.scalars(select(Period.until).order_by(Period.until)).all()
    for until in known:
        faults += _closing(ctx, tenant, after, until)
        after = until
    state = ctx.session.scalar(select(LedgerState.closed_until))
    if state != after:
        faults.append(
            str(
                T(
                    "The ledger is closed up to {until}, its last period ends on {last}.",
                    until=state,
                    last=after,
                )
            )
        )
    return faults


def _closing(ctx: Ctx, tenant: int, after: date | None, until: date) -> list[str]:
    moved = signed(ctx, after, until)
    parts = [select(moved.c.item_id, moved.c.place_id, moved.c.units, literal(0, BigInteger).label("kept"))]
    for day, sums in ((after, True), (until, False)):
        if day is not None:
            qty, none = type_coerce(Closing.qty, BigInteger), literal(0, BigInteger)
            parts.append(
                select(Closing.item_id, Closing.place_id, qty if sums else none, none if sums else qty).where(
                    Closing.tenant_id == tenant, Closing.until == day
                )
            )
    both = union_all(*parts).subquery()
    units, kept = func.sum(both.c.units), func.sum(both.c.kept)
    rows = ctx.session.execute(
        select(both.c.item_id, both.c.place_id, units, kept)
        .group_by(both.c.item_id, both.c.place_id)
        .having(units != kept)
        .order_by(both.c.item_id, both.c.place_id)
    )
    return _say(
        ctx,
        rows,
        lambda item, place, r: T(
            "{item} in {place}: the movements up to {until} give {sum}, the closing says {kept}.",
            item=item, place=place, until=until.isoformat(), sum=_units(r[2]), kept=_units(r[3]),
        ),
    )  # fmt: skip


def _below_zero(ctx: Ctx) -> list[str]:
    moved, tenant = signed(ctx), ctx.session.tenant_id
    daily = (
        select(
            moved.c.item_id,
            moved.c.place_id,
            func.sum(func.sum(moved.c.units))
            .over(partition_by=(moved.c.item_id, moved.c.place_id), order_by=moved.c.day)
            .label("running"),
        )
        .join(StockPlace, (StockPlace.id == moved.c.place_id) & (StockPlace.tenant_id == tenant))
        .where(StockPlace.kind.not_in(sorted(outside_kinds(ctx))))
        .group_by(moved.c.item_id, moved.c.place_id, moved.c.day)
        .subquery()
    )
    least = func.min(daily.c.running)
    rows = ctx.session.execute(
        select(daily.c.item_id, daily.c.place_id, least)
        .group_by(daily.c.item_id, daily.c.place_id)
        .having(least < 0)
        .order_by(daily.c.item_id, daily.c.place_id)
    )
    return _say(
        ctx,
        rows,
        lambda item, place, r: T(
            "{item} in {place}: it was down to {sum}.", item=item, place=place, sum=_units(r[2])
        ),
    )


def _flags(ctx: Ctx) -> list[str]:
    rows = ctx.session.execute(
        select(Balance.item_id, Balance.place_id)
        .join(StockPlace, (StockPlace.tenant_id == Balance.tenant_id) & (StockPlace.id == Balance.place_id))
        .where(Balance.inside != StockPlace.kind.not_in(sorted(outside_kinds(ctx))))
    )
    return _say(
        ctx, rows, lambda item, place, _r: T("{item} in {place}: it is not guarded.", item=item, place=place)
    )


def _reversals(ctx: Ctx) -> list[str]:
    first = aliased(Movement)
    rows = ctx.session.execute(
        select(Movement.item_id, Movement.target_id, Movement.id)
        .join(first, (first.tenant_id == Movement.tenant_id) & (first.id == Movement.reverses_id))
        .where(
            or_(
                first.item_id != Movement.item_id,
                first.qty != Movement.qty,
                first.source_id != Movement.target_id,
                first.target_id != Movement.source_id,
                first.reverses_id.is_not(None),
            )
        )
    )
    return _say(
        ctx, rows, lambda item, place, r: T("{item} in {place}: movement {id} does not mirror what it reverses.",
                                            item=item, place=place, id=r[2])
    )  # fmt: skip
