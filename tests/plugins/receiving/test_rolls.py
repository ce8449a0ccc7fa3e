"""Packing lists as mills send them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.api import Refused
from core.base_api import locale_scope
from plugins.receiving.services.rolls import parse_rolls

pytestmark = pytest.mark.once


def quantities(text: str, unit: str = "yd", **more: bool) -> list[tuple[str, str, str]]:
    return [(roll.roll, roll.lot, str(roll.qty)) for roll in parse_rolls(text, "rolls", unit, **more)]


TWO = [("1", "A", "98.5"), ("2", "A", "101.5")]


@pytest.mark.parametrize("locale", ["en", "zh_Hans_CN"])
@pytest.mark.parametrize(
    "text",
    [
        "1\tA\t98.5\n2\tA\t101.5",
        "1\tA\t98,5\n2\tA\t101,5",
        "1\tA\t９８．５\n2\tA\t101.5",
        "Roll No.\tDye Lot\tQuantity\n1\tA\t98.5\n2\tA\t101.5\nTOTAL\t\t200.0",
        "Roll No.\tDye Lot\tQuantity\n1\tA\t98.5\nSub-total A\t\t98.5\n2\tA\t101.5\nSub-total\t\t101.5\nGrand total\t\t200",
        "匹號\t缸號\t碼數\t淨重\n1\tA\t98.5\t27.2\n2\tA\t101.5\t28\n合計\t\t200\t55.2",
        "ROLL#\tLOT\tCOLOR\tYDS\tN.W.(KGS)\tG.W.(KGS)\n1\tA\tNAVY\t98.5\t27.2\t27.9\n2\tA\tNAVY\t101.5\t28.0\t28.7",
    ],
)
def test_lists_that_mean_the_same(text: str, locale: str) -> None:
    with locale_scope(locale):
        assert quantities(text) == TWO


def test_what_else_a_roll_says() -> None:
    (roll,) = parse_rolls("Lot\tRoll\tYDS\tN.W.\tWidth\tReject\nA\t1\t98.5\t27.2\t58\tx", "rolls", "yd")
    assert (roll.roll, roll.lot, roll.net_kg, roll.width_in, roll.rejected) == (
        "1",
        "A",
        Decimal("27.2"),
        58,
        True,
    )


def test_a_column_of_another_unit_is_not_the_quantity() -> None:
    with pytest.raises(Refused, match="“YDS”"):
        parse_rolls("Roll\tLot\tYDS\n1\tA\t98.5", "rolls", "kg")
    assert quantities("Roll\tYDS\tKGS\n1\t98.5\t27.2", "kg", leave_out=True) == [("1", "", "27.2")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "Roll\tLot\tQty\n1\tA\t98.5\nTOTAL\t\t100",
            "Line 3: the total of “Qty” says 100, the rows above add up to 98.5.",
        ),
        ("Roll\tLot\tQty\tGrade\n1\tA\t98.5\tB", "“Grade”: no column of a packing list"),
        ("Roll\tLot\tQty\n1\tA\tmany", "Line 2: “many” is not a number."),
        ("Roll\tLot\tQty\n1\tA\t", "Line 2: A quantity is needed."),
    ],
)
def test_what_is_wrong_is_told(text: str, said: str) -> None:
    with pytest.raises(Refused) as error:
        parse_rolls(text, "rolls", "yd")
    assert said in str(error.value.problems[0])
