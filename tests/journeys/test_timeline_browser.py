"""Timelines in a real browser: a target is dragged and moved by keys, days are entered without script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.browser
Visit = Callable[..., Any]


def target_of(page: Any, code: str) -> Any:
    return page.locator(f"svg a[href*='milestone={code}']")


@pytest.mark.more
def test_a_target_is_dragged_and_the_reason_kept(visit: Visit) -> None:
    page = visit("merch")
    page.goto("/tna/timeline/2")
    link = target_of(page, "SEW_END")
    assert link.get_attribute("data-move") == "2026-12-18"
    step = int(link.get_attribute("data-px"))
    link.scroll_into_view_if_needed()
    box = link.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 3 * step, y, steps=4)
    page.mouse.up()
    page.wait_for_url("**/do/set_target?milestone=SEW_END&target=2026-12-21")
    assert page.input_value("[name=target]") == "2026-12-21"
    page.fill("[name=reason]", "a line stands still")
    page.click("main button.primary")
    page.wait_for_url("**/tna/timeline/2")
    row = page.locator("#m-SEW_END").inner_text()
    assert "2026-12-21" in row
    assert "2026-12-18" in row  # the baseline stays
    assert "a line stands still" in page.locator("#activity").inner_text()


def test_a_target_is_moved_by_keys(visit: Visit) -> None:
    page = visit("merch")
    page.goto("/tna/timeline/2")
    link = target_of(page, "INLINE")
    link.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    assert "→ 2026-12-12" in link.get_attribute("aria-label")
    page.keyboard.press("Enter")
    page.wait_for_url("**/do/set_target?milestone=INLINE&target=2026-12-12")


def test_without_script_it_works_as_well(chromium: Any, site: str, visit: Visit) -> None:
    page = visit("merch")
    context = chromium.new_context(java_script_enabled=False, base_url=site)
    context.add_cookies(page.context.cookies())
    plain = context.new_page()
    plain.goto("/tna/timeline/2/actuals")
    plain.fill("[name=actual-CONTRACT]", "2026-11-20")
    plain.click("button.primary")
    assert plain.url.endswith("/tna/timeline/2")
    assert "2026-11-20" in plain.locator("#m-CONTRACT").inner_text()
    target_of(plain, "SEW_START").click()
    assert plain.input_value("[name=target]") == "2026-12-01"
    context.close()
