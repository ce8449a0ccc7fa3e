"""收料: parts, tolerance, measured quantities, rolls, inspection, reversal; what must be refused; returns to suppliers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from core import ledger
from core.api import Ctx, Refused, run_action
from core.base_api import Denied, ListQuery, fetch_page
from plugins.outsourcing.models import FactoryOrder
from plugins.purchasing.services import lines, positions
from plugins.purchasing.shown import figures
from plugins.receiving.models import Receipt, ReceiptLine
from plugins.receiving.services import posting, receiving, returnable
from plugins.receiving.services.receiving import Received, Roll
from plugins.stock.services import arrivals, stores
from tests.plugins.outsourcing.conftest import do
from tests.plugins.purchasing.conftest import at, bought, came, demanded, got, ids, left, line, one, stock

D = Decimal


def state(ctx: Ctx, po: Any) -> str:
    found = lines.purchase_lines(ctx, po.id)
    return positions.progress(po.state, found, positions.of_lines(ctx, [x.id for x in found]))


def nothing_saved(ctx: Ctx) -> bool:
    posted = ctx.session.scalar(select(func.count(Receipt.id)).where(Receipt.state == "posted"))
    return posted == 0 and stock(ctx) == {}


# --- in parts ------------------------------------------------------------------------------------------------------------


def test_three_deliveries_with_a_rejection_and_a_surplus(mill: Ctx) -> None:
    po = bought(mill, line(mill, "KNT", "400", color="NVY"))
    first = ids(mill, po)[0]
    assert (state(mill, po), left(mill, po)) == ("issued", 400)
    came(mill, po, got(first, "350", "50", reject_reason="shade"))
    assert (at(mill, po).received, at(mill, po).accepted, left(mill, po), state(mill, po)) == (
        350,
        300,
        100,
        "partly",
    )
    came(mill, po, got(first, "80"))
    assert (at(mill, po).accepted, left(mill, po)) == (380, 20)
    came(mill, po, got(first, "40"))  # 420 = 400 + 5 %: the last truck within tolerance
    found = lines.purchase_lines(mill, po.id)[0]
    assert (at(mill, po).accepted, left(mill, po), positions.over(found, at(mill, po))) == (420, 0, 20)
    assert state(mill, po) == "received"
    assert stock(mill) == {("KNT", "store"): D(420), ("KNT", "rejected"): D(50)}
    numbers = [t["number"] for t in figures.order_figures(mill, po)["lines"][0]["trail"]]
    assert numbers == ["RC-2026-0001", "RC-2026-0002", "RC-2026-0003"]  # every number opens what made it


def test_a_complete_line_stays_receivable_up_to_its_maximum(mill: Ctx) -> None:
    po = bought(mill, line(mill, "KNT", "400", color="NVY"))
    first = ids(mill, po)[0]
    came(mill, po, got(first, "395"))  # 98.75 %: within the under-tolerance of 2 %
    assert (left(mill, po), state(mill, po)) == (0, "received")
    came(mill, po, got(first, "25"))
    assert at(mill, po).accepted == 420


def test_just_below_the_under_tolerance_it_stays_open(mill: Ctx) -> None:
    po = bought(mill, line(mill, "KNT", "400", color="NVY"))
    came(mill, po, got(ids(mill, po)[0], "391.99"))
    assert left(mill, po) == D("8.01")


def test_trims_are_complete_only_to_the_last_piece(mill: Ctx) -> None:
    po = bought(mill, line(mill, "LBL", "500", size="S"), supplier="S2", material_class="trim")
    came(mill, po, got(ids(mill, po)[0], "499"))
    assert left(mill, po) == 1


# --- what must be refused ------------------------------------------------------------------------------------------------

WRONG: dict[str, tuple[Callable[[int], Received], str]] = {
    "unknown line": (lambda i: got(i + 1000, "1"), "no such order line"),
    "wrong unit": (lambda i: got(i, "1", uom="kg"), "ordered in m, not in kg"),
    "negative": (lambda i: got(i, "-1"), "not negative"),
    "zero": (lambda i: got(i, "0"), "zero"),
    "missing": (lambda i: Received(i), "needed"),
    "too fine": (lambda i: got(i, "1.001"), "At most 2 decimals"),
    "negative rejection": (lambda i: got(i, "5", "-1"), "not negative"),
    "more rejected than came": (lambda i: got(i, "5", "6"), "More was rejected"),
    "measured too fine": (lambda i: got(i, "5", stock_qty=D("5.468")), "At most 2 decimals"),
    "measured zero": (lambda i: got(i, "5", stock_qty=D(0)), "zero"),
    "rolls that do not add up": (
        lambda i: got(i, "5", rolls=[Roll(qty=D(2)), Roll(qty=D(2))]),
        "add up to 4 m, not 5",
    ),
    "a roll of nothing": (lambda i: Received(i, rolls=[Roll(qty=D(0))]), "zero"),
    "more than the tolerance": (lambda i: got(i, "105.01"), "more than the 105 allowed"),
    "measured far off": (lambda i: got(i, "100", stock_qty=D("90")), "% off"),
}


@pytest.mark.parametrize("what", WRONG)
def test_refused_and_nothing_saved(mill: Ctx, ctx_as: Callable[..., Any], what: str) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY"))
    first, number = ids(mill, po)[0], po.id
    mill.session.commit()
    make, said = WRONG[what]
    with pytest.raises(Refused, match=said), ctx_as("wh") as ctx:  # noqa: PT012 - the whole unit of work fails
        mine = ctx.session.get_one(type(po), (ctx.tenant.id, number))
        came(ctx, mine, make(first))
    assert nothing_saved(mill)


def test_refused_against_drafts_and_cancelled_orders_and_other_suppliers(mill: Ctx) -> None:
    from tests.plugins.purchasing.conftest import order

    po = order(mill)
    lines.save(mill, po, [line(mill, "FAB", "100", color="NVY")])
    with pytest.raises(Refused, match="not issued yet"):
        came(mill, po, got(ids(mill, po)[0], "1"))
    do(mill, po, "issue")
    other = bought(mill, line(mill, "LBL", "500", size="S"), supplier="S2", material_class="trim")
    with pytest.raises(Refused, match="not ordered from S2"):
        receiving.draft(mill, other.supplier, stores.default(mill), [got(ids(mill, po)[0], "1")])
    with pytest.raises(Refused, match="in the future"):
        came(mill, po, got(ids(mill, po)[0], "1"), received_on=mill.today() + timedelta(days=1))
    do(mill, po, "cancel", reason="no")
    with pytest.raises(Refused, match="Cancelled"):
        came(mill, po, got(ids(mill, po)[0], "1"))
    assert nothing_saved(mill)


def test_refused_in_a_closed_period(mill: Ctx) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY"))
    ledger.close_period(mill, mill.today() - timedelta(days=5))
    with pytest.raises(Refused, match="closed"):
        came(mill, po, got(ids(mill, po)[0], "1"), received_on=mill.today() - timedelta(days=6))


def test_sent_twice_posted_once(mill: Ctx) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY"))
    first = came(mill, po, got(ids(mill, po)[0], "50"), key="form-1")
    again = receiving.draft(
        mill, po.supplier, stores.default(mill), [got(ids(mill, po)[0], "50")], key="form-1"
    )
    assert again.id == first.id
    with pytest.raises(Refused, match="not possible"):
        do(mill, again, "post")
    assert at(mill, po).received == 50


def test_two_drafts_cannot_both_take_the_rest(mill: Ctx) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY", tolerance_pct=D(0)))
    first = ids(mill, po)[0]
    one_, two = (came(mill, po, got(first, "60"), post=False) for _ in range(2))
    do(mill, one_, "post")
    with pytest.raises(Refused, match="60 m with the 60 accepted before"):
        do(mill, two, "post")


def test_the_same_line_twice_in_one_delivery_counts_together(mill: Ctx) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY"))
    first = ids(mill, po)[0]
    with pytest.raises(Refused, match="Say why"):
        came(mill, po, got(first, "60"), got(first, "60"))


# --- with approval -------------------------------------------------------------------------------------------------------


def test_a_manager_allows_more_with_a_reason(mill: Ctx, ctx_as: Callable[..., Any]) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY"))
    receipt = came(mill, po, got(ids(mill, po)[0], "120"), post=False)
    number = receipt.id
    mill.session.commit()
    entity = mill.registry.get("receiving.receipt")
    with pytest.raises(Refused, match="A manager may allow it"), ctx_as("wh") as ctx:  # noqa: PT012
        mine = ctx.session.get_one(Receipt, (ctx.tenant.id, number))
        run_action(ctx, entity, mine, "post", {"over_reason": "it is here"})
    with pytest.raises(Refused, match="Say why"), ctx_as("mgr") as ctx:
        run_action(ctx, entity, ctx.session.get_one(Receipt, (ctx.tenant.id, number)), "post")
    with ctx_as("mgr") as ctx:
        mine = ctx.session.get_one(Receipt, (ctx.tenant.id, number))
        run_action(ctx, entity, mine, "post", {"over_reason": "used for the repeat order"})
    mill.session.expire_all()
    row = posting.load_lines(mill, number)[0]
    assert (row.over_reason, row.over_by) == ("used for the repeat order", "Mgr")
    assert (left(mill, po), positions.over(lines.purchase_lines(mill, po.id)[0], at(mill, po))) == (0, 20)


def test_who_may_not_receive(mill: Ctx, ctx_as: Callable[..., Any]) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY"))
    first, number = ids(mill, po)[0], po.id
    mill.session.commit()
    with pytest.raises(Denied), ctx_as("fin") as ctx:
        came(ctx, ctx.session.get_one(type(po), (ctx.tenant.id, number)), got(first, "10"))


# --- measured ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("received", "measured", "in_stock"),
    [
        ("100", None, "109.36"),  # 109.3613 yd, to the unit's step
        ("100", "108.00", "108"),  # −1.24 %
        ("33.33", None, "36.45"),
    ],
)
def test_ordered_in_metres_stocked_in_yards(
    mill: Ctx, received: str, measured: str | None, in_stock: str
) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY"))
    came(mill, po, got(ids(mill, po)[0], received, stock_qty=D(measured) if measured else None))
    assert stock(mill) == {("FAB", "store"): D(in_stock)}
    assert at(mill, po).received == D(received)  # compared in the unit it was ordered in


def test_gross_ordered_pieces_stocked(mill: Ctx) -> None:
    po = bought(mill, line(mill, "BTN", "39"), supplier="S2", material_class="trim")
    came(mill, po, got(ids(mill, po)[0], "39", "2", reject_reason="defect"))
    assert stock(mill) == {("BTN", "store"): D(37 * 144), ("BTN", "rejected"): D(288)}


def test_part_of_a_gross_comes_and_goes_back_by_the_piece(mill: Ctx) -> None:
    po = bought(mill, line(mill, "BTN", "10"), supplier="S2", material_class="trim")
    came(mill, po, got(ids(mill, po)[0], "9.5", "0.25", reject_reason="defect"))
    assert stock(mill) == {("BTN", "store"): D(1332), ("BTN", "rejected"): D(36)}
    # 9.25 were taken; 3 % more than 1,440 pieces are 1,483: another 151 may come, and not one more
    with pytest.raises(Refused, match="more than the 10.298611 allowed"):
        came(mill, po, got(ids(mill, po)[0], "1.055556"))
    came(mill, po, got(ids(mill, po)[0], "1.048611"))
    assert stock(mill)["BTN", "store"] == D(1483)


def test_a_deviation_is_confirmed_and_old_receipts_never_change(mill: Ctx) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY"))
    came(mill, po, got(ids(mill, po)[0], "100", stock_qty=D("100"), deviation_ok=True))
    from plugins.catalog.models import Material

    material = one(mill, Material, "FAB")
    material.factor, material.gsm = D(2), D(200)
    mill.session.flush()
    assert stock(mill) == {("FAB", "store"): D(100)}
    assert lines.purchase_lines(mill, po.id)[0].factor == D("1.093613")


def test_rolls_of_the_wrong_weight_are_asked_about(mill: Ctx) -> None:
    po = bought(mill, line(mill, "KNT", "100", color="NVY"))
    # 71 in × 0.0254 × 160 g/m² = 0.288544 kg per metre
    right = [
        Roll("1", "A", D(50), net_kg=D(50), length_m=D("173.3")),
        Roll("2", "A", D(50), net_kg=D(50), length_m=D("173.3")),
    ]
    wrong = [
        Roll("1", "A", D(50), net_kg=D(50), length_m=D(150)),
        Roll("2", "A", D(50), net_kg=D(50), length_m=D(150)),
    ]
    first = ids(mill, po)[0]
    with pytest.raises(Refused, match=r"\+15\.52 % off"):
        came(mill, po, Received(first, rolls=wrong))
    came(mill, po, Received(first, rolls=right))
    assert at(mill, po).accepted == 100


def test_each_dye_lot_is_kept_apart(mill: Ctx) -> None:
    po = bought(mill, line(mill, "FAB", "300", color="NVY"))
    rolls = [
        Roll("1", "L1", D(100), D("110")),
        Roll("2", "L1", D(100), D("109")),
        Roll("3", "L2", D(100), D("109.5"), rejected=True),
    ]
    came(mill, po, Received(ids(mill, po)[0], rolls=rolls, reject_reason="shade"))
    found = ledger.balances(mill, item_kind="material", place_kinds=("store", "rejected"))
    assert {(i.lot, p.kind): q for (i, p), q in found.items()} == {
        ("L1", "store"): D(219),
        ("L2", "rejected"): D("109.5"),
    }
    assert (at(mill, po).accepted, at(mill, po).rejected) == (200, 100)


def test_free_goods_have_no_value(mill: Ctx) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY", price="2"))
    receipt = came(mill, po, got(ids(mill, po)[0], "50"), got(ids(mill, po)[0], "2", free=True))
    assert [x.price for x in posting.load_lines(mill, receipt.id)] == [2, 0]
    moves = ledger.movements(mill, entity="receiving.receipt", entity_id=receipt.id)
    assert sorted(m.value or D(0) for m in moves) == [0, 100]


def nothing(ctx: Ctx, po: Any) -> None:
    """Nothing came."""


def within_tolerance(ctx: Ctx, po: Any) -> None:
    came(ctx, po, *(got(i, "99") for i in ids(ctx, po)))


def one_line_whole(ctx: Ctx, po: Any) -> None:
    came(ctx, po, got(ids(ctx, po)[0], "100"))


def to_be_inspected(ctx: Ctx, po: Any) -> None:
    came(ctx, po, *(got(i, "100") for i in ids(ctx, po)), inspect=True)


def all_rejected(ctx: Ctx, po: Any) -> None:
    came(ctx, po, got(ids(ctx, po)[0], "100", "100", reject_reason="shade"))


def rest_given_up(ctx: Ctx, po: Any) -> None:
    came(ctx, po, got(ids(ctx, po)[0], "60"))
    do(ctx, po, "short_close", reason="no yarn")


def given_up(ctx: Ctx, po: Any) -> None:
    do(ctx, po, "short_close", reason="no yarn")


def reversed_again(ctx: Ctx, po: Any) -> None:
    do(ctx, came(ctx, po, *(got(i, "100") for i in ids(ctx, po))), "reverse", reason="wrong order")


def back_to_be_replaced(ctx: Ctx, po: Any) -> None:
    back(ctx, came(ctx, po, *(got(i, "100") for i in ids(ctx, po))), "30", kind="replacement")


def back_for_credit(ctx: Ctx, po: Any) -> None:
    back(ctx, came(ctx, po, *(got(i, "100") for i in ids(ctx, po))), "30", kind="credit")


STORIES: dict[Callable[[Ctx, Any], None], str] = {
    nothing: "none", within_tolerance: "received", one_line_whole: "partly", to_be_inspected: "partly",
    all_rejected: "partly", rest_given_up: "received", given_up: "received", reversed_again: "none",
    back_to_be_replaced: "partly", back_for_credit: "received",
}  # fmt: skip


def test_the_filter_finds_what_the_badge_says(mill: Ctx) -> None:
    wanted = {}
    for story, shown in STORIES.items():
        po = bought(mill, line(mill, "FAB", "100", color="NVY"), line(mill, "KNT", "100", color="NVY"))
        story(mill, po)
        badge = state(mill, po)
        assert (story.__name__, {"issued": "none"}.get(badge, badge)) == (story.__name__, shown)
        wanted[po.id] = (story.__name__, shown)
    found = {}
    for value in ("none", "partly", "received"):
        page = fetch_page(
            mill, mill.registry.get("purchasing.order"), ListQuery(filters={"progress": [value]})
        )
        found |= {row.id: (wanted[row.id][0], value) for row in page.rows}
    assert found == wanted


# --- inspection ----------------------------------------------------------------------------------------------------------


def test_what_waits_for_inspection_is_not_usable(mill: Ctx, fo: FactoryOrder) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY"), factory_order=fo)
    receipt = came(mill, po, got(ids(mill, po)[0], "100"), inspect=True)
    assert stock(mill) == {("FAB", "inspection"): D("109.36")}
    assert (at(mill, po).pending, at(mill, po).accepted, left(mill, po), state(mill, po)) == (
        100,
        0,
        0,
        "partly",
    )
    assert arrivals.arrived(mill, demanded(mill, fo)) == {}
    do(mill, receipt, "inspect", lines=[{"line": 1, "accepted": D(70)}])
    do(mill, receipt, "inspect", lines=[{"line": 1, "rejected": D(30), "reason": "width"}])
    assert stock(mill) == {("FAB", "rejected"): D("32.81")}
    assert stock(mill, ["reserved"]) == {("FAB", "reserved"): D("76.55")}
    assert (at(mill, po).pending, at(mill, po).accepted, left(mill, po)) == (0, 70, 30)
    assert list(arrivals.arrived(mill, demanded(mill, fo)).values()) == [D("76.55")]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"accepted": D(101)}, "Only 100 m wait"),
        ({"accepted": D(60), "rejected": D(50), "reason": "shade"}, "Only 100 m wait"),
        ({"rejected": D(5)}, "needs a reason"),
        ({}, "Say what"),
        ({"accepted": D(-1)}, "not negative"),
        ({"accepted": D("0.001")}, "decimals"),
    ],
)
def test_an_inspection_is_refused(mill: Ctx, given: dict[str, Any], said: str) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY"))
    receipt = came(mill, po, got(ids(mill, po)[0], "100"), inspect=True)
    with pytest.raises(Refused, match=said):
        do(mill, receipt, "inspect", lines=[{"line": 1, **given}])
    assert stock(mill) == {("FAB", "inspection"): D("109.36")}


# --- taking back ---------------------------------------------------------------------------------------------------------


def test_a_mistake_is_reversed_once(mill: Ctx) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY"))
    receipt = came(mill, po, got(ids(mill, po)[0], "40", "10", reject_reason="shade"))
    do(mill, receipt, "reverse", reason="typed twice")
    assert (stock(mill), at(mill, po).received, left(mill, po), state(mill, po)) == ({}, 0, 100, "issued")
    with pytest.raises(Refused, match="not possible"):
        do(mill, receipt, "reverse", reason="again")
    with pytest.raises(Refused, match="nothing to reverse"):  # nor behind the screen's back
        ledger.reverse(mill, entity="receiving.receipt", entity_id=receipt.id, on=mill.today())


def test_what_was_used_cannot_be_taken_back(mill: Ctx) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY"))
    receipt = came(mill, po, got(ids(mill, po)[0], "40"))
    (item, place), _qty = next(iter(ledger.balances(mill, place_kinds=("store",)).items()))
    ledger.post(mill, [ledger.Move("issue", item, place, ledger.Place("factory", 1), D(1))], entity="test.issue",
                entity_id=1, on=mill.today())  # fmt: skip
    with pytest.raises(Refused, match=r"FAB NVY.*MAIN.*It went on with test\.issue 1"):
        do(mill, receipt, "reverse", reason="typed twice")
    assert receipt.state == "posted"


# --- returns -------------------------------------------------------------------------------------------------------------


def back(ctx: Ctx, receipt: Receipt, qty: str, **more: Any) -> Any:
    kind = {"kind": more.pop("kind")} if "kind" in more else {}
    row = {"line": 1, "qty": D(qty), "reason": "defect", **more}
    return do(ctx, receipt, "return", lines=[row], **kind)


@pytest.mark.parametrize(("kind", "open_after"), [("replacement", "30"), ("credit", "0")])
def test_a_return_for_replacement_opens_the_order_again(mill: Ctx, kind: str, open_after: str) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY"))
    receipt = came(mill, po, got(ids(mill, po)[0], "100"))
    made = back(mill, receipt, "30", kind=kind)
    assert (made.number, made.state) == ("SR-2026-0001", "posted")
    assert left(mill, po) == D(open_after)
    assert stock(mill) == {("FAB", "store"): D("109.36") - D("32.81")}
    with pytest.raises(Refused, match="more than the 70 left of this receipt"):
        back(mill, receipt, "71")
    with pytest.raises(Refused, match=made.number):
        do(mill, receipt, "reverse", reason="no")
    do(mill, made, "reverse", reason="they did not take it")
    assert (left(mill, po), stock(mill)) == (0, {("FAB", "store"): D("109.36")})


def test_rejected_goods_go_back_without_touching_the_order(mill: Ctx) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY"))
    receipt = came(mill, po, got(ids(mill, po)[0], "100", "20", reject_reason="shade"))
    back(mill, receipt, "20", source="rejected")
    assert (left(mill, po), stock(mill)) == (20, {("FAB", "store"): D("87.49")})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"qty": D(0)}, "zero"),
        ({"qty": D(-1)}, "not negative"),
        ({"qty": D("1.001")}, "decimals"),
        ({"qty": D(1), "reason": "whim"}, "reason|choice"),
        ({"qty": D(1), "lot": "L9"}, "more than the 0 left"),
        ({"qty": D(1), "source": "rejected"}, "more than the 0 left"),
    ],
)
def test_a_return_is_refused(mill: Ctx, given: dict[str, Any], said: str) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY"))
    receipt = came(mill, po, got(ids(mill, po)[0], "100"))
    with pytest.raises(Refused, match=said):
        do(mill, receipt, "return", lines=[{"line": 1, "reason": "defect", **given}])
    assert stock(mill) == {("FAB", "store"): D("109.36")}


def test_returning_all_in_parts_leaves_nothing_behind(mill: Ctx) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY"))
    receipt = came(mill, po, got(ids(mill, po)[0], "100", stock_qty=D("109.37")))
    for part in ("33.33", "33.33", "33.34"):
        back(mill, receipt, part)
    assert stock(mill) == {}
    assert returnable.left(mill, posting.load_lines(mill, receipt.id)) == {}


def test_many_lines_in_a_fixed_number_of_queries(mill: Ctx, count_queries: Callable[..., Any]) -> None:
    counts = []
    for size in (5, 15):
        po = bought(mill, *[line(mill, "KNT", "10", color="NVY") for _ in range(size)])
        given = [got(i, "5") for i in ids(mill, po)]
        with count_queries() as log:
            receipt = came(mill, po, *given)
        counts.append(log.count)
        assert (
            mill.session.scalar(
                select(func.count(ReceiptLine.id)).where(ReceiptLine.receipt_id == receipt.id)
            )
            == size
        )
    assert counts[1] <= counts[0] + 3, log
