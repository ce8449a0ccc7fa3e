"""The tree of a BOM in a real browser, in Chinese: built by keyboard, pasted from a spreadsheet, copied from another style."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.testing.site import PHONE
from tests.journeys.test_consumption_browser import cell, paste

pytestmark = pytest.mark.browser
Visit = Callable[..., Any]
SHEET = "階\t物料\t部位\t單耗\t單位\t損耗率\n1\tTAG\t側邊\t1\tPCS\t2\n1\tPB\t袋口\t1\tPCS\t3"


def cursor(page: Any) -> str:
    """The cell that has the cursor."""
    return str(page.evaluate("document.activeElement.name")).removeprefix("lines-")


@pytest.mark.more
def test_a_tree_by_keyboard_and_paste(visit: Visit) -> None:
    page = visit("merch", "zh_Hant_TW")
    page.goto("/catalog/style/3/do/new_version")
    page.get_by_role("button", name="新增 BOM 版本").click()
    page.wait_for_url("**/engineering/bom/*")
    bom = page.url.split("?")[0]
    page.goto(f"{bom}/tree")
    free = page.locator("tbody tr").count() - 3

    # a made panel with its ink below it, without a hand on the mouse
    page.locator(f"[name='lines-{free}-level']").focus()
    for word in ("", "PNL-CHEST", "胸前", "1"):
        page.keyboard.type(word)
        page.keyboard.press("Tab" if word != "1" else "Enter")
    assert cursor(page) == f"{free + 1}-consumption"
    page.keyboard.type("0.01")
    for _ in range(2):
        page.keyboard.press("Shift+Tab")
    page.keyboard.type("INK-WB")
    page.keyboard.press("Alt+ArrowRight")
    assert cell(page, f"{free + 1}-level") == "2"
    assert "depth-2" in page.locator("tbody tr").nth(free + 1).get_attribute("class")
    page.keyboard.press("Alt+ArrowRight")  # no deeper than one below the row above
    assert cell(page, f"{free + 1}-level") == "2"

    # a sheet with its own headings and units
    page.locator(f"[name='lines-{free + 2}-material']").focus()
    paste(page, SHEET)
    page.wait_for_selector("[role=status]")
    assert [cell(page, f"{free + 2}-{n}") for n in ("level", "material", "place", "uom", "wastage_pct")] == [
        "1", "TAG", "側邊", "pcs", "2"
    ]  # fmt: skip
    page.keyboard.press("Control+s")
    page.wait_for_selector("[aria-invalid=true], .roll-up")
    if page.locator("[aria-invalid=true]").count():
        raise AssertionError(page.locator(".error").all_inner_texts())
    shown = page.locator("table.tree").inner_text()
    assert all(word in shown for word in ("PNL-CHEST", "胸前", "INK-WB", "側邊"))
    assert page.locator("tr.level-2", has_text="INK-WB").count() == 1
    assert page.locator("tr.level-1", has_text="袋口").count() == 1

    phone = visit("merch", "zh_Hant_TW", PHONE)
    phone.goto(f"{bom}/tree")
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    # instead of all that, what another style takes
    page.get_by_role("link", name="從其他款式複製").click()
    page.locator("input.ref:visible").fill("ST-2602")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{bom}*")
    copied = page.locator("table.tree").inner_text()
    assert "INK-WB" not in copied
    assert "FAB-OXF" not in copied
    page.goto(f"{bom}/do/discard")
    page.get_by_role("button", name="作廢").click()
    page.wait_for_url(f"{bom}*")
