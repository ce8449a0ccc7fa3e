"""Consumption in a real browser: cells pasted and reached by keys, a sheet with headings, what is wrong at its cell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.browser
Visit = Callable[..., Any]


def paste(page: Any, text: str) -> None:
    """Paste into the cell that has the cursor."""
    page.evaluate(
        """(text) => { const data = new DataTransfer(); data.setData("text/plain", text);
        const options = { clipboardData: data, bubbles: true, cancelable: true };
        document.activeElement.dispatchEvent(new ClipboardEvent("paste", options)); }""",
        text,
    )


def cell(page: Any, name: str) -> str:
    """What stands in a cell."""
    return str(page.locator(f"[name='lines-{name}']").input_value())


@pytest.mark.more
def test_cells_and_a_sheet_are_pasted_and_keys_go_from_cell_to_cell(visit: Visit) -> None:
    page = visit("merch")
    page.goto("/catalog/style/3/bom")
    rows = page.locator("tbody tr").count()
    free = rows - 3
    page.locator(f"[name='lines-{free}-material']").focus()
    paste(
        page,
        "FAB-SJ160\tcollar\tkg\t5\t0.011\t\t\t\t\t\t\tfixed:BLK\nTAG\tside\tPCS\t2\t1\t\t\t\t\t\t\tno colour",
    )
    assert [cell(page, f"{free}-{n}") for n in ("place", "uom", "consumption", "color_rule")] == [
        "collar",
        "kg",
        "0.011",
        "fixed:BLK",
    ]
    assert [cell(page, f"{free + 1}-{n}") for n in ("uom", "color_rule")] == ["pcs", "none"]
    page.locator(f"[name='lines-{free}-consumption']").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == f"lines-{free + 1}-consumption"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")  # per how many pieces
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == f"lines-{free}-sizes.S"
    page.keyboard.type("x")
    page.keyboard.press("Control+s")
    page.wait_for_selector("[aria-invalid=true]")
    assert page.locator(f"[id='e-lines-{free}-sizes.S']").inner_text() == "“x” is not a number."
    assert [cell(page, f"{free}-{n}") for n in ("color_rule", "colors")] == ["fixed", "BLK"]
    page.fill(f"[name='lines-{free}-sizes.S']", "")
    page.keyboard.press("Control+s")
    page.wait_for_url("**/catalog/style/3")
    assert "collar" in page.locator("main").inner_text()

    page.goto("/catalog/style/3/bom")
    page.locator(f"[name='lines-{free + 2}-material']").focus()
    paste(page, "S\tXL\tMaterial\tM\tL\tXXL\tUnit\n0,1\t0,13\tFAB-SJ160\t0,11\t0,12\t0,14\tKG")
    page.wait_for_selector("[role=status]")
    assert [cell(page, f"{free + 2}-{n}") for n in ("material", "uom", "sizes.S", "sizes.XL")] == [
        "FAB-SJ160",
        "kg",
        "0,1",
        "0,13",
    ]
    for n in range(free, free + 3):
        page.check(f"[name='lines-{n}-_delete']")
    page.keyboard.press("Control+s")
    page.wait_for_url("**/catalog/style/3")
    assert "collar" not in page.locator("main section").last.inner_text()
