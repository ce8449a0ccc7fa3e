"""Entering a customer order in a real browser: by grid, by paste, by quick entry; what is wrong stays on the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.browser
Visit = Callable[..., Any]


def new_order(page: Any, customer_po: str) -> None:
    """A draft order of Harborline; the browser ends up on its lines."""
    page.goto("/orders/order/new")
    page.fill("[name=customer]", "C01")
    page.fill("[name=customer_po]", customer_po)
    page.locator("h1").click()
    page.click("button[data-key=s]")
    page.wait_for_url("**/lines")


def first_block(page: Any) -> None:
    """Style, destination, ship date and price of the first block; its size columns appear by themselves."""
    page.fill("[name=blocks-0-style]", "ST-2601")
    page.press("[name=blocks-0-style]", "Tab")
    page.wait_for_selector("[data-size=XS]")
    page.fill("[name=blocks-0-destination]", "US-LAX")
    page.fill("[name=blocks-0-ship_date]", "2027-03-01")
    page.fill("[name=blocks-0-price]", "2.55")


def row_of(page: Any, color: str) -> Any:
    """The grid's row of a colour."""
    return page.locator("tr[data-row]").filter(has=page.locator(f"input[value={color}]"))


def figures(page: Any) -> str:
    """The words of the first size matrix on the order's page."""
    return " ".join(page.locator("main").inner_text().split())


def test_grid_with_keyboard_and_running_totals(visit: Visit) -> None:
    page = visit("merch")
    new_order(page, "HL-GRID")
    first_block(page)
    navy = row_of(page, "NVY")
    for size, pieces in (("XS", "10"), ("S", "20"), ("M", "30")):
        navy.locator(f"[data-size={size}]").fill(pieces)
    assert navy.locator("[data-row-total]").inner_text() == "60"
    assert page.locator("[data-grand-total]").inner_text() == "60"
    page.keyboard.press("Control+s")
    page.wait_for_url("**/orders/order/*")
    assert "NVY" in figures(page)
    assert "153.00" in figures(page)


@pytest.mark.more
def test_cells_pasted_from_a_spreadsheet(visit: Visit) -> None:
    page = visit("merch")
    new_order(page, "HL-PASTE")
    first_block(page)
    page.locator("tr[data-row] [data-size=XS]").first.focus()
    page.evaluate(
        """() => { const data = new DataTransfer(); data.setData("text/plain", "1\\t2\\t3\\t4\\t5\\n6\\t7\\t8\\t9\\t10");
        const options = { clipboardData: data, bubbles: true, cancelable: true };
        document.activeElement.dispatchEvent(new ClipboardEvent("paste", options)); }"""
    )
    assert page.locator("[data-grand-total]").inner_text() == "55"
    page.click("button[data-key=s]")
    page.wait_for_url("**/orders/order/*")
    assert "55" in figures(page)


def test_quick_entry_says_what_is_wrong_keeps_it_and_saves_nothing(visit: Visit) -> None:
    page = visit("merch")
    new_order(page, "HL-QUICK")
    page.fill("[name=destination]", "US-NYC")
    page.fill("[name=ship_date]", "2027-03-01")
    page.fill("[name=price]", "2.60")
    wrong = "ST-2601 @NVY, S-10, M-2.5\nST-9999, S-1\nST-2601 @WHT, XXL-4\nST-2601 @WHT, S-1, S-2"
    page.fill("#quick", wrong)
    page.click("button[data-key=s]")
    page.wait_for_selector("[role=alert]")
    assert page.input_value("#quick") == wrong
    words = page.locator("main").inner_text()
    for culprit in ("2.5", "ST-9999", "XXL"):
        assert culprit in words
    page.fill("#quick", "st-2601 @nvy , s-10, m-25\nST-2601@WHT,S-1")
    page.click("button[data-key=s]")
    page.wait_for_url("**/orders/order/*")
    shown = figures(page)
    assert "NVY" in shown
    assert "36" in shown
    assert "93.60" in shown  # 36 pieces at 2.60


KEYDOWN = """([selector, key, composing, code]) => {
  const event = new KeyboardEvent("keydown", { key, isComposing: composing, keyCode: code, bubbles: true, cancelable: true });
  return !document.querySelector(selector).dispatchEvent(event); }"""


def test_keys_belong_to_the_input_method_while_chinese_is_composed(visit: Visit) -> None:
    """Arrows and Enter pick nothing and move nothing while composing (Safari says so by the key code alone), in a reference,
    the search and a grid; afterwards they do."""
    page = visit("merch")
    page.goto("/orders/order/new")
    page.fill("[name=customer]", "C0")
    page.wait_for_selector("#lookup-box [role=option]")

    def taken(selector: str, key: str, composing: bool = False, code: int = 0) -> bool:
        return bool(page.evaluate(KEYDOWN, [selector, key, composing, code]))

    for composing, code in ((True, 0), (False, 229)):
        for key in ("ArrowDown", "Enter"):
            assert not taken("[name=customer]", key, composing, code)
    assert page.input_value("[name=customer]") == "C0"
    assert page.locator("#lookup-box [aria-selected]").count() == 0
    assert taken("[name=customer]", "ArrowDown")
    assert taken("[name=customer]", "Enter")
    assert page.input_value("[name=customer]").startswith("C0")
    assert len(page.input_value("[name=customer]")) > 2

    page.fill("[data-find]", "ST-2601")
    page.wait_for_selector(".find-hits a")
    assert not taken("[data-find]", "ArrowDown", True, 229)
    assert page.locator(".find-hits [aria-selected]").count() == 0
    assert taken("[data-find]", "ArrowDown")
    assert page.locator(".find-hits [aria-selected]").count() == 1

    new_order(page, "HL-IME")
    first_block(page)
    cell = "tr[data-row] [data-size=XS]"
    page.locator(cell).first.focus()
    assert not taken(cell, "Enter", True, 229)
    assert page.evaluate("document.activeElement.dataset.size") == "XS"
