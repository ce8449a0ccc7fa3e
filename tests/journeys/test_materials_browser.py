"""Material in a real browser: bought from the need, received on a phone with a scanner, issued, sewn, shipped, explained.

The demo company buys main labels for FO-2026-0002: 3,380 pieces + 2 % = 3,448; at least 1,000 in hundreds of five = 3,500.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from pypdf import PdfReader

from core.testing.site import PHONE, violations
from tests.journeys.steps import all_rows, link, table, words
from tests.journeys.test_every_page import shape
from tests.journeys.test_factory_order_browser import press

pytestmark = pytest.mark.browser
Visit = Callable[..., Any]
LABEL = "LBL-MAIN"


LOOKED_AT: set[tuple[str, int, bool]] = set()
"""Pages at which axe has looked in this process: shape of the address, width, with messages or without."""


def well(page: Any) -> None:
    """The page fits its window and axe finds nothing against WCAG 2.2 AA, where it has not seen one like it."""
    extra = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert (page.url, extra) == (page.url, 0)
    messages = page.locator("[aria-invalid], [role=alert]").count() > 0
    what = shape(page.url), page.viewport_size["width"], messages
    if what not in LOOKED_AT:
        LOOKED_AT.add(what)
        page.evaluate("scrollTo(0, 0)")  # what lies half below the sticky header counts as too small to touch
        assert (page.url, violations(page)) == (page.url, [])


def saved(page: Any, then: str) -> str:
    """Save the form; where it led, once it did."""
    page.locator("h1").click()  # leaves an input, so that a list of proposals closes
    page.click("button[data-key=s]")
    page.wait_for_url(re.compile(then))
    return str(page.url)


def scan(page: Any, code: str) -> str:
    """What a scanner does: it types a code and Enter. Returns the name of the input the cursor is in afterwards."""
    page.focus("[data-scan]")
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    page.wait_for_selector("[name$='-received']:focus")
    return str(page.evaluate("document.activeElement.name"))


def line_of(page: Any) -> str:
    """The words of the line the cursor is in."""
    return str(page.evaluate("document.activeElement.closest('tr').innerText"))


def post(page: Any) -> str:
    """Post the sheet; the address of the receipt."""
    page.click("button[name=do][value=post]")
    page.wait_for_url(re.compile(r"/receiving/receipt/\d+$"))
    return str(page.url)


def figures(page: Any, *columns: str, label: str = LABEL) -> list[str]:
    """What the tables with these columns say of the label."""
    row = next(r for r in all_rows(page.content(), "Material", *columns) if r["Material"].startswith(label))
    return [row[c] for c in columns]


def test_a_delivery_is_received_with_a_scanner(visit: Visit) -> None:
    phone = visit("wh", "zh_Hant_TW", PHONE)
    phone.goto("/receiving/sheet/")
    well(phone)
    assert phone.locator("td.balance").first.get_attribute("data-label") == "未交數量"
    first = scan(phone, "PM-2026-0003")
    assert "PM-2026-0003" in line_of(phone)
    second = scan(phone, "PM-2026-0003")
    assert second != first  # the same order again: its next line
    mine = scan(phone, "FAB-TWL NVY")
    assert "FAB-TWL" in line_of(phone)
    phone.keyboard.type("1100")  # of 1,000, with 5 % over at most 1,050
    phone.keyboard.press("Enter")
    assert phone.evaluate("document.activeElement.matches('[data-scan]')")  # ready for the next scan
    phone.keyboard.type("NOSUCHCODE")
    phone.keyboard.press("Enter")
    assert "NOSUCHCODE" in phone.locator("[data-scan-said]").inner_text()
    assert phone.input_value(f"[name={mine}]") == "1100"  # nothing typed is lost for it
    phone.click("button[name=do][value=post]")
    phone.wait_for_selector("[aria-invalid]")
    assert phone.input_value(f"[name={mine}]") == "1100"
    assert phone.evaluate("document.activeElement.name") == mine
    phone.fill(f"[name={mine}]", "1050")
    post(phone)
    well(phone)

    # a roll: pasted from the packing list the first time, scanned the next
    phone.goto("/receiving/sheet/")
    cloth = scan(phone, "FAB-OXF WHT").removesuffix("received")
    box = phone.locator(f"[name={cloth}rolls]")
    phone.locator("details", has=box).locator("summary").click()
    box.fill("R-8801\tL9\t100\t109.3")
    assert scan(phone, "r-8801") == f"{cloth}received"
    post(phone)
    phone.goto("/receiving/sheet/")
    phone.focus("[data-scan]")
    phone.keyboard.type("R-8801")
    with phone.expect_navigation():
        phone.keyboard.press("Enter")
    assert phone.evaluate("document.activeElement.name") == f"{cloth}received"


@pytest.mark.thorough
def test_from_need_to_shipment(visit: Visit) -> None:
    # the purchaser sees what is needed and buys it from the labels' supplier
    purch = visit("purch")
    purch.goto("/outsourcing/order/2")
    need = "Required", "Ordered", "Received", "Remaining"
    assert figures(purch, *need, "Suggested") == ["3,448", "0", "0", "3,448", "3,500 pcs"]
    purch.goto("/purchasing/order/new?material_class=trim")
    purch.fill("[name=supplier]", "S05")
    purch.fill("[name=made_for]", "FO-2026-0002")
    well(purch)
    order = saved(purch, r"/purchasing/order/\d+$")  # filled from the need
    well(purch)
    press(purch, "Issue")
    if "/do/" in purch.url:
        press(purch, "Issue")
    number = purch.locator("h1").inner_text().split()[0]
    assert number.startswith("PT-")
    assert figures(purch, "Remaining") == ["0"]
    well(purch)

    # the warehouse receives it on a phone, in Chinese, with a scanner: in three parts
    phone = visit("wh", "zh_Hant_TW", PHONE)
    phone.goto("/receiving/sheet/")
    well(phone)
    assert phone.locator("td.balance").first.get_attribute("data-label") == "未交數量"
    first = scan(phone, number)
    assert number in line_of(phone)
    second = scan(phone, number)
    assert second != first  # the same order again: its next line
    mine = scan(phone, LABEL)
    assert LABEL in line_of(phone)
    phone.keyboard.type("2000")
    phone.keyboard.press("Enter")
    assert phone.evaluate("document.activeElement.matches('[data-scan]')")  # ready for the next scan
    phone.keyboard.type("NOSUCHCODE")
    phone.keyboard.press("Enter")
    assert "NOSUCHCODE" in phone.locator("[data-scan-said]").inner_text()
    assert phone.input_value(f"[name={mine}]") == "2000"  # nothing typed is lost for it
    receipt = post(phone)
    well(phone)

    phone.goto("/receiving/sheet/")
    scan(phone, LABEL)
    phone.keyboard.type("1500")
    prefix = mine.removesuffix("received")
    phone.fill(f"[name={prefix}rejected]", "200")
    phone.select_option(f"[name={prefix}reject_reason]", index=1)
    post(phone)
    phone.goto("/receiving/sheet/")
    scan(phone, LABEL)
    assert phone.locator("tr.found td.balance").inner_text() == "200"  # 3,500 − 2,000 − 1,300
    phone.keyboard.type("306")  # 3,606 with those before, at most 3,500 × 1.03 = 3,605
    phone.click("button[name=do][value=post]")
    phone.wait_for_selector("[aria-invalid]")
    assert phone.input_value(f"[name={mine}]") == "306"
    assert phone.evaluate("document.activeElement.name") == mine
    assert "3,605" in phone.locator(f"[id='e-{mine}']").inner_text().replace("3605", "3,605")
    well(phone)
    phone.fill(f"[name={mine}]", "250")
    third = post(phone)
    assert phone.locator("a[href*='/pdf']").first.get_attribute("href") in phone.content()

    # a roll: pasted from the packing list the first time, scanned the next
    phone.goto("/receiving/sheet/")
    cloth = scan(phone, "FAB-OXF LBL").removesuffix("received")
    box = phone.locator(f"[name={cloth}rolls]")
    phone.locator("details", has=box).locator("summary").click()
    box.fill("R-7701\tL9\t100\t109.3")
    assert scan(phone, "r-7701") == f"{cloth}received"
    post(phone)
    phone.goto("/receiving/sheet/")
    phone.focus("[data-scan]")
    phone.keyboard.type("R-7701")
    with phone.expect_navigation():
        phone.keyboard.press("Enter")
    assert phone.evaluate("document.activeElement.name") == f"{cloth}received"
    well(phone)

    # issued as proposed: what is needed and there
    wh = visit("wh")
    wh.goto("/factory_stock/issue/new?factory_order=FO-2026-0002")
    well(wh)
    lines = saved(wh, r"/factory_stock/issue/\d+/lines$")
    row = wh.locator("tr", has=wh.locator("td", has_text=LABEL))
    assert row.locator("input[name$=-qty]").input_value() == "3448"
    well(wh)
    for other in wh.locator("input[name$=-qty]").all():
        if other.input_value() not in ("", "3448"):
            other.fill("")
    wh.click("button[name=_then]")
    wh.wait_for_url(lines.removesuffix("/lines"))
    well(wh)
    slip = wh.request.get(f"{wh.url}/pdf/factory_stock.issue_slip?language=zh_Hant_TW")
    assert "3,448" in PdfReader(io.BytesIO(slip.body())).pages[0].extract_text()

    # garments come in by size, on the phone; some of what is there is shipped
    phone.goto("/factory_stock/goods_in/new?factory_order=FO-2026-0001")
    well(phone)
    lines = saved(phone, r"/factory_stock/goods_in/\d+/lines$")
    phone.locator("input[data-size][aria-label*='WHT XS']").first.fill("100")
    well(phone)
    phone.click("button[name=_then]")
    phone.wait_for_url(lines.removesuffix("/lines"))
    well(phone)
    wh.goto("/shipping/shipment/new")
    wh.fill("[name=customer_order]", "SO-26001")
    wh.fill("[name=destination]", "US-LAX")
    lines = saved(wh, r"/shipping/shipment/\d+/lines$")
    for each in wh.locator("input[data-size]").all():
        each.fill("")
    wh.locator("input[data-size][aria-label$='WHT XS']").first.fill("60")
    well(wh)
    wh.click("button[name=_then]")
    wh.wait_for_url(lines.removesuffix("/lines"))
    press(wh, "Ship")
    if "/do/" in wh.url:
        press(wh, "Ship")
    well(wh)

    # every figure: 6,500 − 6,284 of before, + 2,000 + 1,300 + 250 − 3,448 = 318
    purch.goto(order)
    bought = next(r for r in table(purch.content(), "Ordered", "Balance") if r["Material"].startswith(LABEL))
    assert (bought["Ordered"], bought["Accepted"], bought["Balance"].split()[0]) == (
        "3,500",
        "3,550 over 50",
        "0",
    )
    assert bought["Received"].startswith("3,750")
    purch.goto("/outsourcing/order/2")
    assert figures(purch, *need) == [
        "3,448",
        "3,448",
        "3,448",
        "0",
    ]  # what is beyond the need is nobody's yet
    wh.goto("/inventory/stock/trim")
    assert figures(wh, "On hand", "Available", "Rejected", "On order") == [
        "318",
        "102",
        "200",
        "0",
    ]  # 216 that came for FO-2026-0001 are kept for it
    # at the factories: 6,284 and 3,448 less 1.02 for each of the 2,197 + 100 accepted pieces
    assert figures(wh, "On hand", "At factories") == ["318", "7,389"]
    well(wh)
    wh.goto(link(wh.content().partition(LABEL)[2], "318"))
    moves = table(wh.content(), "In", "Out", "Balance")
    assert [(m["In"], m["Out"]) for m in moves[:5]] == [
        ("", "3,448"),
        ("102", ""),  # free, beyond the need
        ("148", ""),
        ("1,300", ""),
        ("2,000", ""),
    ]
    assert moves[0]["Balance"] == "318"
    well(wh)
    numbers = [m["Document"] for m in moves[1:5]]
    assert [wh.evaluate("u => new URL(u, location).href", link(wh.content(), n)) for n in numbers][::3] == [
        third,
        receipt,
    ]
    wh.goto("/inventory/stock/garments")
    white = next(r for r in table(wh.content(), "Style", "Total") if r["Colour"] == "WHT")
    assert white["XS"] == "40"
    well(wh)
    wh.goto("/factory_stock/statement/2")
    assert "balances" in words(wh.content())
    well(wh)


@pytest.mark.more
def test_a_purchase_order_becomes_an_invoice_with_other_quantities(visit: Visit) -> None:
    page = visit("purch")
    page.goto("/purchasing/order/3")
    before = page.locator("#lines").inner_text()
    press(page, "Make PI")
    well(page)
    quantities = page.locator("input[name$=-qty]")
    assert quantities.nth(0).input_value() == "2350"
    quantities.nth(0).fill("2400")  # 50 more than ordered
    quantities.nth(1).fill("0")  # left out
    quantities.nth(2).fill("ten")
    page.click("button[data-key=s]")
    page.wait_for_selector("[aria-invalid]")
    assert [quantities.nth(n).input_value() for n in range(3)] == ["2400", "0", "ten"]
    quantities.nth(2).fill("1000.5")
    invoice = saved(page, r"/proforma/invoice/\d+$")
    well(page)
    said = words(page.content())
    number = page.locator("h1").inner_text().split()[0]
    # 2,400 × 2.35 + 1,000.5 × 2.60 + 1,000 × 2.60 + 400 × 0.85
    for part in ("2,400", "+50", "1,000.5", "5,640.00", "2,601.30", "11,181.30"):
        assert part in said, part
    for language, title in (
        ("en", "PROFORMA INVOICE"),
        ("zh_Hant_TW", "形式發票"),
        ("zh_Hans_CN", "形式发票"),
    ):
        pdf = PdfReader(
            io.BytesIO(page.request.get(f"{invoice}/pdf/proforma.invoice?language={language}").body())
        )
        text = " ".join(" ".join(sheet.extract_text().split()) for sheet in pdf.pages)
        for part in (number, "PM-2026-0003", "2,400", "1,000.5", "5,640.00", "11,181.30"):
            assert part in text, (language, part)
        assert title in text or title in text.upper()
        assert "FAB-OXF" in text
        assert "1,150" not in text  # the line that was left out
        assert "2,350" not in text  # what the order said is our own matter
    page.goto("/purchasing/order/3")
    assert page.locator("#lines").inner_text() == before  # the order is untouched
    assert number in page.locator("main").inner_text()
