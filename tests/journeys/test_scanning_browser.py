"""What a scanner types, on each page that has a field for it: codes at a scanner's pace, Enter behind each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.browser
Visit = Callable[..., Any]


def scan(page: Any, code: str) -> None:
    """The code and Enter, wherever the cursor is."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def at(page: Any) -> str:
    """The words around the cursor: the line, and the block where lines stand in one."""
    return str(
        page.evaluate(
            "(document.activeElement.closest('[data-block]')?.querySelector('.block-head').textContent || '') + ' '"
            " + (document.activeElement.closest('tr')?.textContent || '')"
        )
    )


def waits(page: Any) -> bool:
    """Is the cursor in the field for scanners?"""
    return bool(page.evaluate("document.activeElement.matches('[data-scan]')"))


def test_a_code_leads_to_its_quantity_wherever_the_cursor_is(visit: Visit) -> None:
    page = visit("wh")
    page.goto("/receiving/sheet/")
    assert waits(page)
    scan(page, "FAB-TWL NVY")
    assert "FAB-TWL" in at(page)
    mine = page.evaluate("document.activeElement.name")
    page.keyboard.type("12", delay=200)
    page.wait_for_timeout(200)
    scan(page, "FAB-OXF WHT")  # the next code, before the quantity was finished with Enter
    assert "FAB-OXF" in at(page)
    assert page.input_value(f"[name={mine}]") == "12"
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    assert waits(page)
    scan(page, "NOSUCHCODE")
    assert waits(page)
    assert "NOSUCHCODE" in page.locator("[data-scan-said]").inner_text()


@pytest.mark.more
def test_a_fulfilment_sheet_is_filled_with_a_scanner(visit: Visit) -> None:
    page = visit("admin")
    page.goto("/fulfilment/sheet/new")
    page.select_option("[name=place]", "ours")
    page.fill("[name=customer_order]", "SO-26102")
    page.locator("h1").click()
    page.click("button[data-key=s]")
    page.wait_for_selector("[data-scan]")
    cells = page.locator("tr[data-value=received] input.pcs[data-size]")
    size = cells.first.get_attribute("data-size")
    style = page.locator("[data-block] .block-head h2").first.inner_text().split(" ")[0]
    page.focus("[data-scan]")
    scan(page, f"{style} {size}")
    first = page.evaluate("document.activeElement.name")
    assert page.evaluate("document.activeElement.dataset.size") == size
    assert style in at(page)
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    assert waits(page)
    assert page.input_value(f"[name='{first}']") == "3"
    scan(page, "NOSUCHCODE")
    assert waits(page)
    assert "NOSUCHCODE" in page.locator("[data-scan-said]").inner_text()


@pytest.mark.more
def test_a_number_scanned_into_the_search_opens_its_document(visit: Visit) -> None:
    page = visit("wh")
    page.goto("/")
    page.focus("[data-find]")
    with page.expect_navigation():
        scan(page, "PM-2026-0003")
    assert "/purchasing/order/" in page.url
