"""On time, over HTTP: from issue to goods in with a late fabric; and a gate that opens, and closes again on a reversal.

1,000 navy T-shirts ship on Friday 2027-02-26. The company works Monday to Friday but for 25 December and 1 January, the
factory every day but Sundays and 1 January. Each target is the ship date less the days of the template, back to the last
day on which whoever does it works: 40 days before is Sunday 17 January, so the fabric is due on Saturday the 16th.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from core.base_api import TenantInfo
from core.kernel.hub import Hub
from tests.journeys.steps import (
    RECEIVING,
    bought,
    line_id,
    link,
    receive,
    refused,
    submit,
    take_order,
    words,
)
from tests.journeys.timelines import Orders, claimed, goods_in, promised, revise

Client = Callable[..., Any]
TARGETS = {
    "PO_RCVD": "2026-11-27",  # 90 days before is a Saturday
    "TECHPACK": "2026-12-01", "FAB_PO": "2026-12-04", "LABDIP_SUB": "2026-12-08", "FO_ISSUED": "2026-12-11",
    "TRIM_PO": "2026-12-14", "LABDIP_OK": "2026-12-15", "CONTRACT": "2026-12-18", "DEPOSIT": "2026-12-22",
    "FIT_OK": "2026-12-24",
    "SIZESET_OK": "2026-12-31",  # 3 January is a Sunday, the 1st a holiday
    "BULK_LOT_OK": "2027-01-08",  # 9 January is a Saturday
    "FAB_TEST": "2027-01-14",
    "FAB_IN": "2027-01-16",
    "PPS_OK": "2027-01-19", "FAB_INSP": "2027-01-21", "TRIM_IN": "2027-01-22",
    "PP_MEET": "2027-01-23",  # 24 January is a Sunday
    "CUT_START": "2027-01-27", "SEW_START": "2027-01-30", "PACK_IN": "2027-02-06", "INLINE": "2027-02-09",
    "SEW_END": "2027-02-16", "FINAL_INSP": "2027-02-22", "FG_IN": "2027-02-24",
}  # fmt: skip
GATE = ("cutting",)
"""The start waits for what is needed for cutting: jersey and rib."""


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """``on("2027-01-08")``: that day has come."""
    return lambda day: monkeypatch.setenv("HUB_TODAY", day)


@pytest.fixture
def order(office: TenantInfo, hub: Hub, client_as: Client) -> Callable[[str], Orders]:
    """``order("HL-1")``: 1,000 T-shirts ordered and put on a factory order, which is issued today."""
    with hub.context(office) as ctx:
        ctx.set_setting("material_gate.stages", list(GATE))
    submit(client_as("fin"), "/base_company/currency/new", code="CNY", decimals="2", active="1")

    def make(customer_po: str) -> Orders:
        merch = client_as("merch")
        sold = take_order(
            merch, "C01", customer_po, "ST-2601 @NVY, S-200, M-400, L-300, XL-100", "US-LAX", "2.55"
        )
        made = submit(
            merch, "/outsourcing/order/new", factory="F01", currency="CNY", order_date="2026-11-02", terms="CMT-30-70",
            tax_pct="0",
        )  # fmt: skip
        address = made.split("/add-work")[0].split("/lines")[0]
        found = re.search(r"<h1>(\S+)", merch.get(sold).text)
        assert found
        submit(merch, f"{address}/do/add_work", **{"work-0-order": found[1]})
        submit(merch, f"{address}/do/issue")
        return Orders(client_as, address)

    return make


def test_a_late_fabric_from_issue_to_goods_in(
    order: Callable[[str], Orders], on: Callable[[str], None], client_as: Client
) -> None:
    first = order("HL-1")
    merch, purch, wh, mgr, prod, qc = map(client_as, ("merch", "purch", "wh", "mgr", "prod", "qc"))

    # made on issue: every target counted back, what has happened is filled in
    stones = first.stones()
    assert {code: row["Target"] for code, row in stones.items()} == TARGETS
    assert {code: row["Actual"] for code, row in stones.items() if row["Actual"]} == {
        "PO_RCVD": "2026-11-23 by itself",
        "TECHPACK": "2026-09-14 by itself",
        "FO_ISSUED": "2026-11-23 by itself",
    }
    # lab dips +7 +5, bulk lot +18, fabric +7: 30 December; +1 PP meeting, +2, +2, +14, +4, +1: 23 January, 32 early
    assert first.stone("FAB_IN") == ("On time", "2026-12-30", "")
    assert first.stone("FG_IN") == ("On time", "2027-01-23", "")
    head = first.head()
    assert (head["Status"], head["Projected slip"], head["Milestones done"]) == (
        "On time",
        "32 d early",
        "3 / 25",
    )
    assert first.badges() == ("HOLD (2 short)", "On time")

    # the fabric is ordered on the last day that is in time, promised for 14 January
    on("2026-12-04")
    assert first.stone("FAB_PO")[0] == "At risk"  # due within three days
    bought_for = bought(purch, required="2027-01-14")
    assert first.stone("FAB_PO") == ("Done", "", "2026-12-04 by itself")
    on("2026-12-22")
    first.enter("merch", LABDIP_SUB="2026-12-07", LABDIP_OK="2026-12-15", TRIM_PO="2026-12-10", CONTRACT="2026-12-21",
                DEPOSIT="2026-12-22", FIT_OK="2026-12-21")  # fmt: skip
    assert first.stone("CONTRACT") == ("Done 3 d late", "", "2026-12-21 entered")
    assert first.stone("DEPOSIT")[0] == "Done"  # on its day is on time

    # the mill puts it off; a person says so before any date shows it, the other milestones stay as they were
    on("2027-01-06")
    first.enter("merch", SIZESET_OK="2026-12-30", BULK_LOT_OK="2027-01-06", PPS_OK="2027-01-05")
    assert first.stone("FAB_IN") == ("On time", "2027-01-13", "")
    revise(purch, bought_for, "2027-02-03", "the mill dyes again")
    gate = promised(mgr.get(first.address).text)
    assert gate["FAB-SJ160 NVY"] == ("186.67", "0", "✕ short 186.67", "2027-02-03 PM-2026-0001")
    assert gate["FAB-RIB11 NVY"] == ("12.72", "0", "✕ short 12.72", "2027-02-03 PM-2026-0001")
    submit(
        merch, f"{first.timeline}/do/warn", milestone="FAB_IN", risk="1", risk_note="promised for 3 February"
    )
    assert first.stone("FAB_IN")[0] == "At risk Risk marked"
    submit(merch, f"{first.timeline}/do/warn", milestone="FAB_IN", risk_note="")
    assert first.stone("FAB_IN")[0] == "On time"

    # by the calendar alone: seven days of warning before 16 January; on its day not late yet
    for day, standing, projected in (
        ("2027-01-08", "On time", "2027-01-13"),
        ("2027-01-09", "At risk", "2027-01-13"),
        ("2027-01-14", "At risk", "2027-01-14"),
        ("2027-01-16", "At risk", "2027-01-16"),
        ("2027-01-17", "Late by 1 d", "2027-01-17 +1"),
    ):
        on(day)
        assert first.stone("FAB_IN") == (standing, projected, ""), day
        assert first.badges()[1] == (
            "Late" if day == "2027-01-17" else "At risk" if day > "2027-01-08" else "On time"
        )

    # on 1 February: fabric late by 16; meeting 2, cutting 4, sewing 6 to 20, inspection 24, goods in 25 February: one day
    on("2027-02-01")
    first.enter("merch", FAB_TEST="2027-01-14", TRIM_IN="2027-01-22")
    assert first.stone("FAB_IN")[0] == "Late by 16 d"
    assert first.stone("FG_IN") == ("At risk", "2027-02-25 +1", "")
    assert (first.head()["Status"], first.head()["Projected slip"]) == ("Late", "+1 d")
    assert "FO-2026-0001" in words(mgr.get("/tna/timeline/?state=open&status=late").text)

    # the Hub compares the promise with the planned start of production, not with the ship date
    assert (
        "FO-2026-0001: material is promised for 2027-02-03, production is planned to start on 2027-01-27."
        in words(mgr.get("/").text)
    )

    # the gate holds: control may not start and sees why; a manager lets it go on with a listed reason and words
    page = refused(prod, f"{first.address}/do/start")
    assert "2 groups of material short" in page
    assert "186.67" in page
    assert "2027-02-03" in page
    dialog = f"{first.address}/do/override_gate"
    assert (
        prod.post(dialog, data={"reason_code": "on_the_way", "explanation": "due in two days"}).status_code
        == 403
    )
    assert "This is needed." in refused(mgr, dialog, explanation="the truck is at the border")
    assert "at least 10 characters" in refused(mgr, dialog, reason_code="on_the_way", explanation="soon")
    submit(mgr, dialog, reason_code="on_the_way", explanation="the truck is at the border")
    assert first.badges()[0] == "OVERRIDDEN (2 short)"
    on("2027-02-02")
    submit(prod, f"{first.address}/do/start")
    assert first.stone("CUT_START") == ("Done 6 d late", "", "2027-02-02 by itself")
    overrides = mgr.get("/material_gate/override/").text
    kept = words(mgr.get(link(overrides, "OV-2027-0001")).text)
    assert "the truck is at the border" in kept
    assert "Used up" in kept
    assert "186.67" in kept

    # the fabric comes: the day is filled in, the gate opens
    on("2027-02-03")
    sheet = wh.get(RECEIVING).text
    jersey, rib = line_id(sheet, "FAB-SJ160 NVY"), line_id(sheet, "FAB-RIB11 NVY")
    receive(wh, "2027-02-03", "DN-1", **{f"lines-{jersey}-received": "300"})
    assert first.stone("FAB_IN")[0] == "Late by 18 d"  # the rib is still missing
    receive(wh, "2027-02-03", "DN-2", **{f"lines-{rib}-received": "50"})
    assert first.stone("FAB_IN") == ("Done 18 d late", "", "2027-02-03 by itself")
    assert first.badges()[0] == "OPEN"

    # sewn and received with defects; a claim with pictures
    on("2027-02-22")
    first.enter("merch", FAB_INSP="2027-02-03", PP_MEET="2027-02-02", SEW_START="2027-02-04", INLINE="2027-02-10",
                SEW_END="2027-02-19", PACK_IN="2027-02-05", FINAL_INSP="2027-02-22")  # fmt: skip
    goods_in(wh, "2027-02-22", {"S": (200, 0), "M": (400, 20), "L": (300, 0), "XL": (100, 0)})
    assert first.stone("FG_IN") == ("At risk", "2027-02-23", "")
    claim = claimed(qc, "20 pieces with skipped stitches")
    assert qc.get(claim).text.count("/thumb") == 2
    assert "Open claims" in words(mgr.get("/").text)
    submit(
        qc,
        f"{claim}/do/resolve",
        resolution="the factory makes 20 again",
        remedy="replace",
        responsible="factory",
    )
    assert "Link the document" in refused(mgr, f"{claim}/do/close")
    on("2027-02-23")
    again = goods_in(wh, "2027-02-23", {"M": (20, 0)})
    submit(qc, f"{claim}/do/link", number=again)
    submit(mgr, f"{claim}/do/close")
    assert "Closed" in words(mgr.get(claim).text.partition('class="bar-top')[2].partition("</h1>")[2][:400])

    # everything is in: the last milestone is done, the order completes, closing it closes the timeline
    assert first.stone("FG_IN") == ("Done", "", "2027-02-23 by itself")
    head = first.head()
    assert (head["Status"], head["Projected slip"], head["Milestones done"]) == (
        "Done",
        "1 d early",
        "25 / 25",
    )
    on("2027-02-26")
    assert first.head() == head  # what is over does not move with the days
    assert "Completed" in words(mgr.get(first.address).text)
    submit(mgr, f"{first.address}/do/close")
    assert "Closed" in words(mgr.get(first.timeline).text.partition("</h1>")[2][:300])
    assert "FO-2026-0001" not in words(mgr.get("/tna/gantt/").text)


def test_projections_warn_before_the_day_does_and_a_reversal_closes_the_gate(
    order: Callable[[str], Orders], on: Callable[[str], None], client_as: Client
) -> None:
    order("HL-1")
    second = order("HL-2")
    purch, wh, mgr, prod = map(client_as, ("purch", "wh", "mgr", "prod"))

    # no fabric ordered yet: ordered today it is here in 18 + 7 days; 22 December just fits 16 January
    on("2026-12-15")
    second.enter("merch", LABDIP_SUB="2026-12-08", LABDIP_OK="2026-12-15")
    for day, standing, projected in (
        ("2026-12-22", "On time", "2027-01-16"),
        ("2026-12-23", "At risk", "2027-01-17 +1"),
    ):
        on(day)
        assert second.stone("FAB_IN") == (standing, projected, ""), day
    assert second.stone("FAB_PO")[0] == "Late by 19 d"

    on("2027-01-04")
    bought(purch, factory_order="FO-2026-0002")
    assert second.stone("FAB_IN") == ("At risk", "2027-01-29 +13", "")  # 4 January + 18 + 7
    assert second.badges()[0] == "HOLD (2 short)"
    assert "2 groups of material short" in refused(prod, f"{second.address}/do/start")
    sheet = wh.get(RECEIVING).text
    jersey, rib = line_id(sheet, "FAB-SJ160 NVY"), line_id(sheet, "FAB-RIB11 NVY")
    on("2027-01-11")
    receive(wh, "2027-01-11", "DN-1", **{f"lines-{jersey}-received": "300"})
    assert second.badges()[0] == "HOLD (1 short)"
    on("2027-01-12")
    came = receive(wh, "2027-01-12", "DN-2", **{f"lines-{rib}-received": "50"})
    assert second.badges()[0] == "OPEN"
    assert second.stone("FAB_IN") == ("Done", "", "2027-01-12 by itself")

    submit(wh, f"{came}/do/reverse", reason="counted twice")
    assert second.badges()[0] == "HOLD (1 short)"
    assert second.stone("FAB_IN")[::2] == ("At risk", "")
    page = refused(prod, f"{second.address}/do/start")
    assert "1 groups of material short" in page
    assert "12.72" in page
    assert "186.67" not in page  # what is here is not in the way
    on("2027-01-18")
    receive(wh, "2027-01-18", "DN-3", **{f"lines-{rib}-received": "50"})
    assert second.stone("FAB_IN") == ("Done 2 d late", "", "2027-01-18 by itself")
    submit(prod, f"{second.address}/do/start")
    assert second.stone("CUT_START") == ("Done", "", "2027-01-18 by itself")
    assert "HOLD (2 short)" in words(
        mgr.get("/material_gate/kit/?state=held").text
    )  # the first one waits still
