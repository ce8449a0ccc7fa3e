"""The items and places behind numbers.

What a number stands for never changes once it is committed, so each process remembers it. What a session that may write
reads is not remembered: it may see its own numbers, and those of what is rolled back can be given again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select

from core.data.among import among
from core.ledger.keys import ITEM_COLUMNS, PLACE_COLUMNS, make_place
from core.ledger.tables import StockItem, StockPlace
from core.ledger.values import Item, Place

if TYPE_CHECKING:
    from core.kernel.context import Ctx

Thing = TypeVar("Thing", Item, Place)
MOST = 200_000
"""Numbers remembered for an engine and a kind of thing; then it begins anew."""


class Memory(Generic[Thing]):
    """Things by number, of each tenant and engine."""

    def __init__(
        self, model: type[StockItem | StockPlace], columns: tuple[Any, ...], make: Callable[..., Thing]
    ):
        self.model, self.columns = model, columns
        self.make: Callable[..., Thing] = make
        self.known: WeakKeyDictionary[Engine, dict[tuple[int, int], Thing]] = WeakKeyDictionary()

    def find(self, ctx: Ctx, numbers: Iterable[int]) -> dict[int, Thing]:
        """The things behind their numbers; one statement where some are not remembered yet."""
        tenant, known = ctx.session.tenant_id, self.known.setdefault(ctx.hub.engine, {})
        found, missing = dict[int, Thing](), set[int]()
        for number in set(numbers):
            thing = known.get((tenant, number))
            if thing is None:
                missing.add(number)
            else:
                found[number] = thing
        if not missing:
            return found
        rows = ctx.session.execute(select(self.model.id, *self.columns).where(among(self.model.id, missing)))
        fresh = {number: self.make(*values) for number, *values in rows}
        if not ctx.session.writes:
            if len(known) + len(fresh) > MOST:
                known.clear()
            known.update(((tenant, number), thing) for number, thing in fresh.items())
        return found | fresh


_items = Memory(StockItem, ITEM_COLUMNS, Item)
_places: Memory[Place] = Memory(StockPlace, PLACE_COLUMNS, make_place)


def forget(engine: Engine) -> None:
    """Remember nothing of this database: another one has taken its place."""
    for memory in (_items, _places):
        memory.known.pop(engine, None)


def items_by_id(ctx: Ctx, numbers: Iterable[int]) -> dict[int, Item]:
    """The items behind their numbers."""
    return _items.find(ctx, numbers)


def places_by_id(ctx: Ctx, numbers: Iterable[int]) -> dict[int, Place]:
    """The places behind their numbers."""
    return _places.find(ctx, numbers)
