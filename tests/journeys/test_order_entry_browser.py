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
