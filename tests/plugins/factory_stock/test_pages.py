"""The pages over HTTP: from the factory order to the statement, wrong input, once only, walls, queries."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from core.api import Ctx
from plugins.outsourcing.models import FactoryOrder
from tests.plugins.factory_stock.conftest import FULL, at_factory, came, do, fab, paper, sent, shipped


def inputs(html: str) -> dict[str, str]:
    """What a browser would send: names and values of the inputs that are not ticked or searched."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", html):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if (
            name
            and not re.search(r'type="(checkbox|radio|search)"', tag)
            and name[1] not in ("csrf_token", "_key")
        ):
            found[name[1]] = value[1] if value else ""
    return found


def test_issue_from_the_factory_order(shop: Ctx, fo: FactoryOrder, client_as: Callable[..., Any]) -> None:
    number, order = fo.number, fo.id
    shop.session.commit()
    wh = client_as("wh")
    page = wh.get(f"/outsourcing/order/{order}?part=factory-stock-panel-statement").text
    assert f"/factory_stock/issue/new?factory_order={number}" in page
    form = inputs(wh.get(f"/factory_stock/issue/new?factory_order={number}").text)
    assert form["factory_order"] == number
    reply = wh.post("/factory_stock/issue/new", data={**form, "kind": "issue"})
    assert reply.location.endswith("/lines")
    page = wh.get(reply.location)
    form = inputs(page.text)
    lot = next(n for n, v in form.items() if n.endswith("-_offer") and v.endswith("\tA2")).removesuffix(
        "_offer"
    )
    assert form[f"{lot}qty"] == "26"
    assert f"{lot}material" not in form  # what is offered is read, what is not on the sheet is typed
    assert "<b>FAB</b>" in page.text
    wrong = wh.post(reply.location, data={**form, f"{lot}qty": "30", "_then": "post"})
    assert wrong.status_code == 422
    assert "4 kg are above the need" in wrong.text
    assert f'name="{lot}qty" value="30"' in wrong.text
    assert wh.post(reply.location, data={**form, f"{lot}qty": "abc"}).status_code == 422
    data = {
        **form,
        f"{lot}qty": "30",
        f"{lot}reason": "lost",
        f"{lot}payer": "us",
        "_then": "post",
        "_key": "k" * 24,
    }
    done = wh.post(reply.location, data=data)
    assert done.status_code == 302
    assert wh.post(reply.location, data=data).location == done.location  # sent again: one posting
    assert {k: int(v) for k, v in at_factory(shop, fo, "FAB").items()} == {
        "NVYA1": 100,
        "NVYA2": 30,
        "WHT": 63,
    }
    late = wh.post(reply.location, data={**data, "_key": "z" * 24})  # another attempt, when it is posted
    assert late.status_code == 422
    assert "Nothing of yours was saved" in late.text  # it was posted after this page was opened
    assert 'name="lines-' not in late.text
    document = wh.get(done.location).text
    for part in ("IS-2026-0001", "FAB NVY", "Supplementary", "Lost", "Posted"):
        assert part in document
    assert wh.get(reply.location).status_code == 422  # posted: its lines have no form any more


def test_free_rows_take_other_material(shop: Ctx, fo: FactoryOrder, client_as: Callable[..., Any]) -> None:
    row = paper(shop, fo)
    address = f"/factory_stock/issue/{row.id}/lines"
    shop.session.commit()
    wh = client_as("wh")
    form = {n: "" if n.endswith("-qty") else v for n, v in inputs(wh.get(address).text).items()}
    free = next(n for n, v in form.items() if n.endswith("-material") and not v).removesuffix("material")
    wrong = wh.post(address, data={**form, f"{free}material": "NIX", f"{free}qty": "2"})
    assert "no Material “NIX”" in wrong.text
    assert f'name="{free}material" value="NIX"' in wrong.text
    assert wh.post(address, data={**form, f"{free}material": "btn", f"{free}qty": "2"}).status_code == 302
    assert "BTN" in wh.get(address.removesuffix("/lines")).text


def test_goods_in_and_shipment(shop: Ctx, fo: FactoryOrder, so: Any, client_as: Callable[..., Any]) -> None:
    number, sold = fo.number, so.number
    shop.session.commit()
    wh = client_as("wh")
    reply = wh.post(
        "/factory_stock/goods_in/new", data={"kind": "goods_in", "factory_order": number, "day": "2026-11-23"}
    )
    page = wh.get(reply.location)
    form = inputs(page.text)
    cell = next(n for n in form if ".received." in n)
    too_many = wh.post(reply.location, data={**form, cell: "104", "_then": "post"})
    assert too_many.status_code == 422
    assert "104 pieces, at most 103" in too_many.text
    assert 'value="104"' in too_many.text
    assert "whole pieces" in wh.post(reply.location, data={**form, cell: "1.5"}).text
    bad = cell.replace("received", "rejected")
    done = wh.post(reply.location, data={**form, cell: "103", bad: "3", "_then": "post"})
    assert done.status_code == 302
    reply = wh.post(
        "/shipping/shipment/new", data={"customer_order": sold, "destination": "US-LAX", "mode": "air"}
    )
    form = inputs(wh.get(reply.location).text)
    proposed = {n: v for n, v in form.items() if ".pcs." in n and v}
    assert list(proposed.values()) == ["100"]
    short = wh.post(reply.location, data={**form, next(iter(proposed)): "101", "_then": "confirm"})
    assert "101 pcs asked, 100 kept for it and 0 free are there" in short.text
    done = wh.post(reply.location, data={**form, "_then": "confirm"})
    assert "Confirmed" in wh.get(done.location).text
    ship = wh.post(f"{done.location}/do/ship", data={})
    assert ship.status_code == 302
    assert "SH-2026-0001" in wh.get(f"/orders/order/{so.id}").text
    pdf = wh.get(f"{done.location}/pdf/shipping.packing_list?language=zh_Hans_CN")
    assert (pdf.status_code, pdf.data[:4]) == (200, b"%PDF")
    nowhere = wh.post("/shipping/shipment/new", data={"customer_order": sold, "destination": "DE-XXX"})
    assert nowhere.status_code == 422


def test_pieces_without_script(
    shop: Ctx, fo: FactoryOrder, client_as: Callable[..., Any], count_queries: Any
) -> None:
    """All that is left by a button, a pasted sheet by another; nothing is saved until it is asked."""
    number = fo.number
    shop.session.commit()
    wh = client_as("wh")
    made = wh.post(
        "/factory_stock/goods_in/new", data={"kind": "goods_in", "factory_order": number, "day": "2026-11-23"}
    )
    form = inputs(wh.get(made.location).text)
    pieces = [n for n in form if ".received." in n]
    taken = inputs(wh.post(made.location, data={**form, "_take": "row:1"}).text)
    assert [n for n in pieces if taken[n]] == [n for n in pieces if n.startswith("lines-1-")]
    filled = wh.post(
        made.location, data={**taken, "lines_sheet": "Colour\tDestination\tS\nWHT\tUS-LAX\t5", "_fill": "1"}
    )
    assert filled.status_code == 200, filled.text[-2000:]
    assert "1 rows filled in; nothing is saved yet." in filled.text
    again = inputs(filled.text)
    assert sum(1 for n in pieces if again[n]) >= 3
    wrong = wh.post(made.location, data={**form, "lines_sheet": "Colour\tS\nPINK\t5", "_fill": "1"})
    assert (wrong.status_code, "Line 2: There is no row for “PINK” here." in wrong.text) == (422, True)
    with count_queries() as few:
        assert wh.post(made.location, data={**form, pieces[0]: "1", "_version": "1"}).status_code == 302
    again = inputs(wh.get(made.location).text)
    with count_queries() as many:
        reply = wh.post(made.location, data={**again, **dict.fromkeys(pieces, "1")})
    assert reply.status_code == 302
    assert many.count - few.count <= 4, (
        f"{few}\n\n{many}"
    )  # what replaces lines that were there: two deletions and their rows
    late = wh.post(made.location, data={**again, pieces[0]: "77"})
    assert late.status_code == 409
    assert f'name="{pieces[0]}" value="77"' in late.text
    mine = wh.post(made.location, data={**again, pieces[0]: "77", "_mine": "1"})
    assert mine.status_code == 409
    assert wh.post(made.location, data={**inputs(mine.text), "do": "save"}).status_code == 302


def test_the_statement_pages(
    shop: Ctx, fo: FactoryOrder, client_as: Callable[..., Any], other_tenant: Any
) -> None:
    sent(shop, fo)
    came(shop, fo, {(1, "NVY"): {"S": (20, 2)}})
    order = fo.id
    shop.session.commit()
    fin = client_as("fin")
    page = fin.get(f"/factory_stock/statement/{order}").text
    for part in ("FAB NVY", "126", "balances", "18 / 900"):
        assert part in page
    assert "FO-2026-0001" in fin.get("/factory_stock/statement/").text
    assert "126" in fin.get(f"/factory_stock/statement/{order}/materials.csv").text
    assert "100" in fin.get(f"/factory_stock/statement/{order}/pieces.csv").text
    assert 'data-part="factory-stock-panel-statement"' in fin.get(f"/outsourcing/order/{order}").text
    panel = fin.get(f"/outsourcing/order/{order}?part=factory-stock-panel-statement").text
    assert "FAB NVY" in panel
    assert "+ Goods in" not in panel  # finance looks only
    assert client_as("fin", other_tenant).get(f"/factory_stock/statement/{order}").status_code == 404


def test_stale_and_foreign(shop: Ctx, fo: FactoryOrder, client_as: Callable[..., Any]) -> None:
    row = paper(shop, fo)
    address = f"/factory_stock/issue/{row.id}/lines"
    shop.session.commit()
    wh, mgr = client_as("wh"), client_as("mgr")
    form = inputs(wh.get(address).text)
    assert mgr.post(address, data=form).status_code == 302
    assert wh.post(address, data=form).status_code == 409
    assert client_as("qc").get(address).status_code == 403


@pytest.mark.parametrize("what", ["factory_stock/issue", "factory_stock/goods_in", "shipping/shipment"])
def test_pages_do_not_ask_more_for_more(
    shop: Ctx,
    fo: FactoryOrder,
    so: Any,
    client_as: Callable[..., Any],
    count_queries: Callable[[], Any],
    what: str,
) -> None:
    little, much = {"S": 1}, FULL
    if what == "factory_stock/issue":
        rows = [sent(shop, fo, fab("1")), sent(shop, fo)]
    elif what == "factory_stock/goods_in":
        rows = [came(shop, fo, {(1, "NVY"): little}), came(shop, fo, {(1, "WHT"): much, (2, "NVY"): much})]
    else:
        came(shop, fo, {(1, "NVY"): much, (1, "WHT"): much})
        rows = [
            shipped(shop, so, {"NVY": little}),
            shipped(shop, so, {"NVY": {"M": 100, "L": 100}, "WHT": much}),
        ]
        do(shop, rows[1], "confirm")
    ids = [row.id for row in rows]
    shop.session.commit()
    wh = client_as("wh")
    wh.get(f"/{what}/")
    counts = []
    for row_id in ids:
        with count_queries() as log:
            assert wh.get(f"/{what}/{row_id}").status_code == 200
        counts.append(log.count)
    assert counts[1] <= counts[0] + 4, counts
    with count_queries() as log:
        assert wh.get(f"/{what}/").status_code == 200
    assert log.count <= 25
