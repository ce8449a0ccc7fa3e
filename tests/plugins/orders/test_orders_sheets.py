"""Sheets as customers and merchandisers send them: read rightly, or refused with the cause, never as other orders."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from core.api import Ctx, Refused
from core.base_api import locale_scope
from core.values import decode_text
from plugins.catalog.models import StyleColor
from plugins.orders.services import text_entry
from plugins.orders.services.text_entry import Defaults
from tests.plugins.orders.conftest import make_order

HEAD = "Style\tColour\tDestination\tShip date\tPrice"
ROW = "ST-1\tNVY\tUS-LAX\t2026-12-18"


def save(
    shop: Ctx, text: str, leave_out: bool = False
) -> list[tuple[str, str, Decimal | None, dict[str, int]]]:
    """Style, colour, price and pieces by size of the lines that a pasted table makes."""
    order = make_order(shop)
    lines = text_entry.save_entry(
        shop, order, [], {"table": text}, Defaults("US-LAX", "2026-12-18"), leave_out=leave_out
    )
    return [
        (
            line.order_style.style.code,
            line.color.code,
            line.price,
            {s.size.code: s.qty for s in line.sizes if s.qty},
        )
        for line in lines
    ]


def refused(shop: Ctx, text: str) -> list[str]:
    """What is said of a table that is refused."""
    with pytest.raises(Refused) as error:
        save(shop, text)
    return [str(p) for p in error.value.problems]


NVY = ("ST-1", "NVY", Decimal("6.80"), {"S": 10, "M": 20})


@pytest.mark.parametrize(
    "text",
    [
        "Style;Colour;Destination;Ship date;Price;S;M\nST-1;NVY;US-LAX;2026-12-18;6,80;10;20",
        f"{HEAD}\tS\tM\n{ROW}\t6.80\t10\t20",
        f"{HEAD}\tS\tM\n{ROW}\t6.80\t 10.00 \t20.00",
        f"{HEAD}\tS\tM\tL\n{ROW}\t6.80\t10\t20\t - ",
        f"{HEAD}\tS\tM\n{ROW.replace('2026-12-18', '２０２６／１２／１８')}\t６．８０\t１０\t20",
        f"款號\t顏色\t目的地\t交期\t單價\tS\tM\t合計\n{ROW}\t6.80\t10\t20\t30\n合計\t\t\t\t\t10\t20\t30",
        f"款号\t颜色\t目的地\t交期\t单价\tS\tM\n{ROW}\t6.80\t10\t20",
        f"Style#\tColor\tDest\tEx-Factory\tFOB\tS\tM\tTotal\n{ROW}\t6.80\t10\t20\t30",
        "款號\t品名\t顏色\t目的地\t交期\t單價\tS\tM\nST-1\t男T\tNVY\tUS-LAX\t2026-12-18\t6.80\t10\t20",
        f"{HEAD}\tS\tM\n{ROW}\t6.80\t10\t20\nSub-total ST-1\t\t\t\t\t10\t20",
    ],
)
@pytest.mark.parametrize("locale", ["en", "zh_Hant_TW"])
def test_sheets_that_mean_the_same(shop: Ctx, text: str, locale: str) -> None:
    with locale_scope(locale):
        assert save(shop, text) == [NVY]


def test_thousands_and_decimals_of_one_sheet(shop: Ctx) -> None:
    assert save(shop, f"{HEAD}\tS\tM\n{ROW}\t6.80\t 1,200.00 \t1,300") == [
        ("ST-1", "NVY", Decimal("6.80"), {"S": 1200, "M": 1300})
    ]
    assert save(shop, f"{HEAD}\tS\tM\n{ROW}\t6,80\t1.200\t1.300") == [
        ("ST-1", "NVY", Decimal("6.80"), {"S": 1200, "M": 1300})
    ]
    assert refused(shop, f"{HEAD}\tS\tM\n{ROW}\t6,80\t1,200\t12.50") == [
        "Line 2: “1,200” can be two numbers: elsewhere a point and a comma both stand before decimals."
    ]


def test_the_price_of_a_style_ends_with_it(shop: Ctx) -> None:
    text = f"{HEAD}\tS\tM\n{ROW}\t6.80\t10\t20\n\tWHT\t\t\t\t1\t\n234\tNVY\t\t\t\t5\t5"
    assert [(line[0], line[2]) for line in save(shop, text)] == [
        ("ST-1", Decimal("6.80")),
        ("ST-1", Decimal("6.80")),
        ("234", None),
    ]


def test_unknown_columns_are_named_and_can_be_left_out(shop: Ctx) -> None:
    text = f"PO#\tShade\t{HEAD}\tS\tM\nHL-1\tdark\t{ROW}\t6.80\t10\t20"
    assert refused(shop, text) == ["Line 1: “PO#”, “Shade”: neither a size nor a column that is known here."]
    assert save(shop, text, leave_out=True) == [NVY]


def test_totals_that_differ_are_told(shop: Ctx) -> None:
    text = f"{HEAD}\tS\tM\n{ROW}\t6.80\t10\t20\nTOTAL\t\t\t\t\t10\t25"
    assert refused(shop, text) == ["Line 3: the total of “M” says 25, the rows above add up to 20."]


def test_a_line_is_called_as_it_stands_in_the_sheet(shop: Ctx) -> None:
    text = f"{HEAD}\tSize\tQty\n{ROW}\t6.80\tS\t10\n{ROW}\t6.90\tS\t10"
    assert refused(shop, text) == [
        "Line 3: Twice the same: style ST-1, colour NVY, US-LAX, 2026-12-18 stands in line 2 already."
    ]


def test_aliases_that_are_kept_are_read(shop: Ctx) -> None:
    own = shop.session.scalars(select(StyleColor)).all()
    for color in own:
        if color.color.code == "NVY":
            color.customer_code = "MIDNIGHT 01"
    shop.session.flush()
    text = f"{HEAD}\tS\tM\n{ROW.replace('NVY', 'Midnight 01')}\t6.80\t10\t20\n{ROW.replace('NVY', 'Wht')}\t6.80\t1\t"
    assert [line[1] for line in save(shop, text)] == ["NVY", "WHT"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk", "big5"])
def test_a_file_in_any_encoding_makes_the_same_order(shop: Ctx, encoding: str) -> None:
    heading = "款号\t颜色\t目的地\t交期\t单价" if encoding == "gbk" else "款號\t顏色\t目的地\t交期\t單價"
    content = f"{heading}\tS\tM\n{ROW}\t6.80\t10\t20".encode(encoding)
    assert save(shop, decode_text(content)) == [NVY]
