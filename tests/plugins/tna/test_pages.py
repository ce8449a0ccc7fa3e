"""The pages over HTTP: the demo's figures, entering days in a grid, files, a fixed number of queries, plugins off."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from core.api import Ctx
from core.base_api import TenantInfo
from core.kernel import enablement
from core.kernel.hub import Hub
from plugins.base_demo.demo import loader
from plugins.outsourcing.models import FactoryOrder
from plugins.tna.models import Timeline
from plugins.tna.services import follow, status
from tests.plugins.outsourcing.conftest import do
from tests.plugins.tna.conftest import END, TODAY, fresh, stone


def row_of(text: str, code: str) -> str:
    """The table row of a milestone, without tags."""
    found = re.search(rf'<tr id="m-{code}".*?</tr>', text, re.S)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


@pytest.fixture
def visitor(app: Any, demo: TenantInfo, hub: Hub) -> Any:
    """The demo's manager, reading in English."""
    client = app.test_client()
    client.sign_in(hub.user_info(loader.email_of("mgr"), demo), demo)
    client.post("/locale", data={"locale": "en"})
    return client


def ids(hub: Hub, demo: TenantInfo) -> dict[str, int]:
    with hub.context(demo, write=False) as ctx:
        return {t.number: t.id for t in ctx.session.scalars(select(Timeline))}


def test_the_demo_as_of_its_day(hub: Hub, demo: TenantInfo) -> None:
    with hub.context(demo, write=False) as ctx:
        rows = {t.number: t for t in ctx.session.scalars(select(Timeline))}
        one, two, three = (rows[f"FO-2026-000{n}"] for n in (1, 2, 3))
        # on time with one late row that is not critical: packing material, due Sat 11-21, two days
        assert (one.status, one.late, one.late_other, one.next_code) == ("on_time", 1, 1, "PACK_IN")
        assert status.outcome(ctx, one.milestones).verdicts["PACK_IN"][0::2] == ("late", 2)
        # late: the contract was due 12-28 − 70 = 10-19, 35 days ago; fabric 12-28 − 40 = 11-18, 5 days
        found = status.outcome(ctx, two.milestones).verdicts
        assert (two.status, found["CONTRACT"][0::2], found["FAB_IN"][0::2]) == (
            "late",
            ("late", 35),
            ("late", 5),
        )
        # late, and projected 5 days behind: fabric PO today + 18 … = 01-11 against 01-06
        assert (three.status, three.slip, three.anchor) == ("late", 5, date(2027, 1, 8))
        assert status.outcome(ctx, three.milestones).verdicts["FG_IN"].projected == date(2027, 1, 11)
        assert (three.compressed, three.fit) == (33, "")  # fabric PO was due 10-16, the draft was made 11-18


def test_the_timeline_page_says_the_same(visitor: Any, hub: Hub, demo: TenantInfo) -> None:
    page = visitor.get(f"/tna/timeline/{ids(hub, demo)['FO-2026-0002']}")
    assert page.status_code == 200
    assert "Late by 35 d" in row_of(page.text, "CONTRACT")
    assert "2026-10-19" in row_of(page.text, "CONTRACT")
    assert "Done 4 d late" in row_of(page.text, "LABDIP_OK")
    assert page.text.count('class="g-target') >= 14  # a diamond for each that is open
    assert "style=" not in page.text.split("<svg", 1)[1]


def test_the_overview_the_week_and_the_list(visitor: Any) -> None:
    picture = visitor.get("/tna/gantt/").text
    assert [n in picture for n in ("FO-2026-0001", "FO-2026-0002", "FO-2026-0003")] == [True] * 3
    assert "FO-2026-0001" not in visitor.get("/tna/gantt/?status=late").text
    assert "FO-2026-0002" not in visitor.get("/tna/gantt/?factory=F04").text
    week = visitor.get("/tna/mine/?role=qc").text
    assert "Late by 10 d" in week  # fabric test of FO-2026-0002, due 11-13
    assert "Late by 35 d" not in week  # the contract is the merchandiser's
    assert "Late by 35 d" in visitor.get("/tna/mine/?role=all").text
    risky = visitor.get("/tna/timeline/?state=open&status=late%2Bat_risk&sort=-slip").text
    assert risky.index("FO-2026-0003") < risky.index("FO-2026-0002")
    assert "FO-2026-0001" not in risky


def test_other_pages_show_it(visitor: Any, hub: Hub, demo: TenantInfo) -> None:
    hub_page = visitor.get("/").text
    assert "Timelines late" in hub_page
    assert "Next to ship" in hub_page
    assert "was due on 2026-10-19" in hub_page
    assert "could not be shown" not in hub_page
    orders = visitor.get("/outsourcing/order/").text
    assert "Timeline" in orders
    assert "On time" in orders
    with hub.context(demo, write=False) as ctx:
        order = ctx.session.scalars(select(Timeline.owner_id).where(Timeline.number == "FO-2026-0001")).one()
    page = visitor.get(f"/outsourcing/order/{order}").text
    assert "Production timeline" in page
    assert "could not be shown" not in page


def test_files_of_a_timeline(visitor: Any, hub: Hub, demo: TenantInfo) -> None:
    table = visitor.get("/tna/milestone/export/csv?timeline=FO-2026-0003&sort=id").text.splitlines()
    assert len(table) == 26
    assert "Bulk fabric PO issued" in table[3]
    assert '"2026-10-16"' in table[3]
    assert visitor.get("/tna/timeline/export/xlsx").data[:2] == b"PK"


def test_printed_in_three_languages(visitor: Any, hub: Hub, demo: TenantInfo) -> None:
    from io import BytesIO

    from pypdf import PdfReader

    key = ids(hub, demo)["FO-2026-0002"]
    for language, words in (("en", "Contract signed by factory"), ("zh_Hant_TW", "合約簽回")):
        reply = visitor.get(f"/tna/timeline/{key}/pdf/tna.timeline?language={language}")
        assert reply.data[:5] == b"%PDF-"
        text = "".join(p.extract_text() for p in PdfReader(BytesIO(reply.data)).pages)
        assert words in text
        assert "◆" in text


def test_many_timelines_cost_no_more_queries(
    visitor: Any, hub: Hub, demo: TenantInfo, count_queries: Any
) -> None:
    page = f"/tna/timeline/{ids(hub, demo)['FO-2026-0001']}"
    for address in ("/tna/gantt/", "/tna/mine/?role=all", "/tna/timeline/", page):
        visitor.get(address)
        with count_queries() as log:
            assert visitor.get(address).status_code == 200
        assert log.count <= 23, log


def test_a_grid_of_days_is_all_or_nothing(
    timeline: Timeline, shop: Ctx, client_as: Callable[..., Any]
) -> None:
    shop.session.commit()
    merch, address = client_as("merch"), f"/tna/timeline/{timeline.id}/actuals"
    page = merch.get(address)
    assert page.status_code == 200
    version = str(timeline.version)
    typed = {
        "actual-START": "2026-11-18",
        "actual-MIDDLE": "2026-11-24",
        "actual-END": "soon",
        "_version": version,
    }
    wrong = merch.post(address, data=typed)
    assert wrong.status_code == 422
    assert 'id="e-actual-END"' in wrong.text
    assert 'value="2026-11-18"' in wrong.text  # nothing typed is lost
    wrong = merch.post(address, data={**typed, "actual-END": ""})
    assert wrong.status_code == 422
    assert "lies in the future" in wrong.text[wrong.text.index('id="e-actual-MIDDLE"') :][:200]
    assert stone(fresh(shop, timeline), "START").actual is None
    good = {**typed, "actual-MIDDLE": "2026-11-20", "note-MIDDLE": "early", "actual-END": ""}
    assert merch.post(address, data=good).status_code == 302
    row = fresh(shop, timeline)
    assert [m.actual for m in row.milestones] == [date(2026, 11, 18), date(2026, 11, 20), None]
    assert stone(row, "MIDDLE").note == "early"
    assert (
        merch.post(address, data={**good, "actual-END": "2026-11-23"}).status_code == 409
    )  # seen before the last change


def test_the_grid_of_another_role_has_its_own_cells_only(
    timeline: Timeline, shop: Ctx, client_as: Callable[..., Any]
) -> None:
    shop.session.commit()
    page = client_as("wh").get(f"/tna/timeline/{timeline.id}/actuals").text
    assert 'name="actual-START"' in page
    assert 'name="actual-MIDDLE"' not in page
    reply = client_as("wh").post(f"/tna/timeline/{timeline.id}/actuals", data={"actual-MIDDLE": "2026-11-20"})
    assert reply.status_code == 422
    assert stone(fresh(shop, timeline), "MIDDLE").actual is None


def test_a_target_is_moved_on_the_form_a_drag_opens(
    timeline: Timeline, shop: Ctx, client_as: Callable[..., Any]
) -> None:
    shop.session.commit()
    merch, address = client_as("merch"), f"/tna/timeline/{timeline.id}/do/set_target"
    form = merch.get(f"{address}?milestone=MIDDLE&target=2026-12-01")
    assert 'value="2026-12-01"' in form.text
    assert 'value="MIDDLE"' in form.text
    assert merch.get(f"{address}?milestone=MIDDLE&target=rubbish").status_code == 200
    reply = merch.post(address, data={"milestone": "MIDDLE", "target": "2026-12-01", "reason": ""})
    assert reply.status_code == 302
    assert stone(fresh(shop, timeline), "MIDDLE").target == date(2026, 12, 1)
    assert (
        client_as("wh").post(address, data={"milestone": "MIDDLE", "target": "2026-12-02"}).status_code == 403
    )


def test_a_proposal_is_answered_on_the_page(
    timeline: Timeline, shop: Ctx, client_as: Callable[..., Any]
) -> None:
    order = shop.session.get_one(FactoryOrder, (shop.tenant.id, timeline.owner_id))
    lines = order.lines
    days = [{"line": x.position, "ship_date": "2026-12-25"} for x in lines]
    do(shop, order, "revise", lines=days, reason="later")
    shop.session.commit()
    merch = client_as("merch")
    page = merch.get(f"/tna/timeline/{timeline.id}").text
    assert "3 open milestones would move" in page
    assert "Ship date 2026-12-18 → 2026-12-25" in page
    assert "→ 2026-12-04" in row_of(page, "MIDDLE")
    assert merch.post(f"/tna/timeline/{timeline.id}/do/rebaseline").status_code == 302
    assert "would move" not in merch.get(f"/tna/timeline/{timeline.id}").text


def test_a_ship_date_that_went_away_is_said_and_moves_nothing(
    timeline: Timeline, shop: Ctx, client_as: Callable[..., Any]
) -> None:
    for line in shop.session.get_one(FactoryOrder, (shop.tenant.id, timeline.owner_id)).lines:
        line.flag = "cancelled"
    follow.owners_changed(shop, [timeline.owner])
    assert (timeline.pending, stone(timeline, "END").target) == (0, END)
    shop.session.commit()
    page = client_as("merch").get(f"/tna/timeline/{timeline.id}")
    assert "No line has a ship date any more" in page.text


def test_off_means_gone(
    timeline: Timeline, shop: Ctx, client_as: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.session.commit()
    known = enablement.enabled_plugins
    monkeypatch.setattr(enablement, "enabled_plugins", lambda h, s: known(h, s) - {"tna"})
    merch = client_as("merch")
    for address in (f"/tna/timeline/{timeline.id}", "/tna/gantt/", "/tna/mine/", "/tna/template/"):
        assert merch.get(address).status_code == 404, address
    for address in (f"/outsourcing/order/{timeline.owner_id}", "/outsourcing/order/", "/"):
        page = merch.get(address)
        assert page.status_code == 200
        assert "/tna/" not in page.text


@pytest.mark.parametrize(
    "off", [{"material_gate"}, {"claims"}, {"material_gate", "claims"}, {"purchasing", "factory_stock"}]
)
def test_it_stands_without_the_others(
    off: set[str], hub: Hub, monkeypatch: pytest.MonkeyPatch, demo: TenantInfo, visitor: Any
) -> None:
    known = enablement.enabled_plugins
    monkeypatch.setattr(enablement, "enabled_plugins", lambda h, s: known(h, s) - off)
    with hub.context(demo, write=False) as ctx:
        row = ctx.session.scalars(select(Timeline).where(Timeline.number == "FO-2026-0001")).one()
        pages = f"/tna/timeline/{row.id}", f"/tna/template/{row.template_id}"
    for address in (*pages, "/tna/gantt/", "/tna/mine/"):
        assert visitor.get(address).status_code == 200, address
    assert date(2026, 11, 23) == TODAY
