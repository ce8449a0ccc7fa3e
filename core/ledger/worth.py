"""Corrections of value: what came in turned out to cost something else. Movements stay as they are; corrections only grow."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, cast, exists, func, select, type_coerce
from sqlalchemy.orm import aliased

from core.data.among import among
from core.errors import Refused
from core.ledger.postings import insert_posting
from core.ledger.tables import Movement, StockItem, ValueCorrection
from core.text.i18n import T

if TYPE_CHECKING:
    from core.kernel.context import Ctx


def revalue(ctx: Ctx, values: Mapping[int, Decimal], *, entity: str, entity_id: int, reason: str = "") -> int:
    """Movements (by id) are worth this much from now on, in the currency they came in; how many changed.

    Each difference is a row of its own, with who, when and for which document. ``values`` have at most 4 decimals. Refused
    for a movement without a value, or one that takes another back.
    """
    rows = ctx.session.execute(
        select(Movement.id, Movement.value, Movement.reverses_id, Movement.currency).where(
            among(Movement.id, values)
        )
    ).all()
    if len(rows) != len(values) or any(row.value is None or row.reverses_id is not None for row in rows):
        raise Refused(T("Only what came in at a price can be valued anew."))
    before = {row.id: row.value for row in rows}
    for movement, delta in ctx.session.execute(
        select(ValueCorrection.movement_id, func.sum(ValueCorrection.value, type_=ValueCorrection.value.type))
        .where(among(ValueCorrection.movement_id, values))
        .group_by(ValueCorrection.movement_id)
    ):
        before[movement] += delta
    changed = {number: value - before[number] for number, value in values.items() if value != before[number]}
    if not changed:
        return 0
    posting = insert_posting(ctx, entity, entity_id, "", reason)
    ctx.session.insert_many(
        ValueCorrection,
        [
            {"posting_id": posting, "movement_id": number, "value": delta}
            for number, delta in sorted(changed.items())
        ],
    )
    return len(changed)


def corrected(ctx: Ctx, item_kind: str, into: frozenset[str]) -> dict[int, dict[str, Decimal]]:
    """Σ corrections by item number and currency, of movements that stand. One statement; they are few."""
    tenant, back = ctx.session.tenant_id, aliased(Movement)
    worth = cast(func.sum(type_coerce(ValueCorrection.value, BigInteger)), BigInteger)
    found: dict[int, dict[str, Decimal]] = {}
    for item, currency, units in ctx.session.execute(
        select(Movement.item_id, Movement.currency, worth)
        .join(
            ValueCorrection,
            (ValueCorrection.tenant_id == Movement.tenant_id) & (ValueCorrection.movement_id == Movement.id),
        )
        .join(StockItem, (StockItem.tenant_id == Movement.tenant_id) & (StockItem.id == Movement.item_id))
        .where(
            Movement.tenant_id == tenant,
            StockItem.kind == item_kind,
            Movement.kind.in_(sorted(into)),
            ~exists().where(back.tenant_id == tenant, back.reverses_id == Movement.id),
        )
        .group_by(Movement.item_id, Movement.currency)
    ):
        found.setdefault(item, {})[currency] = Decimal(units).scaleb(-4)
    return found
