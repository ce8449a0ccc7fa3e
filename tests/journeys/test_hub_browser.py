"""The Hub page, the full-process table and the search in a real browser: by keyboard, at desktop and phone width, readable
by everybody (WCAG 2.2 AA)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.testing.site import DESKTOP, PHONE, violations

pytestmark = pytest.mark.browser
Visit = Callable[..., Any]
PAGES = (
    "/",
    "/?tab=purchasing",
    "/?tab=inventory",
    "/process/",
    "/process/?state=&size=5",
    "/search?q=HL-88",
)
SIZES = pytest.mark.parametrize(
    "size", [DESKTOP, pytest.param(PHONE, marks=pytest.mark.more)], ids=["desktop", "phone"]
)


def type_search(page: Any, text: str) -> None:
    """Type into the search box after the slash key, and wait for what is found."""
    page.keyboard.press("/")
    page.keyboard.type(text)
    page.wait_for_selector("#find-hits a, #find-hits p")


@pytest.mark.more
def test_pages_are_for_everybody_in_the_dark(visit: Visit) -> None:
    """With all that is folded open. In the light they are among every page."""
    page = visit("mgr", "zh_Hant_TW")
    found: dict[str, Any] = {}
    for address in PAGES:
        page.goto(address)
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        for folded in page.locator("main details").all():
            folded.evaluate("each => { each.open = true; }")
        wrong = violations(page)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wrong or wide > 0:
            found[address] = (wrong, wide)
    assert found == {}


@SIZES
def test_search_by_keyboard(visit: Visit, size: dict[str, int]) -> None:
    page = visit("merch", "en", size)
    type_search(page, "hl-88")
    box = page.locator("[data-find]")
    assert box.get_attribute("aria-expanded") == "true"
    # the customer orders HL-88120 and HL-88121, what makes them, and what is wrong with what was made
    assert page.locator("#find-hits a b").all_inner_texts() == [
        "SO-26002", "SO-26001", "FO-2026-0001", "CG-2026-0002", "CG-2026-0001",
    ]  # fmt: skip
    assert violations(page) == []
    page.keyboard.press("ArrowUp")  # from nothing to the last
    assert page.locator("#find-hits a[aria-selected=true] b").inner_text() == "CG-2026-0001"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    chosen = page.locator("#find-hits a[aria-selected=true]")
    assert chosen.locator("b").inner_text() == "SO-26001"
    assert "Confirmed" in chosen.inner_text()
    assert box.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    at = chosen.bounding_box()
    assert at is not None
    assert at["x"] >= 0
    assert at["x"] + at["width"] <= size["width"]
    assert at["width"] > 250, "there is room to read it"
    page.keyboard.press("Enter")
    page.wait_for_url("**/orders/order/1")

    type_search(page, "zzyzx")
    assert page.locator("#find-hits").inner_text() == "Nothing found."
    page.keyboard.press("Escape")
    assert page.locator("#find-hits").is_hidden()
    page.keyboard.press("Control+A")
    page.keyboard.type("Harborline")
    page.keyboard.press("Enter")  # nothing chosen: the page with everything
    page.wait_for_url("**/search?*q=Harborline")
    assert "SO-26002" in page.locator("main").inner_text()


def test_everything_on_the_hub_page_is_reached_by_tab(visit: Visit) -> None:
    page = visit("mgr", "en")
    page.locator("main").focus()
    links = page.locator("main a:visible").count()
    reached = set()
    for _ in range(links + 20):
        page.keyboard.press("Tab")
        where = page.evaluate(
            "document.activeElement.closest('main') ? [...document.querySelectorAll('main a')]"
            ".indexOf(document.activeElement) : -2"
        )
        if where == -2:
            break
        if where >= 0:
            reached.add(where)
    assert len(reached) == links


@pytest.mark.more
def test_from_a_figure_to_what_is_behind_it(visit: Visit) -> None:
    page = visit("mgr", "en")

    def follow(column: str) -> None:
        page.goto("/process/")
        heads = [h.inner_text() for h in page.locator("table.process th").all()]
        row = page.locator("table.process tbody tr").filter(has_text="SO-26001")
        row.locator("td").nth(heads.index(column)).locator("a").click()
        page.wait_for_load_state()

    follow("FO ordered %")
    assert "FO-2026-0001" in page.locator("h1").inner_text()
    need = page.locator("#buying-need-panel")
    assert need.is_visible()
    follow("Goods in")
    assert "GI-2026-0001" in page.locator("main").inner_text()
    assert "factory_order=FO-2026-0001" in page.url
    follow("Shipped")
    assert "SH-2026-0001" in page.locator("main").inner_text()
    follow("Factory paid")
    assert page.locator("#payments").is_visible()


def test_the_table_is_filtered_paged_and_taken_away(visit: Visit) -> None:
    page = visit("merch", "en")
    page.goto("/process/?size=3")
    assert page.locator("table.process tbody tr").count() == 3
    page.locator("a[rel=next]").click()
    page.wait_for_load_state()
    assert page.locator("table.process tbody tr").first.inner_text().startswith("SO-26006")
    page.goto("/process/")
    page.fill("[name=customer]", "C02")
    page.locator("h1").click()
    page.locator("form.filters button:not([data-more])").click()
    page.wait_for_load_state()
    assert page.locator("table.process tbody tr").count() == 2
    page.locator("details.drop summary").click()
    with page.expect_download() as loading:
        page.locator("a:text-is('CSV')").click()
    with open(loading.value.path(), encoding="utf-8-sig") as file:
        lines = file.read().splitlines()
    assert len(lines) == 3
    assert "SO-26004" in lines[1]
