"""Orders and purchase orders that no longer agree: told on both, put right where a person asks, never below what came."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from core.api import Refused
from plugins.catalog.testing import make_goods_price
from plugins.fulfilment.api import allocations
from plugins.fulfilment.services import aligning, differences, needs, progress
from plugins.fulfilment.services import split as split_module
from plugins.fulfilment.shown import vendors
from plugins.orders.services import lines as order_lines
from plugins.orders.services.inputs import as_inputs
from plugins.orders.testing import make_order
from plugins.purchasing.api import Position
from plugins.purchasing.services import lines, positions
from tests.plugins.fulfilment import trade
from tests.plugins.fulfilment.conftest import bought, do, in_context, purchases, split

D = Decimal


def change(ctx, order, line, sizes=None, **more):
    """Type a line of the order anew."""
    given = as_inputs(order_lines.order_lines(ctx, order))
    if sizes is not None:
        more["sizes"] = tuple(sizes.items())
    given[line] = replace(given[line], **more)
    order_lines.save_lines(ctx, order, given, reason="the customer asked")
    ctx.session.flush()


def kinds(ctx, order):
    """What differs, and by how much."""
    return [(d.kind, d.at.po_state, d.qty) for d in differences.of_orders(ctx, [order.id])]


@pytest.mark.parametrize("issued", [False, True])
def test_a_changed_order_is_followed_where_somebody_asks(ctx, sold, issued):
    first, _second = split(ctx, sold)
    state = "issued" if issued else "draft"
    if issued:
        do(ctx, first, "issue")
    assert kinds(ctx, sold) == []
    with pytest.raises(Refused, match="agrees with its orders"):
        aligning.align(ctx, first, "nothing")
    change(ctx, sold, 0, {"S": 4, "M": 20, "L": 33})
    change(ctx, sold, 3, color="WHT")
    assert sorted(kinds(ctx, sold)) == sorted([("over", state, 6), ("grown", state, 3), ("stray", state, 40)])
    assert bought(ctx, first)["TEE NVY S US-LAX"] == 10  # nothing by itself
    do(ctx, sold, "align", reason="the customer asked")
    ctx.session.expire_all()
    assert kinds(ctx, sold) == []
    now = bought(ctx, first)
    assert (now["TEE NVY S US-LAX"], now["TEE NVY L US-LAX"]) == (4, 33)
    assert (first.revision, first.state) == ((1 if issued else 0), state)
    cap = [line for line in lines.purchase_lines(ctx, first.id) if line.article.code == "CAP"]
    assert [(line.short_closed, line.short_reason) for line in cap] == (
        [(True, "the customer asked")] if issued else []
    )
    assert sum(need.rest for need in needs.of_orders(ctx, [sold.id])) == 40  # the white caps are to be bought


def add(ctx, order, *wanted):
    """Further lines of an order: (style, colour, destination, sizes)."""
    given = as_inputs(order_lines.order_lines(ctx, order))
    more = [
        replace(given[0], id=None, style=s, color=c, destination=d, sizes=tuple(n.items()))
        for s, c, d, n in wanted
    ]
    order_lines.save_lines(ctx, order, [*given, *more], reason="the customer asked")
    ctx.session.flush()


@pytest.mark.parametrize("issued", [False, True])
def test_what_is_added_to_a_bound_order_is_proposed_on_its_purchase_orders(ctx, sold, issued):
    make_goods_price(ctx, "SOCK", "V1", "1.5")
    make_goods_price(ctx, "BELT", "V3", "9")
    in_context(ctx, sold, reference="required")
    first, second = split(ctx, sold)
    if issued:
        do(ctx, first, "issue")
    add(
        ctx,
        sold,
        ("TEE", "WHT", "US-LAX", {"S": 3}),
        ("SOCK", "NVY", "US-LAX", {"M": 4}),
        ("BELT", "NVY", "US-LAX", {"M": 5}),
    )
    change(ctx, sold, 2, {"S": 5, "M": 5, "L": 6})
    state = "issued" if issued else "draft"
    told = sorted((d.kind, d.at.po, d.at.po_state, d.qty) for d in differences.of_orders(ctx, [sold.id]))
    assert told == sorted(
        [
            ("added", first.number, state, 3),
            ("added", first.number, state, 4),
            ("added", second.number, "draft", 6),
        ]
    )
    for row in (sold, first):  # both documents tell
        (panel,) = vendors.of_document(ctx, ctx.registry.entity_for(row).name, row)
        assert any("not on it yet" in str(each["words"]) for each in panel.values["differences"]["rows"])
    assert "TEE WHT S US-LAX" not in bought(ctx, first)  # nothing by itself
    do(ctx, sold, "align", reason="the customer asked")
    ctx.session.expire_all()
    assert kinds(ctx, sold) == []
    now = bought(ctx, first)
    assert (now["TEE WHT S US-LAX"], now["SOCK NVY M US-LAX"], bought(ctx, second)["POLO NVY L US-LAX"]) == (
        3,
        4,
        6,
    )
    assert (first.revision, first.state, purchases(ctx, sold)) == (int(issued), state, [first, second])
    assert {str(line.price.normalize()) for line in lines.purchase_lines(ctx, first.id)} == {"4", "2", "1.5"}
    assert sum(need.rest for need in needs.missing(ctx, sold.id)) == 5  # the belt is another vendor's
    do(ctx, sold, "split")
    assert [po.supplier.code for po in purchases(ctx, sold)] == ["V1", "V2", "V3"]


def test_a_vendor_that_has_none_is_not_asked_again_and_what_it_sends_too_much_is_told(ctx, sold):
    in_context(ctx, sold, ships_via="vendor")
    *_others, first = (
        po for po in split(ctx, sold) if po.supplier.code == "V1" and "TEE NVY S US-LAX" in bought(ctx, po)
    )
    typed = lines.as_inputs(ctx, first.id)
    typed[0].availability, typed[1].qty = "never", typed[1].qty + 2
    lines.save(ctx, first, typed)
    do(ctx, first, "issue")
    assert kinds(ctx, sold) == [("never", "issued", 10), ("spare", "issued", 2)]
    do(ctx, sold, "align", reason="as the vendor said")
    ctx.session.expire_all()
    assert kinds(ctx, sold) == [("spare", "issued", 2)]  # the ten are to be bought elsewhere
    assert sum(need.rest for need in needs.missing(ctx, sold.id)) == 10
    change(ctx, sold, 0, {"M": 20, "L": 30})  # the customer does without them
    change(ctx, sold, 3, destination="DE-HAM")
    # the caps go where another purchase order of the vendor goes
    assert sorted((kind, qty) for kind, _state, qty in kinds(ctx, sold)) == [
        ("added", 40),
        ("spare", 2),
        ("stray", 40),
    ]
    do(ctx, sold, "align", reason="moved")
    ctx.session.expire_all()
    assert kinds(ctx, sold) == [("spare", "issued", 2)]
    assert needs.missing(ctx, sold.id) == []


def test_what_a_vendor_never_has_stays_on_its_draft_and_is_asked_of_another(ctx, sold):
    first, second = split(ctx, sold)
    typed = lines.as_inputs(ctx, first.id)
    for given in typed:
        if (given.article.code, given.size) in (("TEE", "S"), ("CAP", "M")):
            given.availability = "never"
    lines.save(ctx, first, typed)
    assert sorted(kinds(ctx, sold)) == [("never", "draft", 10), ("never", "draft", 40)]
    do(ctx, sold, "align", reason="as the vendor said")
    ctx.session.expire_all()
    assert kinds(ctx, sold) == []
    kept = [line for line in lines.purchase_lines(ctx, first.id) if line.availability == "never"]
    assert [(lines.label(line), line.qty) for line in kept] == [
        ("TEE NVY S US-LAX", 10),
        ("CAP NVY M US-LAX", 40),
    ]
    for styles in ([], [{"style": "CAP"}]):
        with pytest.raises(
            Refused, match="V1 has not all of CAP that is missing|Nobody has a price for 40 pieces"
        ):
            do(ctx, sold, "split", styles=styles)
    tee, cap = split_module.proposal(ctx, sold)
    assert (tee.offers.first.vendor.code, cap.offers.first) == ("V2", None)
    do(ctx, sold, "split", styles=[{"style": "CAP", "vendor": "V2", "price": "2"}])
    assert (bought(ctx, second)["TEE NVY S US-LAX"], bought(ctx, second)["CAP NVY M US-LAX"]) == (10, 40)
    do(ctx, first, "cancel", reason="other goods")  # and it may be asked for others again
    assert sum(need.rest for need in needs.missing(ctx, sold.id)) == 57
    assert {each.offers.first.vendor.code for each in split_module.proposal(ctx, sold)} == {"V1"}


def test_a_cancelled_order_wants_nothing_of_its_purchase_orders(ctx, sold):
    first, _second = split(ctx, sold)
    do(ctx, sold, "cancel", reason="no money")
    assert {kind for kind, _state, _qty in kinds(ctx, sold)} == {"over"}
    do(ctx, sold, "align", reason="cancelled")
    ctx.session.expire_all()
    assert bought(ctx, first) == {}
    assert allocations(ctx, [sold.id]) == []


def test_never_short_closed_and_late_are_told_on_the_order(ctx, sold):
    first, _second = split(ctx, sold)
    typed = [
        replace(each, availability="never" if n == 0 else "unknown")
        for n, each in enumerate(lines.as_inputs(ctx, first.id))
    ]
    lines.save(ctx, first, typed)
    do(ctx, first, "issue")
    do(ctx, first, "short_close", line=2, reason="no yarn")
    assert kinds(ctx, sold) == [("never", "issued", 10), ("short", "issued", 20)]
    do(ctx, first, "revise", reason="vendor is late", lines=[{"line": 3, "required_date": "2027-02-01"}])
    assert kinds(ctx, sold)[2:] == [("late", "issued", 30)]
    do(ctx, first, "align", reason="as the vendor said")
    ctx.session.expire_all()
    assert [kind for kind, _state, _qty in kinds(ctx, sold)] == ["late"]
    assert sorted(n.rest for n in needs.of_orders(ctx, [sold.id]) if n.rest) == [10, 20]


def test_a_quantity_goes_down_to_what_was_accepted(ctx, sold, monkeypatch):
    first, _second = split(ctx, sold)
    do(ctx, first, "issue")
    small = next(
        line for line in lines.purchase_lines(ctx, first.id) if lines.label(line) == "TEE NVY S US-LAX"
    )
    change(ctx, sold, 0, {"S": 0, "M": 20, "L": 30})
    real = positions.of_lines
    monkeypatch.setattr(
        positions, "of_lines", lambda c, ids: {**real(c, ids), small.id: Position(received=D(4))}
    )
    do(ctx, first, "align", reason="less")
    assert bought(ctx, first)["TEE NVY S US-LAX"] == 4


def test_what_a_line_orders_bounds_what_is_allotted_of_it(ctx, sold):
    first, _second = split(ctx, sold)
    other = make_order(ctx, ("TEE", "NVY", "US-LAX", {"S": 50}))
    with pytest.raises(Refused, match="5 more than the purchase line has"):
        do(ctx, first, "allot", shares=[{"line": 1, "order": other.number, "order_line": 1, "qty": 5}])
    typed = [
        replace(each, qty=each.qty - 7 if n == 0 else each.qty)
        for n, each in enumerate(lines.as_inputs(ctx, first.id))
    ]
    lines.save(ctx, first, typed)
    assert sorted(a.qty for a in allocations(ctx, [sold.id]))[0] == 3  # the line has no more


def test_bulk_goes_to_the_oldest_need_first(ctx, sold):
    first, _second = split(ctx, sold)
    typed = [
        replace(each, qty=each.qty + 30 if n == 0 else each.qty)
        for n, each in enumerate(lines.as_inputs(ctx, first.id))
    ]
    lines.save(ctx, first, typed)
    early = make_order(ctx, ("TEE", "NVY", "US-LAX", {"S": 25}))
    late = make_order(ctx, ("TEE", "NVY", "US-LAX", {"S": 25}))
    change(ctx, early, 0, ship_date="2026-12-10")
    do(ctx, first, "allot_all")
    assert [[a.qty for a in allocations(ctx, [o.id])] for o in (early, late)] == [[25], [5]]
    with pytest.raises(Refused, match="1 more than the order wants"):
        do(ctx, first, "allot", shares=[{"line": 1, "order": early.number, "order_line": 1, "qty": 26},
                                        {"line": 1, "order": late.number, "order_line": 1, "qty": 0}])  # fmt: skip
    do(ctx, first, "allot", shares=[{"line": 1, "order": early.number, "order_line": 1, "qty": 0},
                                    {"line": 1, "order": late.number, "order_line": 1, "qty": 25}])  # fmt: skip
    assert [[a.qty for a in allocations(ctx, [o.id])] for o in (early, late)] == [[], [25]]
    with pytest.raises(Refused, match="wants none of it"):
        do(ctx, first, "allot", shares=[{"line": 2, "order": early.number, "order_line": 1, "qty": 1}])


def test_shipping_blocks_where_a_reference_is_required(ctx, sold):
    line, size = sold.lines[0].id, sold.lines[0].sizes[0].size_id

    def ask(qty):
        answers = ctx.hooks.shipping_blocks(order_id=sold.id, pieces={(line, size): qty})
        return [block for answer in answers for block in answer]

    assert ask(10) == []
    in_context(ctx, sold, reference="required")
    assert "10 of these pieces" in str(ask(10)[0].reason)
    first, _second = split(ctx, sold)
    assert ask(10) != []  # a draft is no purchase
    do(ctx, first, "issue")
    assert ask(10) == []
    assert "TEE NVY S: 1" in str(ask(11)[0].reason)


def test_what_is_open_is_what_the_customer_wants(ctx):
    """90 on a purchase order and 85 wanted: 85 are the whole, before anybody brings the two in line."""
    trade.goods_alone(ctx)
    order = trade.sold(ctx, ("ST-1", "NVY", "US-LAX", {"S": 90}))
    change(ctx, order, 0, {"S": 85})
    assert kinds(ctx, order) == [("over", "issued", 5)]
    assert [str(said) for said in progress.missing(ctx, [order.id])[order.id]] == [
        "Goods: 85 pieces are open, 0 % are fulfilled."
    ]
    trade.came(ctx, order, ("ST-1", {"S": 80}), final=True)
    assert trade.row_of(ctx, order).total("balance") == 5
    with pytest.raises(Refused, match="5"):
        trade.came(ctx, order, ("ST-1", {"S": 6}))
    assert order.state == "confirmed"
    trade.came(ctx, order, ("ST-1", {"S": 5}), final=True)
    assert order.state == "closed"
    assert kinds(ctx, order) == [("over", "issued", 5)]  # the vendor is still asked for five more
