"""When things last came and went, how much left lately and what was paid: what the age of stock is told from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, case, cast, exists, func, null, select, type_coerce
from sqlalchemy.orm import aliased

from core.ledger_keys import items_by_id
from core.ledger_values import Item
from core.stock_models import Balance, Movement, StockItem

if TYPE_CHECKING:
    from core.context import Ctx


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


def moved(ctx: Ctx, item_kind: str) -> set[int]:
    """Ids of all materials (or styles) that ever moved; cheap, whatever the number of movements."""
    return set(ctx.session.scalars(select(StockItem.ref_id).where(StockItem.kind == item_kind).distinct()))


def flows(
    ctx: Ctx, item_kind: str, *, into: Collection[str], out: Collection[str], since: date
) -> dict[Item, Flow]:
    """Flows of the items of a kind of which there is anything now. ``into`` and ``out`` are kinds of movement;
    ``out_qty`` counts those of ``out`` from day ``since`` on. What was taken back never happened. Two statements.
    """
    tenant, back = ctx.session.tenant_id, aliased(Movement)
    there = exists().where(
        Balance.tenant_id == tenant, Balance.item_id == Movement.item_id, Balance.inside,
        type_coerce(Balance.qty, BigInteger) > 0,
    )  # fmt: skip
    stands = ~exists().where(back.tenant_id == tenant, back.reverses_id == Movement.id)
    units = type_coerce(Movement.qty, BigInteger)
    came, went = Movement.kind.in_(sorted(into)), Movement.kind.in_(sorted(out))
    where = (
        Movement.tenant_id == tenant, StockItem.kind == item_kind, Movement.reverses_id.is_(None), stands, there,
    )  # fmt: skip
    joined = (StockItem.tenant_id == Movement.tenant_id) & (StockItem.id == Movement.item_id)
    days = ctx.session.execute(
        select(
            Movement.item_id,
            func.min(Movement.day),
            func.min(case((came, Movement.day), else_=null())),
            func.max(case((came, Movement.day), else_=null())),
            func.max(case((went, Movement.day), else_=null())),
            cast(func.sum(case((went & (Movement.day >= since), units), else_=0)), BigInteger),
        )
        .join(StockItem, joined)
        .where(*where)
        .group_by(Movement.item_id)
    ).tuples().all()  # fmt: skip
    paid: dict[int, dict[str, tuple[Decimal, Decimal]]] = {}
    value = type_coerce(Movement.value, BigInteger)
    for item_id, currency, qty, worth in ctx.session.execute(
        select(
            Movement.item_id,
            Movement.currency,
            cast(func.sum(units), BigInteger),
            cast(func.sum(value), BigInteger),
        )
        .join(StockItem, joined)
        .where(*where, came, Movement.value.is_not(None))
        .group_by(Movement.item_id, Movement.currency)
    ).tuples():
        paid.setdefault(item_id, {})[currency] = (Decimal(qty).scaleb(-6), Decimal(worth).scaleb(-4))
    known = items_by_id(ctx, {row[0] for row in days})
    return {
        known[number]: Flow(
            first, first_in, last_in, last_out, Decimal(sent).scaleb(-6), paid.get(number, {})
        )
        for number, first, first_in, last_in, last_out, sent in days
    }
