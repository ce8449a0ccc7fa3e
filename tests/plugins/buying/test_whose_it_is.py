"""One piece serves one demand: what comes lies with who claims it, counts once, and is taken from there again (A1, A2)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from core import ledger
from core.api import Ctx, Refused, save_row
from core.db import flush_rows
from plugins.buying.services import needs
from plugins.factory_buying import shown
from plugins.outsourcing.models import FactoryOrder
from plugins.purchasing.models import PurchaseOrder
from plugins.receiving.models import Receipt
from plugins.stock.services import arrivals, claims, demands
from tests.plugins.conftest import days_of
from tests.plugins.factory_stock.conftest import sent
from tests.plugins.material_gate.conftest import all_but, arrive, free, gate, keep, short
from tests.plugins.outsourcing.conftest import do, made, picked, sold
from tests.plugins.purchasing.conftest import bought, came, demanded, got, ids, line, stock

D = Decimal
LABEL = {"material": "LBL", "size": "M"}


@pytest.fixture
def second(mill: Ctx, fo: FactoryOrder) -> FactoryOrder:
    """Another factory order with the same need of labels, that ships later."""
    so = sold(mill, ("ST-1", "NVY", "US-LAX", {"M": 300}), po="PO-2")
    row = made(mill)
    do(mill, row, "add_work", work=picked(so.number))
    do(mill, row, "issue")
    return row


def for_two(ctx: Ctx, fo: FactoryOrder, second: FactoryOrder, qty: str = "100") -> PurchaseOrder:
    """A line of 100 kg: 60 for the first, 30 for the second, 10 for stock."""
    return bought(ctx, line(ctx, "KNT", qty, color="NVY", allocations={fo.id: D(60), second.id: D(30)}))


def there(ctx: Ctx, *orders: FactoryOrder) -> list[Decimal]:
    """What has arrived for each of them, all groups together."""
    return [sum(arrivals.arrived(ctx, demanded(ctx, order)).values(), D(0)) for order in orders]


def free_kg(ctx: Ctx) -> Decimal:
    return stock(ctx).get(("KNT", "store"), D(0))


def sent_back(ctx: Ctx, receipt: Receipt, qty: str, kind: str = "replacement") -> Any:
    return do(ctx, receipt, "return", lines=[{"line": 1, "qty": D(qty), "reason": "defect"}], kind=kind)


def test_what_came_for_an_order_is_not_reserved_for_it_again(mill: Ctx, fo: FactoryOrder) -> None:
    all_but(mill, fo, "LBL M")
    arrive(mill, fo, "LBL M", "200")
    assert short(mill, fo) == {"LBL M": "106"}  # of 306
    paper = save_row(
        mill,
        mill.registry.get("stock.document"),
        None,
        {"kind": "reserve", "day": mill.today(), "owner": fo.number},
        {"lines": []},
    )
    with pytest.raises(Refused, match="nothing to fill in"):
        do(mill, paper, "fill")
    free(mill, "LBL M", "500")  # somebody's who may give it away
    do(mill, paper, "fill")
    assert [line.qty for line in paper.lines] == [D(106)]
    do(mill, paper, "post")
    assert short(mill, fo) == {}
    assert stock(mill)["LBL", "store"] == 394


def test_one_lot_opens_one_gate(mill: Ctx, fo: FactoryOrder, second: FactoryOrder) -> None:
    all_but(mill, fo, "LBL M")
    arrive(mill, fo, "LBL M")
    assert gate(mill, fo).state == "open"
    with pytest.raises(Refused, match="LBL M"):  # it lies with the first: not free to take
        sent(mill, second, {**LABEL, "qty": "306"})
    keep(mill, fo, "LBL M", "-306")  # unless the first gives it up, visibly
    sent(mill, second, {**LABEL, "qty": "306"})
    assert short(mill, fo) == {"LBL M": "306"}
    assert "LBL M" not in short(mill, second)


def test_it_is_divided_among_those_alive_as_it_comes(
    mill: Ctx, fo: FactoryOrder, second: FactoryOrder
) -> None:
    po = for_two(mill, fo, second)
    (line_id,) = ids(mill, po)
    came(mill, po, got(line_id, "70"))
    assert (there(mill, fo, second), free_kg(mill)) == ([60, 10], 0)
    came(mill, po, got(line_id, "35"))  # 5 over
    assert (there(mill, fo, second), free_kg(mill)) == ([60, 30], 15)
    assert [c.lacks for c in claims.of_lines(mill, "purchasing.order", [line_id])[line_id]] == [0, 0]


def test_of_several_lots_and_lines_of_one_receipt_nothing_is_lost(
    mill: Ctx, fo: FactoryOrder, second: FactoryOrder
) -> None:
    from plugins.receiving.services.receiving import Received, Roll

    po = for_two(mill, fo, second)
    (line_id,) = ids(mill, po)
    rolls = [Roll(lot=lot, qty=D(qty)) for lot, qty in (("A", "33.33"), ("B", "16.67"))]
    receipt = came(mill, po, Received(line_id, rolls=rolls), got(line_id, "40"))
    assert (there(mill, fo, second), free_kg(mill)) == ([60, 30], 0)
    moved = ledger.movements(mill, entity="receiving.receipt", entity_id=receipt.id)
    assert sum(m.qty for m in moved) == 90
    assert sum(m.value or D(0) for m in moved) == 180  # and of its value neither


def test_a_reversal_takes_it_from_where_it_went(mill: Ctx, fo: FactoryOrder, second: FactoryOrder) -> None:
    po = for_two(mill, fo, second)
    (line_id,) = ids(mill, po)
    first = came(mill, po, got(line_id, "50"))
    came(mill, po, got(line_id, "50"))
    do(mill, first, "reverse", reason="typed twice")
    assert (there(mill, fo, second), free_kg(mill)) == ([10, 30], 10)
    came(mill, po, got(line_id, "50"))  # what was taken back is lacking again
    assert (there(mill, fo, second), free_kg(mill)) == ([60, 30], 10)


def test_what_moved_on_names_what_moved_it(mill: Ctx, fo: FactoryOrder) -> None:
    receipt = arrive(mill, fo, "LBL M")
    issue = sent(mill, fo, {**LABEL, "qty": "6"})
    with pytest.raises(Refused, match=f"It went on with {issue.number}"):
        do(mill, receipt, "reverse", reason="typed twice")
    do(mill, issue, "reverse", reason="wrong one")
    do(mill, receipt, "reverse", reason="typed twice")
    assert (there(mill, fo), stock(mill, ("store", "reserved"))) == ([0], {})


def test_a_mistake_is_taken_back_from_what_a_cancelled_order_let_go(mill: Ctx, fo: FactoryOrder) -> None:
    receipt = arrive(mill, fo, "LBL M")
    do(mill, fo, "cancel", reason="the customer is gone")
    assert stock(mill, ("store", "reserved")) == {("LBL", "store"): D(306)}
    do(mill, receipt, "reverse", reason="typed twice")
    assert stock(mill, ("store", "reserved")) == {}
    assert ledger.verify(mill, record=False) == []


def test_returns_take_what_nobody_claims_and_then_from_who_is_served_last(
    mill: Ctx, fo: FactoryOrder, second: FactoryOrder
) -> None:
    po = for_two(mill, fo, second)
    (line_id,) = ids(mill, po)
    receipt = came(mill, po, got(line_id, "100"))
    assert (there(mill, fo, second), free_kg(mill)) == ([60, 30], 10)
    sent_back(mill, receipt, "6")
    assert (there(mill, fo, second), free_kg(mill)) == ([60, 30], 4)
    back = sent_back(mill, receipt, "12")
    assert (there(mill, fo, second), free_kg(mill)) == ([60, 22], 0)
    sent_back(mill, receipt, "2", "credit")
    assert there(mill, fo, second) == [60, 20]
    came(mill, po, got(line_id, "9"))  # 8 are replaced; what was credited is not to come again
    assert (there(mill, fo, second), free_kg(mill)) == ([60, 28], 1)
    with pytest.raises(Refused, match="reverse"):
        do(mill, receipt, "reverse", reason="typed twice")
    do(mill, back, "reverse", reason="it stayed")
    assert (there(mill, fo, second), free_kg(mill)) == ([60, 36], 5)


def test_what_waits_for_inspection_is_divided_when_it_is_accepted(
    mill: Ctx, fo: FactoryOrder, second: FactoryOrder
) -> None:
    po = for_two(mill, fo, second)
    receipt = came(mill, po, got(ids(mill, po)[0], "100"), inspect=True)
    assert there(mill, fo, second) == [0, 0]
    do(mill, receipt, "inspect", lines=[{"line": 1, "accepted": D(70)}])
    do(mill, receipt, "inspect", lines=[{"line": 1, "accepted": D(20), "rejected": D(10), "reason": "shade"}])
    assert (there(mill, fo, second), free_kg(mill)) == ([60, 30], 0)


@pytest.mark.parametrize("state", ["closed", "cancelled"])
def test_claims_of_who_is_over_count_for_nothing(
    mill: Ctx, fo: FactoryOrder, second: FactoryOrder, state: demands.State
) -> None:
    po = for_two(mill, fo, second)
    demands.follow_owner(mill, "outsourcing.order", [demands.Head(fo.id, fo.number, fo.ship_date, state)])
    came(mill, po, got(ids(mill, po)[0], "50"))
    assert (there(mill, fo, second), free_kg(mill)) == ([0, 30], 20)


def test_what_is_counted_and_carried_is_all_that_lies_there(mill: Ctx, fo: FactoryOrder) -> None:
    """A count of the shelf sees what is kept (A17); carried to another store it stays kept."""
    from plugins.catalog.models import Material
    from plugins.stock.models import Store
    from tests.plugins.purchasing.conftest import one

    arrive(mill, fo, "LBL M")
    free(mill, "LBL M", "94")
    east = Store(code="EAST", name="East", address="", is_default=False, active=True)
    mill.session.add(east)
    flush_rows(mill.session)
    entity = mill.registry.get("stock.document")

    def paper(kind: str, qty: str, **more: Any) -> Any:
        given = {"material": one(mill, Material, "LBL"), "size": "M", "qty": D(qty)}
        return save_row(mill, entity, None, {"kind": kind, "day": mill.today(), **more}, {"lines": [given]})

    do(mill, paper("count", "400"), "post")
    assert stock(mill, ("store", "reserved")) == {("LBL", "store"): D(94), ("LBL", "reserved"): D(306)}
    do(mill, paper("transfer", "100", target_store=east), "post")
    assert there(mill, fo) == [D(306)]
    at = {
        (p.kind, p.id == east.id): q
        for (_i, p), q in ledger.balances(mill, place_kinds=("store", "reserved")).items()
    }
    assert at == {("store", True): D(94), ("reserved", True): D(6), ("reserved", False): D(300)}
    do(mill, paper("count", "299", cause="lost"), "post")  # one is gone, and it was the order's
    assert there(mill, fo) == [D(305)]


def test_leftovers_of_what_is_done_are_no_want_of_it(mill: Ctx, fo: FactoryOrder) -> None:
    def figures() -> list[Any]:
        complete = days_of(mill, "outsourcing.order", fo.id)["material_gate.trim_complete"]
        return [shown.covers(mill, [fo.id])[fo.id], complete, short(mill, fo)]

    all_but(mill, fo, on=mill.today() - timedelta(days=9))
    do(mill, fo, "start")
    sent(mill, fo, {**LABEL, "qty": "300"})
    before = figures()
    do(mill, fo, "short_close", reason="the customer cut the order")
    assert fo.state == "completed"
    sent(mill, fo, {**LABEL, "qty": "290"}, kind="return")
    sent(mill, fo, {**LABEL, "qty": "10", "reason": "lost", "payer": "factory"}, kind="write_off")
    assert figures() == before
    do(mill, fo, "close")
    assert (
        stock(mill)["LBL", "store"] == 306 + 306 + 290 + 6
    )  # other sizes, what came back, what was never sent
    assert figures() == before
    assert all(not row.remaining for row in needs.panel(mill, demanded(mill, fo)))
