"""The main job in a real browser: work is chosen, issued, contracted, signed and paid."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.journeys.test_order_entry_browser import new_order

pytestmark = pytest.mark.browser
Visit = Callable[..., Any]


def press(page: Any, label: str) -> None:
    """Press the button (or link that looks like one) with this label."""
    page.locator(f"main :is(button, a.button):text-is('{label}')").first.click()
    page.wait_for_load_state()


def confirmed_order(page: Any, customer_po: str) -> None:
    """An order of 300 navy T-shirts for New York, confirmed."""
    new_order(page, customer_po)
    page.fill("[name=destination]", "US-NYC")
    page.fill("[name=ship_date]", "2027-03-01")
    page.fill("[name=price]", "2.60")
    page.fill("#quick", "ST-2601 @NVY, S-100, M-200")
    page.click("button[data-key=s]")
    page.wait_for_url("**/orders/order/*")
    press(page, "Confirm")
    if "/do/" in page.url:
        press(page, "Confirm")


@pytest.mark.more  # told over HTTP every day (test_first_day.py)
def test_from_orders_to_a_signed_and_partly_paid_contract(visit: Visit, tmp_path: Path) -> None:
    page = visit("merch")
    confirmed_order(page, "HL-FO-1")

    # a factory order; the pieces come in by themselves, the price from the factory's list
    page.goto("/outsourcing/order/new")
    page.fill("[name=factory]", "F01")
    page.locator("h1").click()
    page.click("button[data-key=s]")
    page.wait_for_url("**/outsourcing/order/*/add-work")
    card = page.locator("section.pick").filter(has_text="HL-FO-1")
    card.locator("[data-all]").check()  # the whole order, and not
    assert card.locator("[name=pick]").first.is_checked()
    card.locator("[data-all]").uncheck()
    assert page.locator("[data-picked-pcs]").inner_text() == "0"
    card.locator("[name=pick]").first.check()
    assert card.locator("[data-all]").is_checked()
    assert page.locator("[data-picked-pcs]").inner_text() == "300"
    page.click("button[data-key=s]")
    page.wait_for_load_state()
    address = re.sub(r"/(add-work|lines).*", "", page.url)
    page.goto(address)
    assert "2,130.00" in page.locator("main").inner_text()  # 300 at 7.10

    press(page, "Issue")
    press(page, "Issue")
    assert "Issued" in page.locator(".chip").first.inner_text()

    # the contract in Chinese, downloaded
    page.locator("#contract a").filter(has_text="Make the contract").click()
    page.select_option("[name=language]", "zh_Hant_TW")
    press(page, "Make the contract")
    page.goto(address)
    with page.expect_download() as loading:
        page.locator("#contract a").filter(has_text="PDF").first.click()
    assert Path(loading.value.path()).read_bytes().startswith(b"%PDF")

    # what is not what its name says is refused and nothing changes; a picture of the signed page is accepted
    wrong, right = tmp_path / "signed.pdf", tmp_path / "簽回.jpg"
    wrong.write_text("<html><script>alert(1)</script></html>")
    Image.new("RGB", (900, 1200), "white").save(right)
    press(page, "Upload the signed contract")
    page.fill("[name=signer]", "陳先生")
    page.set_input_files("[name=file]", str(wrong))
    press(page, "Upload the signed contract")
    assert page.input_value("[name=signer]") == "陳先生"
    assert page.locator(".error, [role=alert] li").first.inner_text()
    page.set_input_files("[name=file]", str(right))
    press(page, "Upload the signed contract")
    page.goto(address)
    assert "Signed" in page.locator("#contract").inner_text()
    assert "簽回.jpg" in page.locator("#contract").inner_text()

    # finance pays a part; the bar moves
    number = page.locator("h1").inner_text().split()[0]
    money = visit("fin")
    money.goto("/outsourcing/payment/new")
    money.fill("[name=factory]", "F01")
    money.select_option("[name=kind]", "deposit")
    money.select_option("[name=currency]", "CNY")
    money.fill("[name=amount]", "639.00")
    money.fill("[name=splits-0-order]", number)
    money.locator("h1").click()
    money.click("button[data-key=s]")
    money.wait_for_url(re.compile(r"/outsourcing/payment/\d+$"))
    press(money, "Post")
    if "/do/" in money.url:
        press(money, "Post")
    page.goto("/outsourcing/order/?q=" + number)
    assert "30.00%" in page.locator("table").inner_text()
    stays_as_it_was_left(page)


def stays_as_it_was_left(page: Any) -> None:
    """What is looked up now and then begins folded; what a person opened is open the next time; a part that is drawn later
    folds too, and a mark in the row above leads to it."""
    page.locator("tbody a").first.click()
    part = page.locator("#labels-panel")
    assert "folded" in part.get_attribute("class")
    part.locator(".fold-mark").click()
    page.reload()
    assert "folded" not in page.locator("#labels-panel").get_attribute("class")
    page.locator(".jumps a[href='#factory-stock-panel-statement']").click()
    drawn = page.locator("#factory-stock-panel-statement:not([data-part])")
    drawn.locator(".fold-mark").click()
    assert "folded" in drawn.get_attribute("class")
