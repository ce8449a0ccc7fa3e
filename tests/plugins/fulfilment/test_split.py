"""One draft for each vendor, nothing twice, and the references between pieces and purchase lines."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.api import Refused, get_row
from plugins.fulfilment.api import allocations
from plugins.fulfilment.services import needs, tabs
from plugins.orders.services import lines as order_lines
from plugins.orders.services.inputs import as_inputs
from plugins.orders.testing import make_order
from plugins.purchasing.services import lines
from tests.plugins.fulfilment.conftest import bought, do, in_context, purchases, split

D = Decimal


def test_one_draft_for_each_vendor(ctx, sold):
    first, second = split(ctx, sold)
    assert [(po.supplier.code, po.state, po.total) for po in (first, second)] == [
        ("V1", "draft", D(67 * 4 + 40 * 2)),
        ("V2", "draft", D(60)),
    ]
    assert bought(ctx, first) == {
        "TEE NVY S US-LAX": 10, "TEE NVY M US-LAX": 20, "TEE NVY L US-LAX": 30, "TEE WHT M DE-HAM": 7, "CAP NVY M US-LAX": 40,
    }  # fmt: skip
    rows = allocations(ctx, [sold.id])
    assert sum(row.qty for row in rows) == sold.qty
    assert first.required_date == sold.ship_date
    do(ctx, first, "issue")
    assert first.snapshot.lines[0].material == "TEE"


def test_a_second_click_makes_only_what_is_missing(ctx, sold):
    first, _second = split(ctx, sold)
    with pytest.raises(Refused, match="bought or made already"):
        do(ctx, sold, "split")
    given = as_inputs(order_lines.order_lines(ctx, sold))
    given[3] = type(given[3])(**{**vars(given[3]), "sizes": (("M", 50),)})
    order_lines.save_lines(ctx, sold, given)
    assert [po.number for po in split(ctx, sold)] == [first.number, _second.number]
    assert sum(bought(ctx, first).values()) == 117  # the ten caps more stand on the draft that is there
    assert len(lines.purchase_lines(ctx, first.id)) == 6
    do(ctx, first, "cancel", reason="vendor closed")
    assert {need.rest for need in needs.missing(ctx, sold.id)} == {10, 20, 30, 7, 50}


def test_what_nobody_has_a_price_for_is_refused_unless_it_is_typed(ctx, sold, vendor):
    order = make_order(ctx, ("SHOE", "NVY", "US-LAX", {"S": 3}), ("TEE", "NVY", "US-LAX", {"S": 1}))
    with pytest.raises(Refused, match="No vendor has a price for 3 pieces of SHOE"):
        do(ctx, order, "split")
    with pytest.raises(Refused, match="type a vendor and a price"):
        do(ctx, order, "split", styles=[{"style": "SHOE", "vendor": "V3"}])
    with pytest.raises(Refused, match="Whose price"):
        do(ctx, order, "split", styles=[{"style": "SHOE", "price": "9"}])
    with pytest.raises(Refused, match="Nothing of it is missing"):
        do(ctx, order, "split", styles=[{"style": "CAP", "vendor": "V3"}])
    assert purchases(ctx, order) == []
    made = split(
        ctx, order, styles=[{"style": "SHOE", "vendor": "V3", "price": "9"}, {"style": "TEE", "vendor": "V2"}]
    )
    assert [(po.supplier.code, po.total) for po in made] == [("V2", D(3)), ("V3", D(27))]


def test_drop_shipping_asks_for_each_destination(ctx, sold):
    in_context(ctx, sold, reference="required", ships_via="vendor")
    made = split(ctx, sold)
    assert [(po.supplier.code, po.delivery_place[:6]) for po in made] == [
        ("V1", "US-LAX"),
        ("V1", "DE-HAM"),
        ("V2", "US-LAX"),
    ]


def test_tabs_add_up_to_the_order(ctx, sold):
    found = tabs.of_order(ctx, sold)
    assert [(tab.vendor_id, tab.qty, tab.amount) for tab in found] == [(tabs.NOBODY, 117, D(585))]
    first, second = split(ctx, sold)
    with pytest.raises(Refused, match="has it already"):
        do(ctx, first, "move", vendor="V1", parts=[{"line": 1, "qty": 1}])
    do(ctx, first, "move", vendor="V2", parts=[{"line": 1, "qty": 4}, {"line": 4, "qty": 7}])
    assert [(tab.vendor.code, tab.qty, tab.amount) for tab in tabs.of_order(ctx, sold)] == [
        ("V1", 96, D(480)),
        ("V2", 21, D(105)),
    ]
    assert bought(ctx, second) == {
        "POLO NVY S US-LAX": 5,
        "POLO NVY M US-LAX": 5,
        "TEE NVY S US-LAX": 4,
        "TEE WHT M DE-HAM": 7,
    }
    assert second.total == D(60 + 11 * 3)
    assert sum(a.qty for a in allocations(ctx, [sold.id])) == 117


def test_a_part_goes_to_a_vendor_with_a_price_only(ctx, sold, vendor):
    first, _second = split(ctx, sold)
    with pytest.raises(Refused, match="V3 has no price for TEE"):
        do(ctx, first, "move", vendor="V3", parts=[{"line": 1, "qty": 4}])
    with pytest.raises(Refused, match="The line has 10"):
        do(ctx, first, "move", vendor="V3", parts=[{"line": 1, "qty": 11, "price": "1"}])
    target = do(ctx, first, "move", vendor="V3", parts=[{"line": 1, "qty": 10, "price": "1"}])
    assert bought(ctx, get_row(ctx, ctx.registry.get("purchasing.order"), target.id)) == {
        "TEE NVY S US-LAX": 10
    }
    assert "TEE NVY S US-LAX" not in bought(ctx, first)


def test_statements_do_not_grow_with_lines(ctx, sold, count_queries):
    many = make_order(ctx, *((s, c, d, {"S": 1, "M": 2, "L": 3}) for s in ("TEE", "CAP", "POLO") for c in ("NVY", "WHT")
                             for d in ("US-LAX", "DE-HAM", "JP-TYO")))  # fmt: skip
    counts = []
    for order in (sold, many):
        ctx.session.expire_all()
        with count_queries() as log:
            do(ctx, order, "split")
        counts.append(log.count)
        assert len(purchases(ctx, order)) == 2
    assert counts[1] <= counts[0], counts
