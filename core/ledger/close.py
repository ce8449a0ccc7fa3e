"""Closing periods: nothing is posted on or before a closed date, and what was there then is kept as a closing."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import (
    BigInteger,
    Date,
    Subquery,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    type_coerce,
    union_all,
    update,
)

from core.entities import audit
from core.errors import Refused
from core.ledger.guard import lock_state
from core.ledger.tables import Closing, LedgerState, Movement, Period
from core.text.i18n import T

if TYPE_CHECKING:
    from core.kernel.context import Ctx


def closed_until(ctx: Ctx) -> date | None:
    """The last closed day, None where nothing is closed."""
    return ctx.session.scalar(select(LedgerState.closed_until))


def periods(ctx: Ctx) -> list[Period]:
    """The closed periods, newest first: ``until``, ``at`` and ``user_name``."""
    return list(ctx.session.scalars(select(Period).order_by(Period.until.desc())))


def close_period(ctx: Ctx, until: date) -> None:
    """Close everything up to and including day ``until``.

    Refused: a day after today, or one that is closed already. Recorded in the audit trail (``core.ledger``).
    """
    closed = lock_state(ctx, alone=True)
    if until > ctx.today():
        raise Refused(T("A period is closed when it is over, not before."))
    if closed is not None and until <= closed:
        raise Refused(T("The period up to {until} is closed already.", until=closed.isoformat()))
    ctx.session.insert_many(Period, [{"until": until, "at": ctx.now(), "user_name": ctx.actor}])
    make_closing(ctx, closed, until)
    _set(ctx, until)
    audit.record_audit(ctx, "core.ledger", 0, "close", number=until.isoformat())
    ctx.session.flush()


def reopen_period(ctx: Ctx, until: date, reason: str) -> None:
    """Open the period that was closed up to ``until`` again, the newest one first.

    Refused: without a reason, or a period that is not the newest closed one. Recorded in the audit trail.
    """
    closed = lock_state(ctx, alone=True)
    if not reason.strip():
        raise Refused(T("Say why the period is opened again."), "reason")
    if closed is None or until != closed:
        raise Refused(T("Only the period that was closed last can be opened again."))
    tenant = ctx.session.tenant_id
    for model in (Closing, Period):
        ctx.session.execute(delete(model).where(model.tenant_id == tenant, model.until == until))
    _set(ctx, ctx.session.scalar(select(func.max(Period.until))))
    audit.record_audit(ctx, "core.ledger", 0, "reopen", number=until.isoformat(), reason=reason.strip())
    ctx.session.flush()


def _set(ctx: Ctx, until: date | None) -> None:
    ctx.session.execute(
        update(LedgerState).where(LedgerState.tenant_id == ctx.session.tenant_id).values(closed_until=until),
        execution_options={"synchronize_session": False},
    )


def signed(ctx: Ctx, after: date | None = None, until: date | None = None) -> Subquery:
    """Movements seen from both their places: ``item_id, place_id, day, units`` (micro-units, negative at the source)."""
    sides = []
    for place, sign in ((Movement.target_id, 1), (Movement.source_id, -1)):
        query = select(
            Movement.item_id,
            place.label("place_id"),
            Movement.day.label("day"),
            (type_coerce(Movement.qty, BigInteger) * literal(sign, BigInteger)).label("units"),
        ).where(Movement.tenant_id == ctx.session.tenant_id)
        if after is not None:
            query = query.where(Movement.day > after)
        if until is not None:
            query = query.where(Movement.day <= until)
        sides.append(query)
    return union_all(*sides).subquery()


def make_closing(ctx: Ctx, after: date | None, until: date) -> None:
    """Write what was in each place at the end of ``until``: the closing of ``after`` and the movements since."""
    tenant = ctx.session.tenant_id
    moved = signed(ctx, after, until)
    parts = [select(moved.c.item_id, moved.c.place_id, moved.c.units)]
    if after is not None:
        parts.append(
            select(Closing.item_id, Closing.place_id, type_coerce(Closing.qty, BigInteger)).where(
                Closing.tenant_id == tenant, Closing.until == after
            )
        )
    both = union_all(*parts).subquery()
    total = cast(func.sum(both.c.units), BigInteger)
    sums = (
        select(literal(tenant, BigInteger), literal(until, Date), both.c.item_id, both.c.place_id, total)
        .group_by(both.c.item_id, both.c.place_id)
        .having(total != 0)
        .order_by(both.c.item_id, both.c.place_id)
    )
    table = Closing.table()
    ctx.session.connection().execute(
        insert(table).from_select(
            ["tenant_id", "until", "item_id", "place_id", "qty"], sums, include_defaults=False
        )
    )
