"""What a cancelled factory order claimed of purchase lines serves those that are alive (A6)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.api import Ctx
from plugins.buying.services import needs, supply
from plugins.outsourcing.models import FactoryOrder
from plugins.purchasing.models import PurchaseOrder
from plugins.purchasing.services import purposes
from plugins.stock.services import arrivals
from tests.plugins.conftest import Told
from tests.plugins.outsourcing.conftest import do, made, picked, sold
from tests.plugins.purchasing.conftest import bought, came, demanded, got, ids, line, stock

D = Decimal


@pytest.fixture
def second(mill: Ctx, fo: FactoryOrder) -> FactoryOrder:
    """Another factory order, that ships later."""
    so = sold(mill, ("ST-1", "NVY", "US-LAX", {"S": 100}), po="PO-2")
    row = made(mill)
    do(mill, row, "add_work", work=picked(so.number))
    do(mill, row, "issue")
    return row


@pytest.fixture
def po(mill: Ctx, fo: FactoryOrder, second: FactoryOrder) -> PurchaseOrder:
    """One line of 100 kg: 60 for the first, 40 for the second."""
    return bought(mill, line(mill, "KNT", "100", color="NVY", allocations={fo.id: D(60), second.id: D(40)}))


def there(ctx: Ctx, order: FactoryOrder) -> Decimal:
    """Kilograms that have arrived for a factory order, by the gate's account; buying's says the same."""
    demand = demanded(ctx, order)
    gate = sum(arrivals.arrived(ctx, demand).values(), D(0))
    assert sum(a.qty for a in arrivals.by_day(ctx, demand)) == gate
    assert sum(r.arrived for r in needs.panel(ctx, demand)) in (
        gate,
        0,
    )  # it names what is needed or on order
    return gate


def test_the_share_of_a_cancelled_order_goes_to_those_alive(
    mill: Ctx, fo: FactoryOrder, second: FactoryOrder, po: PurchaseOrder
) -> None:
    do(mill, fo, "cancel", reason="the customer is gone")
    came(mill, po, got(ids(mill, po)[0], "50"))
    assert there(mill, second) == 40
    assert there(mill, fo) == 0  # the other 10 are free


def test_what_came_before_it_was_cancelled_is_free_for_the_others(
    mill: Ctx, fo: FactoryOrder, second: FactoryOrder, po: PurchaseOrder
) -> None:
    came(mill, po, got(ids(mill, po)[0], "50"))
    assert (there(mill, fo), there(mill, second)) == (50, 0)
    do(mill, fo, "cancel", reason="the customer is gone")
    assert (there(mill, fo), there(mill, second)) == (0, 0)
    assert stock(mill, ("store", "reserved")) == {("KNT", "store"): D(50)}
    do(mill, fo, "reopen", reason="it is back")  # what was let go is anybody's now
    assert (there(mill, fo), there(mill, second)) == (0, 0)
    came(mill, po, got(ids(mill, po)[0], "50"))  # 10 that the first still lacks, then the other
    assert (there(mill, fo), there(mill, second)) == (10, 40)


def test_those_who_share_a_line_hear_of_it(
    told: Told, mill: Ctx, fo: FactoryOrder, second: FactoryOrder, po: PurchaseOrder
) -> None:
    told.since()
    do(mill, fo, "cancel", reason="the customer is gone")
    assert ("outsourcing.order", (second.id,)) in told.since()


def test_what_is_to_come_is_meant_for_those_alive_and_the_line_still_names_both(
    mill: Ctx, fo: FactoryOrder, second: FactoryOrder, po: PurchaseOrder
) -> None:
    do(mill, fo, "cancel", reason="the customer is gone")
    (coming,) = supply.expected(mill, None)
    assert list(coming.demands) == demanded(mill, second)
    ordered = {
        demand: qty for (demand, _key), qty in supply.ordered(mill, demanded(mill, fo, second)).items()
    }
    assert ordered == {demanded(mill, second)[0]: D(40)}
    (line_id,) = ids(mill, po)
    named = purposes.of_lines(mill, [line_id])[line_id]
    assert [(p.ref.id, p.qty, p.dead) for p in named] == [(fo.id, D(60), True), (second.id, D(40), False)]


def test_a_line_of_the_cancelled_alone_comes_to_free_stock(mill: Ctx, fo: FactoryOrder) -> None:
    po = bought(mill, line(mill, "FAB", "500", color="NVY"), factory_order=fo)
    do(mill, fo, "cancel", reason="the customer is gone")
    came(mill, po, got(ids(mill, po)[0], "500"))
    assert there(mill, fo) == 0
