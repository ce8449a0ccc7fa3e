"""What stock is worth follows the prices of what came: also those that a revision changed afterwards."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from core import ledger
from core.api import Ctx, Refused
from core.ledger.tables import ValueCorrection
from plugins.inventory.services import ageing
from plugins.purchasing.shown import figures
from plugins.receiving.services.receiving import Roll
from tests.plugins.outsourcing.conftest import do
from tests.plugins.purchasing.conftest import bought, came, got, ids, line

D = Decimal
RATE = 32
"""USD in the base currency."""


def worth(ctx: Ctx) -> Decimal:
    """The value of all main material, in USD."""
    ctx.memo.clear()
    return sum((each.value or D(0) for each in ageing.idle_stock(ctx, "main")), D(0)) / RATE


def dearer(ctx: Ctx, po: Any, price: str, **more: str) -> None:
    do(ctx, po, "revise", lines=[{"line": 1, "price": price}], reason="cotton", **more)


STORIES = [
    # what happens to 100 kg at 2: numbers come, "=3" new price for all, ">3" for new receipts, "-n" takes back the n-th
    (["60", "=3", "40"], "300"),  # 60 × 3 + 40 × 3, not 240
    (["60", ">3", "40"], "240"),
    (["60", "=3", "=2"], "120"),  # and back again
    (["60", "=3", "=4", "40"], "400"),
    (["60", "40", "=3", "-0"], "120"),  # a correction goes with what it corrects
    (["60", "=3", "-0", "60"], "180"),
    (["60", "-0", "=3", "40"], "120"),  # what was taken back is not valued anew
    (["33.333", "=1.111111"], "37.03"),  # 37.0367 × 32 is 1,185 in the base currency
]


@pytest.mark.parametrize(("story", "value"), STORIES, ids=[" ".join(s) for s, _v in STORIES])
def test_the_value_is_what_is_paid_in_the_end(mill: Ctx, story: list[str], value: str) -> None:
    po = bought(mill, line(mill, "KNT", "100", color="NVY", price="2"))
    first, receipts = ids(mill, po)[0], []
    for step in story:
        if step[0] == "=":
            dearer(mill, po, step[1:], reprice="all")
        elif step[0] == ">":
            dearer(mill, po, step[1:])
        elif step[0] == "-":
            do(mill, receipts[int(step[1:])], "reverse", reason="typed twice")
        else:
            receipts.append(came(mill, po, got(first, step)))
        worth(mill)  # what is remembered of the ledger must not hide what follows
    assert worth(mill).quantize(D("0.01")) == D(value)
    assert ledger.verify(mill) == []


def test_lots_rejected_and_free_goods(mill: Ctx) -> None:
    po = bought(mill, line(mill, "KNT", "100", color="NVY", price="2"))
    first = ids(mill, po)[0]
    rolls = [Roll("1", "A", D(20)), Roll("2", "B", D(30))]
    came(mill, po, got(first, "50", rolls=rolls))
    came(mill, po, got(first, "10", free=True))
    dearer(mill, po, "3", reprice="all")
    added = (
        mill.session.execute(select(ValueCorrection.value).order_by(ValueCorrection.movement_id))
        .scalars()
        .all()
    )
    assert added == [20, 30]  # lot by lot; what was free stays free
    assert worth(mill) == 150


def test_only_what_came_at_a_price_and_stands(mill: Ctx) -> None:
    po = bought(mill, line(mill, "KNT", "100", color="NVY", price="2"))
    receipt = came(mill, po, got(ids(mill, po)[0], "50"))
    do(mill, receipt, "reverse", reason="wrong")
    back = [m for m in ledger.movements(mill, entity="receiving.receipt", entity_id=receipt.id) if m.reverses]
    with pytest.raises(Refused, match="valued anew"):
        ledger.revalue(mill, {back[0].id: D(1)}, entity="receiving.receipt", entity_id=receipt.id)
    with pytest.raises(Refused, match="valued anew"):
        ledger.revalue(mill, {987654: D(1)}, entity="receiving.receipt", entity_id=receipt.id)
    assert mill.session.scalar(select(func.count(ValueCorrection.id))) == 0


FULFILLED = [
    # 100 kg KNT at 2, 50 kg FAB… accepted of each                                  by quantity, by value, gap, complete lines
    ({"KNT": "100"}, "66.67", "40.00", "26.67", 1),
    ({"KNT": "100", "WHT": "50"}, "100.00", "100.00", "0.00", 2),
    ({"WHT": "50"}, "33.33", "60.00", "-26.67", 1),
    ({"KNT": "103"}, "66.67", "40.00", "26.67", 1),  # a surplus hides no other line
    ({}, "0.00", "0.00", "0.00", 0),
]


@pytest.mark.parametrize(("got_of", "qty", "value", "gap", "complete"), FULFILLED)
def test_how_far_an_order_is_by_quantity_and_by_value(
    mill: Ctx, got_of: dict[str, str], qty: str, value: str, gap: str, complete: int
) -> None:
    po = bought(
        mill,
        line(mill, "KNT", "100", color="NVY", price="2"),
        line(mill, "KNT", "50", color="WHT", price="6"),
    )  # 200 + 300
    number = dict(zip(("KNT", "WHT"), ids(mill, po), strict=True))
    if got_of:
        came(mill, po, *(got(number[name], much) for name, much in got_of.items()))
    found = figures.order_figures(mill, po)["fulfilled"]
    shown = [found[name].quantize(D("0.01")) for name in ("qty", "value", "gap")]
    assert (shown, found["complete"]) == ([D(qty), D(value), D(gap)], complete)


def test_units_do_not_mix(mill: Ctx) -> None:
    po = bought(
        mill,
        line(mill, "KNT", "100", color="NVY", price="2"),
        line(mill, "FAB", "50", color="NVY", price="6"),
    )
    came(mill, po, got(ids(mill, po)[1], "50"))
    found = figures.order_figures(mill, po)["fulfilled"]
    assert (found["qty"], found["gap"], found["complete"], found["lines"]) == (None, None, 1, 2)
    assert found["value"] == 60
