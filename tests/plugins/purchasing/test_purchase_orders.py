"""Purchase orders: numbers by class, guards, limits, revision, short-closing, cancelling, warnings."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.api import Ctx, Refused
from plugins.outsourcing.models import FactoryOrder
from plugins.purchasing.services import checks, lines
from plugins.receiving.services import posting
from tests.plugins.outsourcing.conftest import do
from tests.plugins.purchasing.conftest import at, bought, came, got, ids, left, line, order, shares_of

D = Decimal


def problems(error: pytest.ExceptionInfo[Refused]) -> str:
    return "; ".join(str(p) for p in error.value.problems)


def test_two_lists_two_number_series(mill: Ctx) -> None:
    numbers = [
        order(mill, "S1", "main").number,
        order(mill, "S2", "trim").number,
        order(mill, "S1", "main").number,
    ]
    assert numbers == ["PM-2026-0001", "PT-2026-0001", "PM-2026-0002"]


def test_amounts_are_rounded_line_by_line_then_tax(mill: Ctx) -> None:
    po = order(mill, tax_pct=D(5))
    lines.save(
        mill,
        po,
        [
            line(mill, "FAB", "33.33", color="NVY", price="0.333333"),
            line(mill, "FAB", "0.5", color="WHT", price="0.03"),
        ],
    )
    assert [x.amount for x in po.lines] == [D("11.11"), D("0.02")]  # 11.109989, 0.015
    assert po.total == D("11.13") + D("0.56")


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda c, po: None, "no line yet"),
        (lambda c, po: lines.save(c, po, [line(c, "FAB", "100", color="NVY", price=None)]), "no price"),
        (lambda c, po: lines.save(c, po, [line(c, "FAB", "100", color="NVY", price="0")]), "say why"),
    ],
)
def test_an_order_is_not_issued_with(mill: Ctx, break_it: Any, said: str) -> None:
    po = order(mill)
    break_it(mill, po)
    with pytest.raises(Refused, match=said):
        do(mill, po, "issue")
    assert po.state == "draft"


@pytest.mark.parametrize(
    ("material", "qty", "more", "said"),
    [
        ("LBL", "500", {"size": "S"}, "ordered apart"),  # a trim on the main list
        ("FAB", "100", {}, "comes in colours"),
        ("FAB", "-5", {"color": "NVY"}, "not negative"),
        ("FAB", "0", {"color": "NVY"}, "zero"),
        ("FAB", "1.234", {"color": "NVY"}, "At most 2 decimals"),
        ("FAB", "100", {"color": "NVY", "uom": "kg"}, "bought in m"),
        ("KNT", "10", {"color": "NVY", "size": "XXL"}, "no size"),
        ("KNT", "10", {"color": "NVY", "allocations": {999999: D(1)}}, "no such factory order"),
    ],
)
def test_a_line_is_refused_with(mill: Ctx, material: str, qty: str, more: dict[str, Any], said: str) -> None:
    po = order(mill)
    with pytest.raises(Refused) as error:
        lines.save(mill, po, [line(mill, material, qty, **more)])
    assert said in problems(error)
    assert ids(mill, po) == []


def test_more_cannot_be_promised_than_is_ordered(mill: Ctx, fo: FactoryOrder) -> None:
    po = order(mill)
    with pytest.raises(Refused, match="More is promised"):
        lines.save(mill, po, [line(mill, "FAB", "100", color="NVY", allocations={fo.id: D("100.01")})])


def test_a_price_nobody_typed_comes_from_the_price_list(mill: Ctx) -> None:
    from plugins.catalog.models import SupplierPrice

    po = order(mill)
    given = line(mill, "FAB", "600", color="NVY", price=None)
    for least, price in ((0, "2.40"), (500, "2.30")):
        mill.session.add(SupplierPrice(supplier_id=po.supplier_id, material_id=given.material.id, currency="USD",
                                       price=D(price), min_qty=D(least), valid_from=date(2026, 1, 1)))  # fmt: skip
    mill.session.flush()
    lines.save(mill, po, [given])
    assert po.lines[0].price == D("2.30")


def test_a_copy_is_a_draft_for_stock_at_the_prices_of_today(mill: Ctx, fo: FactoryOrder) -> None:
    from plugins.catalog.models import SupplierPrice

    po = order(
        mill,
        made_for=fo.number,
        notes="As last time",
        order_date=date(2026, 1, 2),
        required_date=date(2026, 2, 1),
    )
    given = [
        line(mill, "FAB", "100", color="NVY", price="9"),
        line(mill, "FAB", "50", color="WHT", price="7", note="long"),
    ]
    lines.save(mill, po, given)
    do(mill, po, "issue")
    new = do(mill, po, "copy")
    assert (new.state, new.supplier, new.notes, new.order_date) == (
        "draft",
        po.supplier,
        po.notes,
        mill.today(),
    )
    assert (new.made_for, new.required_date, new.issue_date) == ("", None, None)
    assert [(x.qty, x.price, x.note) for x in new.lines] == [(D(100), D(9), ""), (D(50), D(7), "long")]
    assert shares_of(mill, new.lines[0]) == []
    mill.session.add(SupplierPrice(supplier_id=po.supplier_id, material_id=given[0].material.id, currency=po.currency,
                                   price=D("2.40"), min_qty=D(0), valid_from=date(2026, 1, 1)))  # fmt: skip
    mill.session.flush()
    assert [x.price for x in do(mill, new, "copy").lines] == [D("2.40"), D("2.40")]


def test_what_is_unusual_is_said_and_stops_nobody(mill: Ctx, fo: FactoryOrder) -> None:
    po = order(mill, factory_order=fo, required_date=mill.today() + timedelta(days=10))
    lines.save(mill, po, [
        line(mill, "FAB", "80", color="WHT", availability="never"), line(mill, "FAB", "2000", color="NVY"),
    ])  # fmt: skip
    found = lines.purchase_lines(mill, po.id)
    said = {
        x.position: "; ".join(str(t) for t in checks.warnings(mill, po, found).get(x.id, [])) for x in found
    }
    assert "Less than the minimum of 100 m" in said[1]
    assert "Not a multiple of 50 m" in said[1]
    assert "lead time of 20 days" in said[1]
    assert "Never available" in said[1]
    assert "needs 826.78 yd; 2,187.23 are ordered" in said[2]
    do(mill, po, "issue")
    assert po.state == "issued"


def test_an_order_that_says_no_day_is_issued_and_told(mill: Ctx) -> None:
    day = mill.today() + timedelta(days=40)
    for date_of, more, told in (
        (None, {}, True),
        (day, {}, False),
        (None, {"required_date": day}, False),
        (None, {"availability": "never"}, False),
    ):
        mill.warnings.clear()
        bought(mill, line(mill, "FAB", "100", color="NVY", **more), required_date=date_of)
        assert ["says no day" in str(text) for text in mill.warnings] == [True] * told


def test_limits_are_fixed_when_it_is_issued(mill: Ctx) -> None:
    po = bought(
        mill, line(mill, "FAB", "100", color="NVY"), line(mill, "FAB", "100", color="WHT", tolerance_pct=D(0))
    )
    mill.set_setting("purchasing.over_receipt_pct_main", "50")
    assert [x.max_qty for x in po.lines] == [D(105), D(100)]


def test_header_and_lines_are_locked_after_issue(mill: Ctx) -> None:
    from core.entities import crud

    po = bought(mill, line(mill, "FAB", "100", color="NVY"))
    with pytest.raises(Refused, match="no longer be edited"):
        crud.save_row(mill, mill.registry.get("purchasing.order"), po, {"currency": "CNY"})
    with pytest.raises(Refused, match="change by revision"):
        lines.save(mill, po, [])


# --- revision ------------------------------------------------------------------------------------------------------------


def test_a_revision_changes_quantity_and_price_and_says_so(mill: Ctx) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY", price="2"))
    first = came(mill, po, got(ids(mill, po)[0], "40"))
    do(mill, po, "revise", lines=[{"line": 1, "qty": "60", "price": "2.50"}], reason="fewer, dearer")
    assert (po.revision, po.total) == (1, D(150))
    assert (po.lines[0].max_qty, left(mill, po)) == (D(63), D(20))
    assert po.snapshot is not None
    assert po.snapshot.lines[0].price == Decimal("2.5")
    second = came(mill, po, got(ids(mill, po)[0], "20"))
    assert [[x.price for x in posting.load_lines(mill, r.id)] for r in (first, second)] == [[2], [D("2.5")]]


def test_a_new_price_may_apply_to_what_came_already(mill: Ctx) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY", price="2"))
    first = came(mill, po, got(ids(mill, po)[0], "40"))
    do(mill, po, "revise", lines=[{"line": 1, "price": "1.80"}], reprice="all", reason="agreed discount")
    assert [x.price for x in posting.load_lines(mill, first.id)] == [D("1.8")]


@pytest.mark.parametrize(
    ("changes", "reason", "said"),
    [
        ({"line": 1, "qty": "39"}, "less", "40 m were accepted already"),
        ({"line": 1, "qty": "100"}, "nothing", "Nothing was changed"),
        ({"line": 9, "qty": "1"}, "no such line", "has no line 9"),
        ({"line": 1, "price": "0"}, "gift", "say why"),
        ({"line": 1, "qty": "50"}, " ", "Reason|needed"),
    ],
)
def test_a_revision_is_refused(mill: Ctx, changes: dict[str, Any], reason: str, said: str) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY", price="2"))
    came(mill, po, got(ids(mill, po)[0], "40"))
    with pytest.raises(Refused, match=said):
        do(mill, po, "revise", lines=[changes], reason=reason)
    assert po.revision == 0


def test_a_line_added_by_revision_serves_the_linked_factory_order(mill: Ctx, fo: FactoryOrder) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY"), factory_order=fo)
    white = {"material": "FAB", "qty": "50", "color": "WHT", "price": "2"}
    do(mill, po, "revise", lines=[white], reason="white as well")
    added = lines.purchase_lines(mill, po.id)[1]
    assert (added.position, lines.label(added)) == (2, "FAB WHT")
    assert shares_of(mill, added) == [(fo.id, D(50))]


def test_a_line_does_not_become_another(mill: Ctx) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY"))
    with pytest.raises(Refused, match="Add a new line"):
        do(mill, po, "revise", lines=[{"line": 1, "color": "WHT"}], reason="other colour")
    white = {"material": "FAB", "qty": "50", "color": "WHT"}
    with pytest.raises(Refused, match="short-close it"):
        do(mill, po, "revise", lines=[white], replace=True, reason="left out")


# --- the end -------------------------------------------------------------------------------------------------------------


def test_cancelled_only_while_nothing_came(mill: Ctx) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY"))
    receipt = came(mill, po, got(ids(mill, po)[0], "40"))
    with pytest.raises(Refused, match="short-close"):
        do(mill, po, "cancel", reason="changed our mind")
    do(mill, receipt, "reverse", reason="wrong delivery")
    do(mill, po, "cancel", reason="changed our mind")
    assert po.state == "cancelled"


def test_short_closing_ends_the_balance_and_can_be_taken_back(mill: Ctx) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY"), line(mill, "FAB", "100", color="WHT"))
    came(mill, po, got(ids(mill, po)[0], "40"))
    with pytest.raises(Refused, match="Still open: 1 FAB NVY, 2 FAB WHT"):
        do(mill, po, "close")
    do(mill, po, "short_close", line=1, reason="no more yarn")
    assert (left(mill, po, 1), left(mill, po, 2)) == (0, 100)
    with pytest.raises(Refused, match="short-closed"):
        came(mill, po, got(ids(mill, po)[0], "10"))
    do(mill, po, "reopen_line", line=1, reason="they found some")
    assert left(mill, po, 1) == 60
    do(mill, po, "short_close", reason="the season is over")
    do(mill, po, "close")
    assert po.state == "closed"
    with pytest.raises(Refused, match="Closed"):
        came(mill, po, got(ids(mill, po)[1], "10"))


def test_a_factory_order_is_not_withdrawn_while_material_is_ordered(mill: Ctx, fo: FactoryOrder) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY"), factory_order=fo)
    with pytest.raises(Refused, match=po.number):
        do(mill, fo, "withdraw")
    do(mill, po, "cancel", reason="not needed")
    do(mill, fo, "withdraw")
    assert fo.state == "draft"


def test_lines_as_a_payload(mill: Ctx, fo: FactoryOrder) -> None:
    po = order(mill, "S2", "trim")
    served = [{"document": fo.number, "qty": "306"}]
    do(mill, po, "lines", lines=[
        {"material": "LBL", "size": "S", "qty": "500", "price": "0.012", "styles": [{"style": "ST-1"}], "allocations": served},
        {"material": "BTN", "qty": "39", "price": "1.60", "styles": [{"style": "ST-1"}, {"style": "ST-2"}]},
    ])  # fmt: skip
    found = lines.purchase_lines(mill, po.id)
    assert [(lines.label(x), x.qty, x.price, x.amount) for x in found] == [
        ("LBL S", D(500), D("0.012"), D(6)),
        ("BTN", D(39), D("1.6"), D("62.4")),
    ]
    assert shares_of(mill, found[0]) == [(fo.id, D(306))]
    with pytest.raises(Refused) as error:
        do(mill, po, "lines", lines=[{"material": "NIX", "qty": "abc", "required_date": "2026-13-01"}])
    assert {p.field for p in error.value.problems} == {
        "lines.0.material",
        "lines.0.qty",
        "lines.0.required_date",
    }


def test_nothing_came_yet_stands_at_zero(mill: Ctx) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY"))
    assert (at(mill, po).received, left(mill, po)) == (0, 100)
