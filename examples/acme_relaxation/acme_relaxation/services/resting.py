"""Fabric goes to rest and comes back: movements from place to place, and what it shrank by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from acme_relaxation.models import Relaxation
from acme_relaxation.words import FROM_REST, INTO_REST, RELAXATION, RESTING, SHRUNK
from core import ledger
from core.api import Ctx, Problem, Refused, T


def places(row: Relaxation) -> tuple[ledger.Item, ledger.Place, ledger.Place]:
    """What is counted, the store it is of, and where it rests: a place of its own for each document."""
    item = ledger.Item("material", row.material_id, row.color_id or 0, lot=row.lot)
    return (
        item,
        ledger.Place("store", row.store_id),
        ledger.Place(RESTING.code, row.store_id, RELAXATION.ref(row.id)),
    )


def start(ctx: Ctx, row: Relaxation, data: Mapping[str, Any]) -> None:
    """The action "start": out of the store. The ledger refuses more than there is."""
    item, store, rest = places(row)
    move = ledger.Move(INTO_REST.code, item, store, rest, row.before)
    # the key lets the same posting be asked for twice, and happen once
    ledger.post(
        ctx, [move], entity=RELAXATION, entity_id=row.id, on=ctx.today(), key=f"{RELAXATION}:{row.id}:start"
    )


def finish(ctx: Ctx, row: Relaxation, data: Mapping[str, Any]) -> None:
    """The action "finish": what is left goes back into the store, the difference is an adjustment. Nothing vanishes."""
    if data["after"] > row.before:
        raise Refused(
            Problem(
                T("Fabric does not grow: at most {before}.", before=f"{row.before.normalize():f}"), "after"
            )
        )
    item, store, rest = places(row)
    row.after, row.ended_on = data["after"], ctx.today()
    moves = [
        ledger.Move(FROM_REST.code, item, rest, store, row.after),
        ledger.Move(SHRUNK.code, item, rest, ledger.Place("adjustment"), row.before - row.after),
    ]
    ledger.post(ctx, [m for m in moves if m.qty], entity=RELAXATION, entity_id=row.id, on=ctx.today())


def reverse(ctx: Ctx, row: Relaxation, data: Mapping[str, Any]) -> None:
    """The action "reverse": movements are never changed; each is taken back by another one."""
    ledger.reverse(
        ctx, entity=RELAXATION, entity_id=row.id, on=ctx.today(), reason=str(data.get("reason", ""))
    )
