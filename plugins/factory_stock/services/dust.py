"""What rounding up a need leaves at a factory: less than a step of the unit, written off by itself when all is done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from core import ledger
from core.api import Ctx, T, note_changes
from core.values import ZERO
from plugins.catalog.api import Key
from plugins.factory_stock.services import places, statement
from plugins.factory_stock.words import FACTORY_ORDER
from plugins.outsourcing.api import FactoryOrder
from plugins.stock.api import groups

DONE = ("close", "cancel")
"""Actions after which nothing of it may be left."""


def rests(ctx: Ctx, orders: Sequence[FactoryOrder]) -> dict[int, dict[ledger.Item, Decimal]]:
    """What is left at the factories, by factory order; groups of which less than a step of the unit is left are nothing."""
    found = statement.at_factory(ctx, orders)
    small = _small(ctx, found)
    return {
        order_id: left
        for order_id, items in found.items()
        if (left := {item: qty for item, qty in items.items() if (order_id, item) not in small})
    }


def of_order(ctx: Ctx, order: FactoryOrder) -> dict[ledger.Item, Decimal]:
    """What is left at the factory of groups of which less than a step of the unit is left."""
    found = statement.at_factory(ctx, [order])
    small = _small(ctx, found)
    return {item: qty for item, qty in found.get(order.id, {}).items() if (order.id, item) in small}


def _small(ctx: Ctx, found: Mapping[int, Mapping[ledger.Item, Decimal]]) -> set[tuple[int, ledger.Item]]:
    codes = groups.size_codes(ctx, {item.size_id for items in found.values() for item in items})
    sums: dict[tuple[int, Key], Decimal] = defaultdict(lambda: ZERO)
    for order_id, items in found.items():
        for item, qty in items.items():
            sums[order_id, groups.key_of(item, codes)] += qty
    steps = {
        key: name.step
        for key, name in groups.group_names(ctx, dict.fromkeys(key for _o, key in sums)).items()
    }
    return {
        (order_id, item)
        for order_id, items in found.items()
        for item in items
        if sums[order_id, key := groups.key_of(item, codes)] < steps[key]
    }


def write_off(ctx: Ctx, order: FactoryOrder) -> None:
    """Write it off, on record with the factory order: in the ledger, and in its activity by material."""
    left = of_order(ctx, order)
    if not left:
        return
    at, gone = places.factory(order.factory_id, order.id), places.scrap(order.factory_id, order.id)
    ledger.post(
        ctx, [ledger.Move("write_off", item, at, gone, qty) for item, qty in left.items()], entity=FACTORY_ORDER,
        entity_id=order.id, on=ctx.today(), reason=str(T("Less than a step of the unit")),
    )  # fmt: skip
    called = ledger.names(ctx, left)
    note_changes(ctx, order, *((f"{called[item].name} at the factory", qty, 0) for item, qty in left.items()))
