"""The plan in a real browser, in Chinese: kits asked by paste, suggestions ticked and released by keyboard, read on a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.testing.site import PHONE

pytestmark = pytest.mark.browser
Visit = Callable[..., Any]
FITS = """() => document.documentElement.scrollWidth <= innerWidth
    && [...document.querySelectorAll('.scroll:has(> table)')].every(each => each.scrollWidth <= each.clientWidth + 1)"""


@pytest.mark.more
def test_kits_by_paste_and_suggestions_released_by_keyboard(visit: Visit) -> None:
    page = visit("mgr", "zh_Hant_TW")
    page.goto("/planning/kits/")
    page.get_by_label("款式與比例").focus()
    page.keyboard.insert_text("ST-2601 @NVY, S-1, M-2\nST-2602\nST-9999")
    page.get_by_role("button", name="分析").press("Enter")
    page.wait_for_selector("[role=alert]")
    assert page.locator("[role=alert]").inner_text() == "第 3 行：沒有款式「ST-9999」。"
    page.get_by_label("款式與比例").fill("ST-2601 @NVY, S-1, M-2\nST-2602")
    page.get_by_role("button", name="分析").press("Enter")
    page.wait_for_selector("table.grid")
    assert [row.split("\t")[0] for row in page.locator("tbody tr").all_inner_texts()] == [
        "ST-2601 @NVY, S-1, M-2",
        "ST-2602",
    ]

    page.goto("/planning/suggestion/?run=PL-2026-0001&material=ZIP-15&state=open")
    ticks = page.locator("tbody input[type=checkbox]")
    lines = ticks.count()
    for n in range(lines):
        ticks.nth(n).focus()
        page.keyboard.press("Space")
    page.get_by_role("button", name="投放").press("Enter")
    page.wait_for_url("**/with/release?*")
    assert page.locator("tbody tr").count() == lines > 1
    page.get_by_role("button", name="投放").press("Enter")
    page.wait_for_selector("[role=status]")
    assert page.locator("[role=status]").inner_text().startswith("已建立：採購單 PT-2026-")

    phone = visit("mgr", "zh_Hant_TW", PHONE)
    for address in (
        "/planning/run/1", "/planning/run/1/item/0", "/planning/kits/?what=ST-2601&sets=100", "/planning/kits/orders",
        "/planning/shortages/?document=FO-2026-0002", "/planning/promises/?style=ST-2601",
        "/planning/scenario/1", "/planning/scenario/1/edit", "/planning/suggestion/28", "/planning/forecast/compare",
    ):  # fmt: skip
        phone.goto(address)
        assert phone.evaluate(FITS), address
