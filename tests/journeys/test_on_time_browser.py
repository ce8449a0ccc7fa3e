"""On time in a real browser: a late fabric, from issue to goods in, by five people at desks and on phones, two of them in
Chinese; every page they visit is for everybody (WCAG 2.2 AA) and fits its window.

300 navy T-shirts, S 100 and M 200, ship on Monday 2027-03-01: the fabric is due 40 days before, on Wednesday 20 January.
Jersey: 100 × .160 + 200 × .172 = 50.4 kg, + 6 % = 53.424, rounded up 53.43.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from core.testing.site import PHONE
from plugins.claims.demo import pictures
from tests.journeys.test_factory_order_browser import confirmed_order, press
from tests.journeys.test_materials_browser import saved, scan, well

pytestmark = [pytest.mark.browser, pytest.mark.thorough]
Visit = Callable[..., Any]


def stone(page: Any, code: str) -> str:
    """The row of a milestone, in words."""
    page.reload()
    return " ".join(page.locator(f"#m-{code}").inner_text().split())


def enter(page: Any, timeline: str, **days: str) -> None:
    """Type actual days into the grid."""
    page.goto(f"{timeline}/actuals")
    well(page)
    for code, day in days.items():
        page.fill(f"[name=actual-{code}]", day)
    page.click("button[data-key=s], main button.primary")
    page.wait_for_url(re.compile(r"/tna/timeline/\d+$"))


def test_a_late_fabric_at_desks_and_on_phones(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # the merchandiser issues the factory order; its timeline is there
    merch = visit("merch")
    confirmed_order(merch, "HL-LATE")
    merch.goto("/outsourcing/order/new")
    merch.fill("[name=factory]", "F01")
    saved(merch, r"/outsourcing/order/\d+/add-work$")
    merch.locator("section.pick").filter(has_text="HL-LATE").locator("[name=pick]").first.check()
    merch.click("button[data-key=s]")
    merch.wait_for_load_state()
    order = re.sub(r"/(add-work|lines).*", "", merch.url)
    merch.goto(order)
    press(merch, "Issue")
    well(merch)
    press(merch, "Issue")
    number = merch.locator("h1").inner_text().split()[0]
    well(merch)
    merch.locator("#tna-panel-document a").filter(has_text=number).first.click()
    merch.wait_for_url(re.compile(r"/tna/timeline/\d+$"))
    timeline = merch.url
    well(merch)
    assert "On time 2027-01-20" in stone(merch, "FAB_IN").replace("✓ ", "")

    # fabric is bought; approvals come in time
    monkeypatch.setenv("HUB_TODAY", "2026-12-07")
    purch = visit("purch")
    purch.goto("/purchasing/order/new?material_class=main")
    purch.fill("[name=supplier]", "S01")
    purch.fill("[name=made_for]", number)
    purch.fill("[name=required_date]", "2027-02-05")
    saved(purch, r"/purchasing/order/\d+$")  # filled from the need
    press(purch, "Issue")
    if "/do/" in purch.url:
        press(purch, "Issue")
    paper = purch.locator("h1").inner_text().split()[0]
    well(purch)
    monkeypatch.setenv("HUB_TODAY", "2027-01-12")
    enter(merch, timeline, LABDIP_SUB="2026-12-10", LABDIP_OK="2026-12-18", TRIM_PO="2026-12-10", CONTRACT="2026-12-18",
          DEPOSIT="2026-12-20", FIT_OK="2026-12-21", SIZESET_OK="2027-01-04", BULK_LOT_OK="2027-01-11",
          PPS_OK="2027-01-08")  # fmt: skip
    assert "by itself" in stone(merch, "FAB_PO")
    assert "On time 2027-01-20 2027-01-18" in stone(merch, "FAB_IN").replace("✓ ", "")  # bulk lot + 7 days

    # at risk before it is late; on a phone as well
    monkeypatch.setenv("HUB_TODAY", "2027-01-13")
    phone = visit("prod", "zh_Hant_TW", PHONE)
    phone.goto(timeline)
    well(phone)
    assert "有風險" in stone(phone, "FAB_IN")
    assert phone.locator("#m-FAB_IN").bounding_box()["width"] <= PHONE["width"]
    assert phone.locator("#m-FAB_IN .standing-cell").is_visible()
    monkeypatch.setenv("HUB_TODAY", "2027-01-20")
    assert "At risk" in stone(merch, "FAB_IN")
    monkeypatch.setenv("HUB_TODAY", "2027-01-21")
    assert "Late by 1 d" in stone(merch, "FAB_IN")
    merch.goto("/tna/mine/")
    well(merch)

    # held; the manager, in Chinese, sees what is short and lets it go on
    mgr = visit("mgr", "zh_Hant_TW")
    well(mgr)
    mgr.goto("/material_gate/kit/?state=held")
    well(mgr)
    assert number in mgr.locator("main").inner_text()
    mgr.goto(order)
    assert "管制・缺" in mgr.locator("#gate").inner_text()
    well(mgr)
    press(mgr, "開始生產")
    well(mgr)
    row = mgr.locator("#gate tr", has_text="FAB-SJ160").inner_text()
    for part in ("53.43", "2027-02-05", paper):
        assert part in row
    mgr.click("main button.primary")
    mgr.wait_for_selector("#e-override_code, #e-override_reason")
    well(mgr)
    mgr.select_option("[name=override_code]", "on_the_way")
    mgr.fill("[name=override_reason]", "布已出廠，三日內到廠開裁")
    mgr.click("main button.primary")
    mgr.wait_for_url(order)
    well(mgr)
    mgr.locator("#gate a[href*='/material_gate/override/']").first.click()
    mgr.wait_for_url(re.compile(r"/material_gate/override/\d+$"))
    assert "53.43" in mgr.locator("main").inner_text()
    well(mgr)

    # the fabric comes; the day is filled in
    monkeypatch.setenv("HUB_TODAY", "2027-02-04")
    wh = visit("wh", viewport=PHONE)
    wh.goto("/receiving/sheet/")
    well(wh)
    first = scan(wh, paper)
    for name in (first, scan(wh, paper)):
        prefix = name.removesuffix("received")
        wh.locator(f"[name={name}]").fill(
            wh.locator(f"tr:has([name={prefix}received]) td.balance").inner_text()
        )
    wh.click("button[name=do][value=post]")
    wh.wait_for_url(re.compile(r"/receiving/receipt/\d+$"))
    well(wh)
    assert "Done 15 d late" in stone(merch_at(merch, timeline), "FAB_IN")
    assert "2027-02-04 by itself" in stone(merch, "FAB_IN")

    # goods come in, some of them bad; the claim with pictures is opened on the phone, in Chinese
    monkeypatch.setenv("HUB_TODAY", "2027-02-24")
    goods_in(wh, number, {"S": (100, 0), "M": (200, 6)})
    shots = []
    for name, draw in (("one.jpg", pictures.close_up), ("two.jpg", lambda: pictures.pocket((3, 7), 3))):
        shots.append(tmp_path / name)
        shots[-1].write_bytes(draw())
    qc = visit("qc", "zh_Hant_TW", PHONE)
    qc.goto("/claims/claim/quick")
    well(qc)
    qc.fill("#number", number)
    qc.locator("input[name=photos]").last.set_input_files([str(s) for s in shots])
    expect(qc.locator("[data-previews] img")).to_have_count(2)
    well(qc)
    qc.fill("#text", "六件跳針")
    qc.click("button[data-key=s]")
    qc.wait_for_selector("#photos img")
    claim = qc.url
    assert qc.locator("#photos .photos img").count() == 2
    well(qc)
    press(qc, "解決")
    well(qc)
    qc.fill("[name=resolution]", "工廠補做六件")
    qc.click("main button.primary")
    qc.wait_for_url(claim)
    again = goods_in(wh, number, {"M": (6, 0)})
    qc.reload()
    qc.fill("#follow-ups [name=number]", again)
    qc.locator("#follow-ups form button").last.click()
    qc.wait_for_selector(f"#follow-ups a:has-text('{again}')")
    mgr.goto(claim)
    press(mgr, "結案")
    if "/do/" in mgr.url:
        well(mgr)
        press(mgr, "結案")
    assert "已結案" in mgr.locator(".bar-top").inner_text()
    well(mgr)

    # the rest is entered; the last milestone is done by itself, and with the order its timeline is closed
    enter(merch, timeline, FAB_TEST="2027-01-18", FAB_INSP="2027-02-04", TRIM_IN="2027-01-25", PP_MEET="2027-02-04",
          SEW_START="2027-02-05", PACK_IN="2027-02-08", INLINE="2027-02-12", SEW_END="2027-02-20",
          FINAL_INSP="2027-02-23")  # fmt: skip
    assert "2027-02-24 by itself" in stone(merch, "FG_IN")
    assert "25 / 25" in merch.locator(".standing").inner_text()
    well(merch)
    mgr.goto(order)
    press(mgr, "結案")
    if "/do/" in mgr.url:
        press(mgr, "結案")
    phone.goto(timeline)
    assert "已結案" in phone.locator(".bar-top").inner_text()
    well(phone)


def merch_at(page: Any, address: str) -> Any:
    """The window at an address."""
    page.goto(address)
    return page


def goods_in(wh: Any, order: str, pieces: dict[str, tuple[int, int]]) -> str:
    """Finished goods on the phone: received and, of these, rejected, by size. Returns the number of the document."""
    wh.goto(f"/factory_stock/goods_in/new?factory_order={order}")
    lines = saved(wh, r"/factory_stock/goods_in/\d+/lines$")
    well(wh)
    for each in wh.locator("input[data-size]").all():
        each.fill("")
    for size, (came, bad) in pieces.items():
        wh.locator(f"input[name*=received][aria-label$='NVY {size} Received']").fill(str(came))
        if bad:
            wh.locator(f"input[name*=rejected][aria-label*='NVY {size}']").fill(str(bad))
    wh.click("button[name=_then]")
    wh.wait_for_url(lines.removesuffix("/lines"))
    return str(wh.locator("h1").inner_text().split()[0])
