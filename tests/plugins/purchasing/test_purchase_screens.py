"""The pages over HTTP: buying from nothing, receiving on the sheet, wrong input, once only, walls, PDF, query counts."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from core.api import Ctx
from core.base_api import TenantInfo, disable_plugin
from core.kernel.hub import Hub
from plugins.outsourcing.models import FactoryOrder
from plugins.purchasing.models import PurchaseOrder
from plugins.purchasing.services import lines
from plugins.receiving.models import Receipt
from tests.journeys.steps import inputs
from tests.plugins.outsourcing.conftest import do
from tests.plugins.purchasing.conftest import at, bought, came, got, ids, left, line, shares_of, stock

D = Decimal
BASE = "/purchasing/order"


def hidden(html: str, name: str) -> str:
    """The value of a hidden input."""
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found is not None, name
    return found[1]


def test_from_nothing_to_issued_and_received(
    mill: Ctx, fo: FactoryOrder, client_as: Callable[..., Any]
) -> None:
    number = fo.number
    mill.session.commit()
    purch = client_as("purch")
    reply = purch.post(
        f"{BASE}/new",
        data={
            "material_class": "main",
            "supplier": "S1",
            "order_date": "2026-11-23",
            "made_for": number,
        },
    )
    assert reply.status_code == 302, reply.text
    lines_page = f"{reply.location}/lines"  # filled from the need already; other lines are typed over them
    page = purch.get(lines_page)
    form = {
        "_version": hidden(page.text, "_version"), "lines-0-material": "FAB", "lines-0-color": "NVY", "lines-0-qty": "abc",
        "lines-1-material": "LBL", "lines-1-size": "S", "lines-1-qty": "500",
    }  # fmt: skip
    wrong = purch.post(lines_page, data=form)
    assert wrong.status_code == 422
    assert "is not a number" in wrong.text
    assert 'value="abc"' in wrong.text
    wrong = purch.post(lines_page, data={**form, "lines-0-qty": "500"})
    assert wrong.status_code == 422
    assert "ordered apart" in wrong.text
    good = {k: v for k, v in form.items() if not k.startswith("lines-1")} | {
        "lines-0-qty": "500",
        "lines-0-price": "2.35",
    }
    reply = purch.post(lines_page, data=good)
    assert reply.status_code == 302
    page = purch.get(reply.location)
    assert "546.81" in page.text  # the need panel and the nominal yards
    assert purch.post(f"{reply.location}/do/issue").status_code == 302
    po = mill.session.scalars(select(PurchaseOrder)).one()
    first = ids(mill, po)[0]
    wh = client_as("wh")
    sheet = wh.get("/receiving/sheet/")
    assert f'name="lines-{first}-received"' in sheet.text
    typed = {
        "store": "MAIN",
        "received_on": "2026-11-23",
        "delivery_note": "DN 7",
        f"lines-{first}-received": "120",
    }
    key = {"_key": "a-form-of-its-own-1"}
    mill.session.commit()
    reply = wh.post("/receiving/sheet/", data={**typed, **key})
    assert re.search(r"/receiving/receipt/\d+$", reply.location), reply.text
    assert wh.post("/receiving/sheet/", data={**typed, **key}).location == reply.location  # sent twice
    assert (at(mill, po).received, left(mill, po)) == (120, 380)
    assert "RC-2026-0001" in wh.get(f"{BASE}/{po.id}").text


def test_a_wrong_sheet_saves_nothing_and_keeps_what_was_typed(
    mill: Ctx, client_as: Callable[..., Any]
) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY"), line(mill, "FAB", "100", color="WHT"))
    other = bought(mill, line(mill, "LBL", "500", size="S"), supplier="S2", material_class="trim")
    one_, two, three = *ids(mill, po), ids(mill, other)[0]
    mill.session.commit()
    wh = client_as("wh")
    typed = {
        "store": "MAIN",
        f"lines-{one_}-received": "50",
        f"lines-{two}-received": "500",
        f"lines-{three}-received": "1.5",
    }
    reply = wh.post("/receiving/sheet/", data=typed)
    assert reply.status_code == 422
    assert f'name="lines-{one_}-received" value="50"' in reply.text
    assert "whole numbers" in reply.text
    assert (stock(mill), mill.session.scalars(select(Receipt)).all()) == ({}, [])
    reply = wh.post("/receiving/sheet/", data={**typed, f"lines-{three}-received": "500"})
    assert "A manager may allow it" in reply.text  # one line too much: nothing of the other supplier either
    assert (stock(mill), mill.session.scalars(select(Receipt)).all()) == ({}, [])
    reply = wh.post(
        "/receiving/sheet/",
        data={**typed, f"lines-{two}-received": "50", f"lines-{three}-received": "500"},
    )
    assert reply.location.endswith("/receiving/receipt/")
    assert sorted(mill.session.scalars(select(Receipt.number))) == ["RC-2026-0001", "RC-2026-0002"]


def test_a_manager_is_asked_why_on_the_sheet(mill: Ctx, client_as: Callable[..., Any]) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY"))
    first = ids(mill, po)[0]
    mill.session.commit()
    mgr = client_as("mgr")
    typed = {"store": "MAIN", f"lines-{first}-received": "110", f"lines-{first}-stock_qty": "110"}
    reply = mgr.post("/receiving/sheet/", data=typed)
    assert f'name="lines-{first}-over_reason"' in reply.text
    assert f'name="lines-{first}-deviation_ok"' in reply.text
    more = {f"lines-{first}-over_reason": "for the repeat", f"lines-{first}-deviation_ok": "1"}
    assert mgr.post("/receiving/sheet/", data={**typed, **more}).status_code == 302
    assert stock(mill) == {("FAB", "store"): D(110)}


def test_rolls_pasted_into_the_sheet(mill: Ctx, client_as: Callable[..., Any]) -> None:
    po = bought(mill, line(mill, "FAB", "300", color="NVY"))
    first = ids(mill, po)[0]
    mill.session.commit()
    wh = client_as("wh")
    table = "Roll\tLot\tQty\tStock\tRejected\nR1\tL1\t100\t109.4\t\nR2\tL2\t50\t54.7\tx"
    assert (
        wh.post("/receiving/sheet/", data={"store": "MAIN", f"lines-{first}-rolls": table}).status_code == 302
    )
    assert (at(mill, po).received, at(mill, po).rejected) == (150, 50)
    reply = wh.post("/receiving/sheet/", data={"store": "MAIN", f"lines-{first}-rolls": "R1\tL1\tmany"})
    assert reply.status_code == 422
    assert "Line 1" in reply.text


def test_a_line_is_found_by_a_roll_that_came_before(mill: Ctx, client_as: Callable[..., Any]) -> None:
    po = bought(mill, line(mill, "FAB", "300", color="NVY"), line(mill, "FAB", "100", color="WHT"))
    first, second = ids(mill, po)
    mill.session.commit()
    wh, sheet = client_as("wh"), "/receiving/sheet/"
    rolls = "R-101\tL1\t100\t109.4"
    assert wh.post(sheet, data={"store": "MAIN", f"lines-{first}-rolls": rolls}).status_code == 302
    for code, found in (
        ("r-101", [first]),
        ("R-10", []),
        ("NVY r-101", [first]),
        ("WHT r-101", []),
        ("wht", [second]),
    ):
        page = wh.get(f"{sheet}?q={code}").text
        assert [i for i in (first, second) if f'name="lines-{i}-received"' in page] == found, code
        assert ("Nothing is expected here" in page) == (not found)
    # a complete line is offered where nothing else fits: it may still take more
    assert wh.post(sheet, data={"store": "MAIN", f"lines-{second}-received": "100 m"}).status_code == 302
    page = wh.get(f"{sheet}?q=WHT").text
    assert f'href="{sheet}?q=WHT&amp;all=1"' in page
    assert f'name="lines-{second}-received"' in wh.get(f"{sheet}?q=WHT&all=1").text


def test_inspecting_and_giving_back_on_their_pages(mill: Ctx, client_as: Callable[..., Any]) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY"))
    receipt = came(mill, po, got(ids(mill, po)[0], "100"), inspect=True)
    number, own = receipt.id, receipt.lines[0].id
    mill.session.commit()
    page = client_as("qc").get(f"/receiving/receipt/{number}/inspect")
    form = {
        "_version": hidden(page.text, "_version"),
        f"lines-{own}-accepted": "80",
        f"lines-{own}-rejected": "20",
    }
    reply = client_as("qc").post(f"/receiving/receipt/{number}/inspect", data=form)
    assert "needs a reason" in reply.text
    reply = client_as("qc").post(
        f"/receiving/receipt/{number}/inspect", data={**form, f"lines-{own}-reason": "shade"}
    )
    assert reply.status_code == 302, reply.text
    wh = client_as("wh")
    page = wh.get(f"/receiving/receipt/{number}/return")
    form = {
        "kind": "replacement",
        "lines-0-_offer": f"{own}:stock:",
        "lines-0-qty": "81",
        "lines-0-reason": "defect",
    }
    reply = wh.post(f"/receiving/receipt/{number}/return", data=form)
    assert "more than the 80 left" in reply.text
    reply = wh.post(f"/receiving/receipt/{number}/return", data={**form, "lines-0-qty": "10"})
    assert re.search(r"/receiving/return/\d+$", reply.location)
    assert wh.get(reply.location).status_code == 200
    assert left(mill, po) == 30


def test_who_takes_the_whole_line_takes_it_when_it_is_revised(
    mill: Ctx, fo: FactoryOrder, client_as: Callable[..., Any]
) -> None:
    """A13: less is not refused, more does not go to stock."""
    po = bought(mill, line(mill, "FAB", "100", color="NVY"), factory_order=fo)
    number = po.id
    mill.session.commit()
    purch = client_as("purch")
    for qty in ("90", "120"):
        page = inputs(purch.get(f"{BASE}/{number}/revise").text)
        assert page["lines-0-allocations"] == fo.number
        form = {**page, "lines-0-qty": qty, "reprice": "new", "reason": "another marker"}
        reply = purch.post(f"{BASE}/{number}/revise", data=form)
        assert reply.status_code == 302, reply.text
        mill.session.expire_all()
        assert shares_of(mill, lines.purchase_lines(mill, number)[0]) == [(fo.id, D(qty))]


def test_revising_on_the_grid(mill: Ctx, client_as: Callable[..., Any]) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY"))
    own, number = ids(mill, po)[0], po.id
    mill.session.commit()
    purch = client_as("purch")
    page = purch.get(f"{BASE}/{number}/revise")
    form = {"_version": hidden(page.text, "_version"), "lines-0-id": str(own), "lines-0-material": "FAB",
            "lines-0-color": "NVY", "lines-0-qty": "150", "lines-0-price": "2", "reprice": "new"}  # fmt: skip
    reply = purch.post(f"{BASE}/{number}/revise", data=form)
    assert reply.status_code == 422  # no reason
    reply = purch.post(f"{BASE}/{number}/revise", data={**form, "reason": "more navy"})
    assert reply.status_code == 302, reply.text
    assert (
        purch.post(f"{BASE}/{number}/revise", data={**form, "reason": "again"}).status_code == 409
    )  # seen before
    mill.session.expire_all()
    assert (po.revision, lines.purchase_lines(mill, number)[0].qty) == (1, 150)


def test_what_it_is_bought_for_is_shown_and_asked_where_somebody_keeps_it(
    mill: Ctx, client_as: Callable[..., Any]
) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY"))
    number = po.id
    mill.session.commit()
    purch = client_as("purch")
    pages = [f"{BASE}/{number}", f"{BASE}/{number}/revise"]
    assert all("For factory orders" in purch.get(page).text for page in pages)
    for name in ("claims", "material_gate", "outsourcing"):  # nobody is left whose documents are bought for
        disable_plugin(mill, name)
    mill.session.commit()
    for page in pages:
        said = purch.get(page).text
        assert "factory order" not in said.lower()
        assert "NVY" in said


@pytest.mark.parametrize("language", ["en", "zh_Hant_TW", pytest.param("zh_Hans_CN", marks=pytest.mark.more)])
def test_the_order_as_pdf(mill: Ctx, client_as: Callable[..., Any], language: str) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY", price="2.35"), note_codes=["bulk_lot"])
    mill.session.commit()
    reply = client_as("purch").get(f"{BASE}/{po.id}/pdf/purchasing.order?language={language}")
    assert reply.mimetype == "application/pdf"
    text = PdfReader(io.BytesIO(reply.data)).pages[0].extract_text()
    for part in (
        po.number,
        "FAB",
        "NVY",
        "2.35",
        "235.00",
        {"en": "PURCHASE ORDER", "zh_Hant_TW": "採購單"}.get(language, "采购单"),
    ):
        assert part in text
    assert {"en": "written approval", "zh_Hant_TW": "大貨頭缸", "zh_Hans_CN": "大货头缸"}[language] in text


def test_slips_as_pdf(mill: Ctx, client_as: Callable[..., Any]) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY"))
    receipt = came(mill, po, got(ids(mill, po)[0], "40"), delivery_note="DN-9")
    made = do(mill, receipt, "return", lines=[{"line": 1, "qty": D(5), "reason": "defect"}])
    mill.session.commit()
    wh = client_as("wh")
    slip = (
        PdfReader(
            io.BytesIO(
                wh.get(f"/receiving/receipt/{receipt.id}/pdf/receiving.receipt?language=zh_Hant_TW").data
            )
        )
        .pages[0]
        .extract_text()
    )
    assert all(part in slip for part in ("收料單", receipt.number, "DN-9", "43.74"))
    slip = (
        PdfReader(io.BytesIO(wh.get(f"/receiving/return/{made.id}/pdf/receiving.return?language=en").data))
        .pages[0]
        .extract_text()
    )
    assert all(part in slip for part in ("RETURN TO SUPPLIER", made.number, receipt.number))


def test_nobody_else_sees_it(mill: Ctx, client_as: Callable[..., Any], other_tenant: TenantInfo) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY"))
    receipt = came(mill, po, got(ids(mill, po)[0], "40"))
    mill.session.commit()
    stranger = client_as("mgr", other_tenant)
    for path in (
        f"{BASE}/{po.id}",
        f"{BASE}/{po.id}/pdf/purchasing.order",
        f"{BASE}/{po.id}/lines",
        f"/receiving/receipt/{receipt.id}/return",
    ):
        assert stranger.get(path).status_code == 404, path
    reply = stranger.post(
        "/receiving/sheet/", data={"store": "MAIN", f"lines-{ids(mill, po)[0]}-received": "1"}
    )
    assert "no such order line" in reply.text
    assert "FAB" not in stranger.get("/receiving/sheet/").text


def test_pages_open(mill: Ctx, fo: FactoryOrder, client_as: Callable[..., Any]) -> None:
    po = bought(mill, line(mill, "FAB", "100", color="NVY"), factory_order=fo, required_date=mill.today())
    came(mill, po, got(ids(mill, po)[0], "40"))
    mill.session.commit()
    client = client_as("mgr")
    for path in (
        "/purchasing/order/?material_class=main", "/purchasing/order/?progress=partly",
        "/purchasing/order/?progress=received", "/receiving/receipt/", "/receiving/return/",
        "/receiving/sheet/?overdue=1", "/", "/search?q=FAB",
    ):  # fmt: skip
        assert client.get(path).status_code == 200, path


def test_the_list_by_what_came(mill: Ctx, client_as: Callable[..., Any]) -> None:
    orders = {n: bought(mill, line(mill, "KNT", "100", color="NVY")) for n in "ABC"}
    came(mill, orders["B"], got(ids(mill, orders["B"])[0], "40"))
    came(mill, orders["C"], got(ids(mill, orders["C"])[0], "99"))
    mill.session.commit()
    client = client_as("purch")
    for progress, shown in (("none", "A"), ("partly", "B"), ("received", "C")):
        page = client.get(f"{BASE}/?progress={progress}").text
        assert {n for n, o in orders.items() if o.number in page} == {shown}


def test_queries_do_not_grow_with_orders_or_lines(
    mill: Ctx, client_as: Callable[..., Any], count_queries: Callable[..., Any], hub: Hub
) -> None:
    counts: dict[str, list[int]] = {}
    purch = client_as("mgr")
    for size in (2, 5):
        po = bought(mill, *[line(mill, "KNT", "10", color="NVY") for _ in range(size)])
        came(mill, po, *[got(i, "4") for i in ids(mill, po)])
        for _ in range(size):
            bought(mill, line(mill, "KNT", "10", color="WHT"))
        mill.session.commit()
        for path in (f"{BASE}/", f"{BASE}/{po.id}", "/receiving/sheet/", "/receiving/receipt/"):
            purch.get(path)
            with count_queries() as log:
                assert purch.get(path).status_code == 200
            counts.setdefault(re.sub(r"\d+$", "one", path), []).append(log.count)
    assert {path: few for path, (few, many) in counts.items() if many > few} == {}, counts
    assert max(max(pair) for pair in counts.values()) <= 40
