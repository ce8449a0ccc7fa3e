"""Colours × sizes in a real browser: by keys, by "=", by paste; what is wrong stays at its cell."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.browser
Visit = Callable[..., Any]
PASTE = """text => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  document.activeElement.dispatchEvent(event);
}"""


def goods_in(page: Any) -> str:
    """Goods in of the first factory order; the browser ends up on its pieces."""
    page.goto("/factory_stock/goods_in/new?factory_order=FO-2026-0001")
    page.click("button[data-key=s]")
    page.wait_for_url(re.compile(r"/goods_in/\d+/lines$"))
    return str(page.url)


def row(page: Any, block: int, color: str) -> dict[str, str]:
    """What stands in the inputs of a colour, by size; rejected ones as ``bad M``."""
    found = {}
    for cell in page.locator(f".block[data-block='{block}'] input[data-size]").all():
        label = cell.get_attribute("aria-label")
        if f" {color} " in label and cell.input_value():
            bad = "bad " if "rejected" in cell.get_attribute("name") else ""
            found[bad + cell.get_attribute("data-size")] = cell.input_value()
    return found


def cell(page: Any, block: int, color: str, size: str) -> Any:
    return page.locator(f".block[data-block='{block}'] input[aria-label$='{color} {size} Received']")


def test_by_keys_alone(visit: Visit) -> None:
    page = visit("wh")
    lines = goods_in(page)
    cell(page, 0, "WHT", "XS").focus()
    for key in ("1", "2", "Tab", "=", "Tab", "7", "ArrowDown", "1", "ArrowUp", "ArrowRight", "9"):
        page.keyboard.press(key)
    left = cell(page, 0, "WHT", "S").get_attribute("data-left")
    assert row(page, 0, "WHT") == {"XS": "12", "S": left, "M": "7", "bad M": "1", "L": "9"}
    cell(page, 1, "NVY", "XS").focus()
    page.keyboard.type("40")
    cell(page, 0, "WHT", "L").focus()
    page.keyboard.press("Enter")  # the same of the next row: the first of the block below
    page.keyboard.press("Control+d")
    page.keyboard.press("Control+z")
    assert row(page, 1, "NVY") == {"XS": "40"}
    cell(page, 0, "WHT", "XS").focus()
    for key in ("Shift+ArrowRight", "Shift+ArrowRight", "Delete"):
        page.keyboard.press(key)
    assert row(page, 0, "WHT") == {"bad M": "1", "L": "9"}
    page.keyboard.press("Control+z")
    total = 12 + int(left) + 7 + 9 + 40
    assert page.locator("[data-grand-total]").inner_text() == str(total)
    page.keyboard.press("Control+s")
    page.wait_for_url(lines.removesuffix("/lines"))
    assert "NVY" in page.locator("main").inner_text()


def test_all_that_is_left_in_one_click_and_one_undo(visit: Visit) -> None:
    page = visit("wh")
    goods_in(page)
    page.click("button[name=_take][value=all]")
    left = sum(int(c.get_attribute("data-left")) for c in page.locator("input[data-left]").all())
    assert left > 1000
    assert page.locator("[data-grand-total]").inner_text() == f"{left:,}"
    cell(page, 0, "WHT", "XS").focus()
    page.keyboard.press("Control+z")
    assert page.locator("[data-grand-total]").inner_text() == "0"


def paste(page: Any, target: Any, text: str) -> None:
    target.focus()
    page.evaluate(PASTE, text)


def test_cells_and_whole_sheets_are_pasted(visit: Visit) -> None:
    page = visit("wh")
    goods_in(page)
    paste(page, cell(page, 0, "NVY", "S"), "1\t2\n3\t4")
    assert row(page, 0, "NVY") == {"S": "1", "M": "2"}
    assert row(page, 0, "WHT") == {"S": "3", "M": "4"}
    paste(page, cell(page, 0, "NVY", "S"), "PO\tColour\tXS\tL\nHL-88120\tWHT\t5\t1,006\nHL-88121\tNVY\t7\t")
    page.wait_for_selector("[role=status]")
    assert row(page, 0, "WHT") == {"S": "3", "M": "4", "XS": "5", "L": "1006"}
    assert row(page, 1, "NVY") == {"XS": "7"}
    paste(page, cell(page, 0, "NVY", "S"), "PO\tColour\tXS\nHL-99\tWHT\t5")
    page.wait_for_selector("text=There is no row for")
    assert row(page, 0, "WHT") == {"S": "3", "M": "4", "XS": "5", "L": "1006"}


def test_what_is_wrong_stays_at_its_cell(visit: Visit) -> None:
    page = visit("wh")
    goods_in(page)
    cell(page, 0, "WHT", "XS").fill("1.5")
    page.keyboard.press("Control+s")
    wrong = page.locator("input[aria-invalid=true]")
    wrong.wait_for()
    assert wrong.get_attribute("aria-label").endswith("WHT XS Received")
    assert wrong.input_value() == "1.5"
    message = page.locator(f"[id='{wrong.get_attribute('aria-describedby')}']")
    assert "garments are whole pieces" in message.inner_text()
