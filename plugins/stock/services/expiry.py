"""Reservations expire: what is left of one when its last day is over goes back to free stock, and its order is told."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select

from core import ledger
from core.api import Ctx, EntityRef, JobProgress, Refused, T, follow, note_changes
from core.db import among
from core.values import ZERO
from plugins.stock.models.documents import StockDocument
from plugins.stock.services import heaps, keepers, places, release
from plugins.stock.words.documents import EXPIRED, RESERVE

JOB = "stock.expiry"
SOON = 7
"""Days before its last one in which a reservation is brought to mind, unless the company says otherwise."""
MOST = 50
log = logging.getLogger("hub.stock")
Left = dict[tuple[ledger.Item, ledger.Place], Decimal]


def proposed(ctx: Ctx) -> date | None:
    """Until when a new reservation holds: so many days as the company says; None where it says none."""
    days = int(ctx.setting("stock.reservation_days", 0))
    return ctx.today() + timedelta(days=days) if days else None


def keep_until(ctx: Ctx, row: StockDocument, day: date | None) -> None:
    """A reservation holds until another day, or (None) does not expire. Refused: a day that is over."""
    if day is not None and day < ctx.today():
        raise Refused(T("This day is over."), "kept_until")
    note_changes(ctx, row, ("kept_until", row.kept_until, day))
    row.kept_until = day


class Reservation(NamedTuple):
    """A posted or expired reservation: its number, the number of what it is kept for, its last day (None: it has none)."""

    id: int
    number: str
    owner: str
    document: EntityRef
    kept_until: date | None


def _read(ctx: Ctx, *where: ColumnElement[bool], most: int | None = None) -> list[Reservation]:
    row = StockDocument
    found = ctx.session.execute(
        select(row.id, row.number, row.owner, row.owner_entity, row.owner_id, row.kept_until)
        .where(row.kind == RESERVE, *where)
        .order_by(row.kept_until, row.id)
        .limit(most)
    )
    return [Reservation(*each[:3], EntityRef(each[3], each[4]), each[5]) for each in found]


def _of(documents: Collection[EntityRef], *states: str) -> tuple[ColumnElement[bool], ...]:
    row = StockDocument
    return (
        row.state.in_(states),
        row.owner_entity.in_({document.entity for document in documents}),
        among(row.owner_id, {document.id for document in documents}),
    )


def left(ctx: Ctx, documents: Collection[EntityRef]) -> dict[int, Left]:
    """What is left of the reservations of these documents, of those that expired too, by their ids. A handful of queries."""
    until: dict[EntityRef, dict[int, date | None]] = defaultdict(dict)
    for each in _read(ctx, *_of(documents, "posted", EXPIRED)):
        until[each.document][each.id] = each.kept_until
    found: dict[int, Left] = defaultdict(dict)
    moves = ledger.movements(ctx, documents=until)[::-1] if until else []
    for document, own in until.items():
        for (number, item, store), qty in heaps.divide(moves, document, own).items():
            found[number][item, places.reserved(store, document.entity, document.id)] = qty
    return found


def run_daily(ctx: Ctx, payload: Mapping[str, Any], progress: JobProgress) -> dict[str, Any]:
    """Let go what was reserved until yesterday or before: one unit of work for each document that it was kept for.

    What the ledger refuses (the period of today is closed) stays for the next day and keeps no other from expiring.
    """
    owners = _due(ctx)
    done, released, refused = 0, 0, list[str]()
    for n, owner in enumerate(owners):
        progress(n, len(owners))
        try:
            with progress.write() as own:
                expired, items = expire(own, owner)
            done, released = done + expired, released + items
        except Refused as problem:
            refused.append(f"{owner.entity} {owner.id}: {problem}")
    if owners:
        log.info(
            "%s: %s reservations expired, %s released, %s refused",
            ctx.tenant.code,
            done,
            released,
            len(refused),
        )
    return {"expired": done, "released": released, "refused": refused}


def _due(ctx: Ctx) -> list[EntityRef]:
    row = StockDocument
    found = ctx.session.execute(
        select(row.owner_entity, row.owner_id)
        .where(row.state == "posted", row.kept_until.is_not(None), row.kept_until < ctx.today())
        .order_by(row.kept_until, row.id)
    )
    return list(dict.fromkeys(EntityRef(entity, owner_id) for entity, owner_id in found))


def expire(ctx: Ctx, owner: EntityRef) -> tuple[int, int]:
    """End the reservations of a document whose last day is over: how many, and of how many items something was released."""
    keepers.lock(ctx, owner)
    row = StockDocument
    over = ctx.session.scalars(
        select(row)
        .where(row.owner_entity == owner.entity, row.owner_id == owner.id, row.state == "posted")
        .where(row.kept_until.is_not(None), row.kept_until < ctx.today())
        .order_by(row.id)
        .with_for_update()
    ).all()
    if not over:
        return 0, 0
    kept = left(ctx, [owner])
    together = _sum(kept.get(each.id, {}) for each in over)
    _let_go(ctx, owner, over[0].owner, [each.number for each in over], together)
    called = ledger.names(ctx, [item for item, _place in together])
    for each in over:
        mine = kept.get(each.id, {}).items()
        changes = [(called[item].name, qty, ZERO) for (item, _place), qty in mine]
        follow(ctx, each, EXPIRED, because="expire", changes=changes)
    return len(over), len(together)


def after(ctx: Ctx, moves: Sequence[ledger.Move]) -> None:
    """After a posting: what came back to a reservation that has expired (a shipment was taken back) is let go at once."""
    came = release.came_to_be_kept(moves)
    expired = _read(ctx, *_of(came, EXPIRED)) if came else []
    kept = left(ctx, {each.document for each in expired}) if expired else {}
    for document in came:
        mine = [each for each in expired if each.document == document and each.id in kept]
        if mine:
            _let_go(
                ctx,
                document,
                mine[0].owner,
                [each.number for each in mine],
                _sum(kept[each.id] for each in mine),
            )


def _sum(parts: Iterable[Left]) -> Left:
    found: Left = defaultdict(lambda: ZERO)
    for part in parts:
        for at, qty in part.items():
            found[at] += qty
    return found


def _let_go(ctx: Ctx, owner: EntityRef, number: str, reservations: Sequence[str], kept: Left) -> None:
    said = T(
        "{reservations} expired: what was kept by it was released.", reservations=", ".join(reservations)
    )
    release.let_go(ctx, owner, number, kept, said)


def soon(ctx: Ctx) -> list[Reservation]:
    """Reservations whose last day is near and of which something is left, the first one first; of documents that this
    person may see."""
    row, days = StockDocument, int(ctx.setting("stock.reservation_warn_days", SOON))
    near = row.kept_until <= ctx.today() + timedelta(days=days)
    found = _read(ctx, row.state == "posted", row.kept_until.is_not(None), near, most=MOST)
    seen = _seen(ctx, {each.document for each in found})
    kept = left(ctx, seen) if seen else {}
    return [each for each in found if each.id in kept]


def _seen(ctx: Ctx, documents: Collection[EntityRef]) -> set[EntityRef]:
    ids: dict[str, set[int]] = defaultdict(set)
    for document in documents:
        if document.entity in keepers.kinds(ctx) and ctx.can(f"{document.entity}.view"):
            ids[document.entity].add(document.id)
    return {
        EntityRef(entity, number)
        for entity, mine in ids.items()
        for number in ctx.scope.visible(ctx.registry.get(entity), mine)
    }


def of_owner(ctx: Ctx, owner: EntityRef) -> list[Reservation]:
    """Reservations of a document that will expire, the first one first; one query."""
    return _read(ctx, *_of([owner], "posted"), StockDocument.kept_until.is_not(None))
