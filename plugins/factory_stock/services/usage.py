"""What accepted pieces have used of our material: by standard, and as it is booked at the factory.

When pieces are accepted, material in the amount of consumption × (1 + wastage) leaves the factory's stock. It is booked
only as far as there is any: what was issued later is caught up when it is issued. Standard use itself does not depend on
how much was sent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select

from core import ledger
from core.api import Ctx, Refused, hookimpl
from core.db import among
from core.values import ZERO
from plugins.catalog.api import Key, Need
from plugins.factory_stock.models import GoodsIn, GoodsInLine, GoodsInSize
from plugins.factory_stock.services import explosion, issued_consumption, need, places
from plugins.outsourcing.api import FactoryOrder, FactoryOrderLine
from plugins.stock.api import StandIn, groups, stand_ins

Cell = tuple[int, int, int]
"""(factory order line, colour, size)"""


def received(ctx: Ctx, order_ids: Iterable[int], kind: str = "goods_in") -> Mapping[Cell, tuple[int, int]]:
    """Posted pieces by cell: (received, rejected). One query, once a page."""
    wanted = frozenset(order_ids)
    return ctx.memo.once(("factory_stock.goods_in", wanted, kind), lambda: _received(ctx, wanted, kind))


def _received(ctx: Ctx, order_ids: Collection[int], kind: str) -> dict[Cell, tuple[int, int]]:
    size, line, head = GoodsInSize, GoodsInLine, GoodsIn
    found = ctx.session.execute(
        select(line.fo_line_id, line.color_id, size.size_id, func.sum(size.received), func.sum(size.rejected))
        .join(line, (line.id == size.line_id) & (line.tenant_id == size.tenant_id))
        .join(head, (head.id == line.goods_in_id) & (head.tenant_id == line.tenant_id))
        .where(among(head.factory_order_id, order_ids), head.state == "posted", head.kind == kind)
        .group_by(line.fo_line_id, line.color_id, size.size_id)
    )
    return {(fo_line, color, size_id): (int(came), int(bad)) for fo_line, color, size_id, came, bad in found}


@hookimpl(specname="goods_in")
def accepted(ctx: Ctx, order_ids: Iterable[int]) -> dict[Cell, int]:
    """Accepted pieces by cell, as outsourcing asks for them. One query."""
    return {cell: came - bad for cell, (came, bad) in received(ctx, order_ids).items()}


def standard(ctx: Ctx, order_id: int, more: dict[Cell, int] | None = None) -> list[Need]:
    """What the accepted pieces of a factory order (and ``more``) use by the consumption it was issued with: ``net`` without,
    ``gross`` with wastage.

    Nothing where consumption cannot be read (a colour map with a gap): goods come in all the same.
    """
    return _standard(ctx, order_id, more) or []


def _standard(ctx: Ctx, order_id: int, more: dict[Cell, int] | None = None) -> list[Need] | None:
    """None where consumption cannot be read."""
    pieces: dict[Cell, int] = defaultdict(int, accepted(ctx, [order_id]))
    for cell, qty in (more or {}).items():
        pieces[cell] += qty
    lines = {
        row[0]: (row[1], row[2])
        for row in ctx.session.execute(
            select(FactoryOrderLine.id, FactoryOrderLine.style_id, FactoryOrderLine.destination_id).where(
                FactoryOrderLine.order_id == order_id
            )
        )
    }
    found = [
        (at, *lines[at], color, size, qty) for (at, color, size), qty in sorted(pieces.items()) if qty > 0
    ]
    if not found:
        return []
    try:
        return explosion.of_pieces(
            ctx, found, issued_consumption.of_order(ctx, need.ENTITY, order_id), overcut=False
        )
    except Refused:
        return None


def consume(
    ctx: Ctx,
    order: FactoryOrder,
    on: date,
    more: dict[Cell, int] | None = None,
    arriving: dict[ledger.Item, Decimal] | None = None,
) -> list[ledger.Move]:
    """Moves that bring booked use up to the standard of all accepted pieces and ``more``, as far as material is there.

    ``arriving`` is material that the same posting brings to the factory.
    """
    targets = {n.key: n.gross for n in standard(ctx, order.id, more) if n.gross}
    if not targets:
        return []
    decided = need.stand_ins_of(ctx, order.id)
    at, used = places.factory(order.factory_id, order.id), places.used(order.factory_id, order.id)
    ids = {key.material for key in targets} | {each.by.material for each in decided}
    now = ledger.balances(ctx, item_kind="material", item_ids=ids, places=[at, used])
    then = ledger.balances(ctx, item_kind="material", item_ids=ids, places=[at], on=on)
    fresh = arriving or {}
    codes = groups.size_codes(ctx, {i.size_id for i, _p in now} | {i.size_id for i in fresh})
    booked: dict[Key, Decimal] = defaultdict(lambda: ZERO)
    there: dict[Key, list[tuple[ledger.Item, Decimal]]] = defaultdict(list)
    stock: dict[ledger.Item, Decimal] = dict(fresh)
    for (item, place), qty in now.items():
        if place == used:
            booked[groups.key_of(item, codes)] += qty
        else:
            stock[item] = stock.get(item, ZERO) + min(qty, then.get((item, at), ZERO))
    for item, qty in stock.items():
        there[groups.key_of(item, codes)].append((item, qty))
    lots = {key: sorted(found, key=lambda pair: pair[0].lot) for key, found in there.items()}
    left = {key: target - booked[key] for key, target in stand_ins.shifted(targets, booked, decided).items()}
    shelf = _Shelf(at, used, lots)
    first = [each for each in decided if each.first]
    for each in first:
        shelf.instead(left, each)
    for key in left:
        left[key] -= shelf.take(key, left[key])
    for each in decided:
        if not each.first:
            shelf.instead(left, each)
    return shelf.moves


class _Shelf:
    """What lies at the factory, lot by lot, and the moves that use it."""

    def __init__(
        self, at: ledger.Place, used: ledger.Place, lots: dict[Key, list[tuple[ledger.Item, Decimal]]]
    ) -> None:
        self.at, self.used, self.lots = at, used, lots
        self.moves: list[ledger.Move] = []

    def take(self, key: Key, qty: Decimal) -> Decimal:
        """Use so much of a group, or what there is; returns how much."""
        left, rest = qty, []
        for item, there in self.lots.get(key, ()):
            part = max(ZERO, min(left, there))
            if part:
                self.moves.append(ledger.Move("consume", item, self.at, self.used, part))
            left -= part
            rest.append((item, there - part))
        self.lots[key] = rest
        return qty - left

    def instead(self, left: dict[Key, Decimal], decided: StandIn) -> None:
        """Use of a substitute what its material lacks, beyond what is wanted of it anyway."""
        free = sum((qty for _item, qty in self.lots.get(decided.by, ())), ZERO)
        free -= max(ZERO, left.get(decided.by, ZERO))
        covers = min(left.get(decided.wanted, ZERO), stand_ins.covered_by(free, decided.ratio))
        if covers > 0:
            self.take(decided.by, min(free, stand_ins.stands_for(covers, decided.ratio)))
            left[decided.wanted] -= covers


def give_back(ctx: Ctx, order: FactoryOrder) -> list[ledger.Move]:
    """Moves that bring booked use down to the standard of the accepted pieces: what was caught up for pieces that were taken
    back is at the factory again, whichever document had booked it."""
    found = _standard(ctx, order.id)
    if found is None:
        return []
    targets = {n.key: n.gross for n in found}
    at, used = places.factory(order.factory_id, order.id), places.used(order.factory_id, order.id)
    booked = {
        item: qty
        for (item, _p), qty in ledger.balances(ctx, item_kind="material", places=[used]).items()
        if qty > 0
    }
    codes = groups.size_codes(ctx, {item.size_id for item in booked})
    beyond: dict[Key, Decimal] = defaultdict(lambda: ZERO)
    for item, qty in booked.items():
        beyond[groups.key_of(item, codes)] += qty
    targets = stand_ins.shifted(targets, beyond, need.stand_ins_of(ctx, order.id))
    moves = []
    for item, qty in sorted(booked.items(), key=lambda pair: pair[0].lot, reverse=True):
        key = groups.key_of(item, codes)
        part = min(qty, beyond[key] - targets.get(key, ZERO))
        if part > 0:
            moves.append(ledger.Move("consume", item, used, at, part))
            beyond[key] -= part
    return moves
