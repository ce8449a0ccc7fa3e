"""Goods of several vendors in a real browser: ordered, split, received on a phone, locked, invoiced, paid, cleared."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from core.testing.site import PHONE
from tests.journeys.test_factory_order_browser import press
from tests.journeys.test_materials_browser import saved, well
from tests.journeys.test_order_entry_browser import figures, new_order

pytestmark = pytest.mark.browser
Visit = Callable[..., Any]


def sold(page: Any, customer_po: str, context: str = "") -> str:
    """A confirmed order of 30 pieces of each of three vendors' styles, typed by quick entry; its address."""
    new_order(page, customer_po)
    page.fill("[name=destination]", "US-NYC")
    page.fill("[name=ship_date]", "2027-03-01")
    page.fill("[name=price]", "9")
    page.fill("#quick", "TR-01 @NVY, S-10, M-20\nTR-02 @WHT, S-10, M-20\nTR-03 @BLK, S-10, M-20")
    order = saved(page, r"/orders/order/\d+$")
    if context:
        page.goto(f"{order}/edit")
        page.fill("[name=business_context]", context)
        saved(page, r"/orders/order/\d+$")
    press(page, "Confirm")
    return order


def bought(page: Any, order: str) -> list[str]:
    """Split an order as it is proposed and issue what it is bought with; the addresses of the purchase orders."""
    page.goto(order)
    press(page, "Split by vendor")
    well(page)
    press(page, "Make purchase orders")
    found = [a.get_attribute("href") for a in page.locator("main a[href^='/purchasing/order/']").all()]
    purchases = sorted({each for each in found if re.search(r"/\d+$", each)})
    for each in purchases:
        page.goto(each)
        press(page, "Issue")
    return purchases


def test_three_vendors_from_quick_entry_to_cleared(visit: Visit) -> None:
    boss = visit("mgr")
    order = sold(boss, "HL-TRADE")
    assert len(bought(boss, order)) == 3

    # everything comes on one sheet, typed and scanned on a phone
    phone = visit("wh", "zh_Hant_TW", PHONE)
    phone.goto(order)
    press(phone, "到貨作業")
    phone.wait_for_url("**/lines")
    sheet = phone.url
    well(phone)
    take_all(phone)
    mine = scan_size(phone, "TR-02 WHT M")
    phone.fill(f"[name='{mine}']", "19")  # of 20
    phone.click("button[name=_then]")
    phone.wait_for_url(re.compile(r"/fulfilment/sheet/\d+$"))
    well(phone)
    boss.goto(order)
    press(boss, "Finalise all sheets")
    phone.goto(sheet)
    assert "不能再編輯" in figures(phone)  # locked

    # one piece is still open
    assert "Goods: 1 pieces are open" in figures(boss)
    receive_rest(boss, order)

    # what is here leaves
    assert "90 pieces are here and have not left" in figures(boss)
    press(boss, "Ship")
    boss.wait_for_url(re.compile(r"/shipping/shipment/\d+"))
    press(boss, "Confirm (packed)")
    press(boss, "Ship")
    press(boss, "Ship")
    boss.goto(order)

    # invoiced and paid, the order closes by itself
    press(boss, "Make invoice")
    press(boss, "Make invoice and Issue")
    number = boss.locator("h1").inner_text().split()[0]
    boss.goto(f"/invoicing/payment/new?pays={number}")
    assert boss.input_value("[name=amount]") == "810"  # 90 pieces at 9
    paid = saved(boss, r"/invoicing/payment/\d+$")
    press(boss, "Post")
    press(boss, "Post")
    boss.goto(order)
    assert "Closed" in boss.locator("header, main").first.inner_text() + figures(boss)
    assert "Until it is cleared" not in figures(boss)
    boss.goto(paid)
    press(boss, "Make final")
    press(boss, "Make final")
    assert "Final" in figures(boss)
    assert boss.locator("main a:text-is('Edit')").count() == 0  # locked


def receive_rest(boss: Any, order: str) -> None:
    """All that is open of an order comes, and is final."""
    press(boss, "Receive goods")
    boss.wait_for_url("**/lines")
    take_all(boss)
    boss.click("button[name=_then]")
    boss.wait_for_url(re.compile(r"/fulfilment/sheet/\d+$"))
    boss.goto(order)
    press(boss, "Finalise all sheets")


def take_all(page: Any) -> None:
    """All that is left, into the inputs."""
    page.click("button[name=_take][value=all]")
    page.wait_for_function(
        "[...document.querySelectorAll(\"[name*='.received.']\")].some(each => each.value > 0)"
    )


def scan_size(page: Any, code: str) -> str:
    """Scan pieces of one size; the name of the input the cursor is in then."""
    page.focus("[data-scan]")
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    page.wait_for_selector("[name*='.received.']:focus")
    return str(page.evaluate("document.activeElement.name"))


@pytest.mark.more  # told action by action every day (tests/plugins/fulfilment/test_sync.py)
def test_drop_shipping_with_a_change_in_the_middle_to_cleared(visit: Visit) -> None:
    boss = visit("mgr")
    order = sold(boss, "HL-DROP", "DROP")
    purchases = bought(boss, order)
    assert len(purchases) == 3
    boss.goto(f"{order}/lines")
    boss.locator("[data-size=M]").first.fill("15")  # five less of the first style
    boss.fill("[name=reason]", "the customer asked")
    saved(boss, r"/orders/order/\d+$")
    assert "5 more than" in figures(boss)  # both documents say so, neither is changed by itself
    boss.goto(purchases[0])
    assert "5 more than" in figures(boss)
    assert "2 · 30 pcs" in figures(boss)
    press(boss, "Bring in line with orders")
    boss.fill("[name=reason]", "the customer asked")
    press(boss, "Bring in line with orders")
    assert "2 · 25 pcs" in figures(boss)
    assert "5 more than" not in figures(boss)
    boss.goto(order)
    assert "5 more than" not in figures(boss)
    assert "= 0 / 85" in figures(boss)
    well(boss)

    # the deposit of the business context, before the vendors send anything: 30 % of 85 pieces at 9
    number = boss.locator("h1").inner_text().split()[0]
    boss.goto(f"/invoicing/payment/new?pays={number}")
    boss.fill("[name=amount]", "229.50")
    saved(boss, r"/invoicing/payment/\d+")
    press(boss, "Post")
    press(boss, "Post")
    boss.goto(order)

    # the customer has received it: counted, and never ours
    press(boss, "Receive goods")
    boss.wait_for_url("**/lines")
    assert "Reported by the customer" in figures(boss)
    take_all(boss)
    boss.click("button[name=_then]")
    boss.wait_for_url(re.compile(r"/fulfilment/sheet/\d+$"))
    boss.goto(order)
    press(boss, "Finalise all sheets")

    # two pieces are defective: on a phone, who bears it, which, why; the vendor sends them again
    phone = visit("wh", "zh_Hant_TW", PHONE)
    phone.goto(order)
    press(phone, "到貨退貨")
    phone.wait_for_url(re.compile("/fulfilment/return/new"))
    well(phone)
    for name, value in (("bearer", "vendor"), ("remedy", "replacement"), ("fate", "vendor")):
        phone.select_option(f"[name={name}]", value)
    saved(phone, r"/fulfilment/return/\d+/lines$")
    well(phone)
    mine = phone.locator("[name*='.qty.']").first.get_attribute("name")
    phone.fill(f"[name='{mine}']", "2")
    phone.select_option("[name='lines-0-reason']", "defect")
    phone.click("button[name=_then]")
    phone.wait_for_url(re.compile(r"/fulfilment/return/\d+$"))
    well(phone)
    boss.goto(order)
    assert "Goods: 2 pieces are open" in figures(boss)
    receive_rest(boss, order)

    # invoiced, paid, cleared: 85 pieces at 9, the two that came again are owed once
    press(boss, "Make invoice")
    press(boss, "Make invoice and Issue")
    number = boss.locator("h1").inner_text().split()[0]
    boss.goto(f"/invoicing/payment/new?pays={number}")
    assert boss.input_value("[name=amount]") == "535.5"
    saved(boss, r"/invoicing/payment/\d+$")
    press(boss, "Post")
    press(boss, "Post")
    boss.goto(order)
    assert "Closed" in boss.locator("header, main").first.inner_text() + figures(boss)
    assert "Until it is cleared" not in figures(boss)
