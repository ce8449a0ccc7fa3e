"""The rule as tables: what counts as arrived, what does not, stages, tolerance, the basis."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.api import Ctx, Refused
from plugins.catalog.models import BomLine, Color, Partner, Style
from plugins.outsourcing.models import FactoryOrder
from plugins.receiving.models import SupplierReturn
from plugins.stock.api import demands
from tests.plugins.catalog.consumption import save_bom
from tests.plugins.factory_stock.conftest import sent
from tests.plugins.material_gate.conftest import (
    MAKING,
    NEED,
    Receipts,
    arrive,
    demand_of,
    free,
    gate,
    issued,
    keep,
    short,
    thing,
)
from tests.plugins.outsourcing.conftest import do, sold
from tests.plugins.purchasing.conftest import D, bought, came, got, ids, line, one


def test_nothing_there_everything_short(mill: Ctx, fo: FactoryOrder) -> None:
    assert short(mill, fo) == {group: need for group, (need, _where) in NEED.items()}
    found = gate(mill, fo)
    assert (found.state, found.complete_pct, found.held) == ("hold", Decimal(0), True)
    with pytest.raises(Refused, match="8 groups of material short"):
        do(mill, fo, "start")
    assert fo.state == "issued"


def test_the_last_group_opens_it(mill: Ctx, fo: FactoryOrder, but_label: Receipts) -> None:
    assert short(mill, fo) == {"LBL M": "306"}
    assert gate(mill, fo).complete_pct == Decimal("87.5")
    arrive(mill, fo, "LBL M", "305")
    assert short(mill, fo) == {"LBL M": "1"}
    arrive(mill, fo, "LBL M", "1")
    assert (gate(mill, fo).state, gate(mill, fo).complete_pct) == ("open", Decimal(100))
    do(mill, fo, "start")
    assert fo.state == "in_production"


def test_surplus_of_one_covers_no_other(mill: Ctx, fo: FactoryOrder, but_label: Receipts) -> None:
    do(mill, but_label["FAB WHT"], "reverse", reason="typed twice")
    arrive(mill, fo, "LBL S", "900")
    arrive(mill, fo, "FAB NVY", "2000")
    assert set(short(mill, fo)) == {"LBL M", "FAB WHT"}


def _inspected(mill: Ctx, fo: FactoryOrder) -> Any:
    return arrive(mill, fo, "LBL M", inspect=True)


def _rejected(mill: Ctx, fo: FactoryOrder) -> Any:
    po = bought(
        mill, line(mill, "LBL", "306", size="M"), supplier="S2", material_class="trim", factory_order=fo
    )
    return came(mill, po, got(ids(mill, po)[0], "306", "306", reject_reason="shade"))


def _in_draft(mill: Ctx, fo: FactoryOrder) -> Any:
    return arrive(mill, fo, "LBL M", post=False)


def _free(mill: Ctx, fo: FactoryOrder) -> Any:
    return free(mill, "LBL M", "1000")


def _for_nobody(mill: Ctx, fo: FactoryOrder) -> Any:
    po = bought(mill, line(mill, "LBL", "306", size="M"), supplier="S2", material_class="trim")
    return came(mill, po, got(ids(mill, po)[0], "306"))


@pytest.mark.parametrize("what", [_inspected, _rejected, _in_draft, _free, _for_nobody])
def test_what_does_not_count(
    mill: Ctx, fo: FactoryOrder, but_label: Receipts, what: Callable[[Ctx, FactoryOrder], Any]
) -> None:
    what(mill, fo)
    assert short(mill, fo) == {"LBL M": "306"}


def test_accepted_at_inspection_it_counts(mill: Ctx, fo: FactoryOrder, but_label: Receipts) -> None:
    receipt = _inspected(mill, fo)
    do(mill, receipt, "inspect", lines=[{"line": 1, "accepted": D(300)}])
    assert short(mill, fo) == {"LBL M": "6"}
    do(mill, receipt, "inspect", lines=[{"line": 1, "accepted": D(6)}])
    assert short(mill, fo) == {}


def test_what_went_back_to_the_supplier_is_missing_again(
    mill: Ctx, fo: FactoryOrder, complete: Receipts
) -> None:
    do(
        mill,
        complete["LBL S"],
        "return",
        lines=[{"line": 1, "qty": D(6), "reason": "shade"}],
        kind="replacement",
    )
    back = mill.session.scalars(select(SupplierReturn)).one()
    if back.state == "draft":
        do(mill, back, "post")
    assert short(mill, fo) == {"LBL S": "6"}
    do(mill, back, "reverse", reason="they did not take it")
    assert short(mill, fo) == {}


def test_reversal_closes_it_again(mill: Ctx, fo: FactoryOrder, complete: Receipts) -> None:
    assert gate(mill, fo).state == "open"
    do(mill, complete["FAB WHT"], "reverse", reason="typed twice")
    assert short(mill, fo) == {"FAB WHT": "413.39"}
    with pytest.raises(Refused, match="1 groups of material short"):
        do(mill, fo, "start")


def test_stock_set_aside_counts_also_when_it_was_issued(
    mill: Ctx, fo: FactoryOrder, but_label: Receipts
) -> None:
    free(mill, "LBL M", "1000")
    arrive(mill, fo, "LBL M", "200")
    keep(mill, fo, "LBL M", "100")
    assert short(mill, fo) == {"LBL M": "6"}
    keep(mill, fo, "LBL M", "6")
    assert short(mill, fo) == {}
    # it goes to the factory before the start: 106 of it out of what was set aside
    sent(mill, fo, {"material": "LBL", "size": "M", "qty": "150"})
    assert short(mill, fo) == {}
    sent(mill, fo, {"material": "LBL", "size": "M", "qty": "156"})
    assert short(mill, fo) == {}


def test_setting_free_takes_it_away_again(mill: Ctx, fo: FactoryOrder, but_german: Receipts) -> None:
    free(mill, "CTN DE-HAM", "50")
    keep(mill, fo, "CTN DE-HAM", "13")
    assert gate(mill, fo).state == "open"
    keep(mill, fo, "CTN DE-HAM", "-1")
    assert short(mill, fo) == {"CTN DE-HAM": "1"}


def test_free_stock_that_was_issued_is_at_the_factory(
    mill: Ctx, fo: FactoryOrder, but_label: Receipts
) -> None:
    free(mill, "LBL M", "1000")
    issue = sent(mill, fo, {"material": "LBL", "size": "M", "qty": "306"})
    assert short(mill, fo) == {}
    do(mill, issue, "reverse", reason="the wrong box")
    assert short(mill, fo) == {"LBL M": "306"}


def test_a_customers_material_counts_once_it_is_set_aside(
    mill: Ctx, fo: FactoryOrder, but_label: Receipts
) -> None:
    owner = one(mill, Partner, "C1").id
    free(mill, "LBL M", "306", owner=owner)
    assert short(mill, fo) == {"LBL M": "306"}
    keep(mill, fo, "LBL M", "306", owner=owner)
    assert short(mill, fo) == {}


def test_kept_for_another_order_is_not_here(mill: Ctx, fo: FactoryOrder, but_label: Receipts) -> None:
    other = issued(mill, sold(mill, ("ST-1", "NVY", "US-LAX", {"S": 1, "M": 1, "L": 1}), po="PO-2"))
    free(mill, "LBL M", "1000")
    keep(mill, other, "LBL M", "306")
    assert short(mill, fo) == {"LBL M": "306"}
    assert thing(mill, "LBL M").size_id


@pytest.mark.parametrize(
    ("stages", "state"),
    [
        (["cutting", "sewing", "packing"], "hold"),
        (["cutting", "sewing"], "open"),
        (["cutting"], "open"),
        (["packing"], "hold"),
        ([], "open"),
    ],
)
def test_only_gated_stages_hold(
    mill: Ctx, fo: FactoryOrder, but_cartons: Receipts, stages: list[str], state: str
) -> None:
    mill.set_setting("material_gate.stages", stages)
    found = gate(mill, fo)
    assert found.state == state
    assert found.complete_pct == Decimal(75)  # of all groups, whatever is gated


@pytest.mark.parametrize(
    ("tolerance", "came_in", "ok"),
    [("0", "305", False), ("0", "306", True), ("5", "291", True), ("5", "290", False), ("100", "0", True)],
)
def test_tolerance(mill: Ctx, fo: FactoryOrder, tolerance: str, came_in: str, ok: bool) -> None:
    """306 × 0.95 = 290.7: 291 is enough, 290 is not."""
    mill.set_setting("material_gate.tolerance_pct", tolerance)
    if came_in != "0":
        arrive(mill, fo, "LBL M", came_in)
    found = next(g for g in gate(mill, fo).groups if str(g.name) == "LBL M")
    assert (found.ok, found.short) == (ok, D(306) - D(came_in))


def test_without_consumption_it_waits_for_what_was_ordered(mill: Ctx, so: Any) -> None:
    save_bom(mill, one(mill, Style, "ST-1"), [])
    one(mill, Style, "ST-1").pcs_per_carton = None
    fo = issued(mill, so)
    assert (gate(mill, fo).state, gate(mill, fo).groups) == ("open", ())
    po = bought(
        mill, line(mill, "LBL", "100", size="M"), supplier="S2", material_class="trim", factory_order=fo
    )
    assert short(mill, fo) == {"LBL M": "100"}
    assert [g.stage for g in gate(mill, fo).groups] == ["sewing"]
    came(mill, po, got(ids(mill, po)[0], "60"))
    assert short(mill, fo) == {"LBL M": "40"}
    do(mill, po, "short_close", line=1, reason="they have no more")
    assert short(mill, fo) == {}
    do(mill, fo, "start")


def test_a_need_that_cannot_be_computed_holds(mill: Ctx, so: Any) -> None:
    rule = {
        "material": "FAB",
        "uom": "m",
        "consumption": "1",
        "color_rule": "map",
        "color_detail": "NVY=NVY WHT=WHT",
    }
    save_bom(mill, one(mill, Style, "ST-1"), [rule])
    navy = str(one(mill, Color, "NVY").id)
    mill.session.scalars(select(BomLine)).one().color_map = {
        navy: int(navy)
    }  # white came after the map was made
    mill.session.flush()
    fo = issued(mill, so)
    found = gate(mill, fo)
    assert found.state == "hold"
    assert [(c.ok, "FAB has no colour for WHT" in str(c.detail)) for c in found.failing] == [(False, True)]


def test_any_number_of_orders_takes_the_same_queries(
    mill: Ctx, fo: FactoryOrder, but_german: Receipts, count_queries: Any
) -> None:
    from plugins.material_gate.services.gate import gate_check

    free(mill, "LBL M", "10")
    keep(mill, fo, "LBL M", "5")
    mill.memo.clear()  # what was read before is not counted
    with count_queries() as few:
        gate_check(mill, [demand_of(mill, fo)])
    others = [fo.id]
    for n in range(3):
        other = issued(
            mill, sold(mill, ("ST-1", "NVY", "US-LAX", {"S": 5, "M": 5, "L": 5}), po=f"PO-{n + 2}")
        )
        keep(mill, other, "LBL M", "0.5")
        others.append(other.id)
    mill.memo.clear()
    with count_queries() as many:
        found = gate_check(mill, list(demands.ids_of(mill, MAKING, others).values()))
    assert len(found) == 4
    assert many.count == few.count
