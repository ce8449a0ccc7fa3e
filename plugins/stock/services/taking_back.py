"""Taking a posted document back: what it brought is taken from where it went. Where it has moved on, that is named."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

from core import ledger
from core.api import Ctx, EntityRef, Problem, Refused, T
from core.values import ZERO
from plugins.stock.services import claims, numbers, release, stores

Short = dict[tuple[ledger.Item, ledger.Place], Decimal]


def reverse(ctx: Ctx, document: EntityRef, *, on: date, reason: str) -> None:
    """Take back what a document posted, and what it brought of claims.

    What was let go meanwhile because its order is over is taken from free stock. Refused where something of it moved on
    otherwise; the documents that moved it are named.
    """
    try:
        _reverse(ctx, document, on, reason)
    except Refused as refused:
        missing = _missing(ctx, document)
        if missing and _fetched(ctx, document, missing, on):
            _reverse(ctx, document, on, reason)
            return
        moved = _moved_on(ctx, document, missing)
        if not moved:
            raise
        text = T("It went on with {documents}: that comes first.", documents=", ".join(moved))
        raise Refused([*refused.problems, Problem(text)]) from refused


def _reverse(ctx: Ctx, document: EntityRef, on: date, reason: str) -> None:
    ledger.reverse(ctx, entity=document.entity, entity_id=document.id, on=on, reason=reason)
    claims.never_came(ctx, document)


def _missing(ctx: Ctx, document: EntityRef) -> Short:
    """What is no longer where the document put it, and how much of it."""
    put: Short = defaultdict(lambda: ZERO)
    for m in ledger.movements(ctx, entity=document.entity, entity_id=document.id, limit=None):
        if m.reverses is None and m.reversed_by is None:
            put[m.item, m.target] += m.qty
            put[m.item, m.source] -= m.qty
    inside = {kind.code for kind in ctx.registry.place_kinds.values() if kind.inside}
    put = {(item, place): qty for (item, place), qty in put.items() if qty > 0 and place.kind in inside}
    there = ledger.balances(ctx, items={i for i, _p in put}, places={p for _i, p in put}) if put else {}
    return {at: qty - there.get(at, ZERO) for at, qty in put.items() if qty > there.get(at, ZERO)}


def _fetched(ctx: Ctx, document: EntityRef, missing: Short, on: date) -> bool:
    """Bring back what orders that are over let go, where that is all that is missing and it lies free still."""
    owners = {place.document for _item, place in missing if place.kind == "reserved"}
    over = release.over(ctx, {owner for owner in owners if owner is not None})
    if any(place.kind != "reserved" or place.document not in over for _item, place in missing):
        return False
    free = ledger.balances(
        ctx, items={i for i, _p in missing}, places={stores.place(p.id) for _i, p in missing}
    )
    for (item, place), qty in missing.items():
        at = (item, stores.place(place.id))
        free[at] = free.get(at, ZERO) - qty
        if free[at] < 0:
            return False
    reason = ", ".join(numbers.document_numbers(ctx, [document]))
    for (item, place), qty in missing.items():
        assert place.document is not None
        ledger.post(
            ctx, [ledger.Move("release", item, stores.place(place.id), place, qty)], entity=place.document.entity,
            entity_id=place.document.id, on=on, reason=reason,
        )  # fmt: skip
    return True


def _moved_on(ctx: Ctx, document: EntityRef, missing: Short) -> list[str]:
    """What the documents are called that took of it, the last one first."""
    found: dict[EntityRef, None] = {}
    for item, place in missing:
        for m in ledger.movements(ctx, item=item, place=place):
            by = EntityRef(m.entity, m.entity_id)
            if m.source == place and m.reverses is None and m.reversed_by is None and by != document:
                found[by] = None
    return numbers.document_numbers(ctx, found)
