"""The table of an action in a real browser, by keyboard alone: goods go back to a supplier."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from core.testing.site import PHONE
from tests.journeys.steps import table
from tests.journeys.test_materials_browser import well

pytestmark = pytest.mark.browser
Visit = Callable[..., Any]


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.name"))


def values(page: Any) -> list[str]:
    """What stands in the column of quantities."""
    return [str(box.input_value()) for box in page.locator("td.c-qty input").all()]


@pytest.mark.more
def test_goods_go_back_by_keyboard(visit: Visit) -> None:
    page = visit("wh")
    page.goto("/receiving/receipt/9")
    page.get_by_role("link", name="Return to supplier", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/receiving/receipt/9/return$"))
    well(page)
    left = [float(row["Left"].split()[0].replace(",", "")) for row in table(page.content(), "Left")]
    assert len(left) == 2

    # all that is left, for the column; taken back in one step; then for one row
    page.locator("[data-all=qty]").focus()
    page.keyboard.press("Enter")
    assert [float(text) for text in values(page)] == left
    page.focus("[name=lines-0-qty]")
    page.keyboard.press("Control+z")
    assert values(page) == ["", ""]
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.fill") == f"{left[0]:g}"
    page.keyboard.press("Enter")
    assert values(page) == [f"{left[0]:g}", ""]

    # the line below by arrow, the same as above by Ctrl+D
    assert focused(page) == "lines-0-qty"
    page.keyboard.press("ArrowDown")
    assert focused(page) == "lines-1-qty"
    page.keyboard.press("Control+d")
    assert values(page) == [f"{left[0]:g}"] * 2
    page.keyboard.press("Control+a")
    page.keyboard.type("1.5")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Control+a")
    page.keyboard.type("12")

    # refused: nothing typed is lost, the cursor stands where something is missing
    page.keyboard.press("Control+s")
    page.wait_for_selector("[aria-invalid]")
    assert focused(page) == "lines-0-reason"
    assert values(page) == ["12", "1.5"]
    well(page)
    page.keyboard.press("d")  # Defects
    page.focus("[name=lines-1-qty]")
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.press("Control+s")
    page.wait_for_url(re.compile(r"/receiving/return/\d+$"))
    assert [row["Quantity"].split()[0] for row in table(page.content(), "Order line", "Quantity")] == ["12"]


def test_the_table_fits_a_phone(visit: Visit) -> None:
    phone = visit("wh", "zh_Hant_TW", PHONE)
    phone.goto("/receiving/receipt/9/return")
    well(phone)
    assert phone.locator("td.c-qty").first.get_attribute("data-label") == "退貨數量"
    box = phone.locator("td.c-qty input").first.bounding_box()
    assert box["height"] >= 44
