"""Material from need to shipment over HTTP: bought for a factory order, received in three parts, issued, sewn, shipped in part.

1,000 navy T-shirts, S 200, M 400, L 300, XL 100. Jersey: 200 × .160 + 400 × .172 + 300 × .185 + 100 × .198 = 176.1 kg,
+ 6 % = 186.666, rounded up 186.67; at least 300 kg are bought. Rib: 1,000 × .012 = 12, + 6 % = 12.72; at least 50 kg.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tests.journeys.steps import (
    RECEIVING,
    all_rows,
    bought,
    cell,
    inputs,
    line_id,
    link,
    receive,
    refused,
    submit,
    table,
    words,
)

STOCK = "/inventory/stock"
JERSEY = "FAB-SJ160 NVY"


def need(page: str) -> dict[str, dict[str, str]]:
    """The need panel by group: what is short, and what is there."""
    rows = all_rows(page, "Required", "Suggested")
    return {" ".join((r["Material"].split()[0], r["Colour"])): r for r in rows}


def stock(page: str) -> dict[str, dict[str, str]]:
    """A stock view by group."""
    return {" ".join((r["Material"], r["Colour"])): r for r in table(page, "Material", "On hand")}


def test_from_need_to_partial_shipment(ordered: str, client_as: Callable[..., Any]) -> None:
    purch, wh, mgr = client_as("purch"), client_as("wh"), client_as("mgr")
    panel = need(purch.get(ordered).text)
    jersey = panel[JERSEY]
    assert [jersey[k] for k in ("Required", "Ordered", "Received", "Free stock", "Remaining", "Suggested")] == [
        "186.67", "0", "0", "0", "186.67", "300 kg",
    ]  # fmt: skip
    assert (panel["FAB-RIB11 NVY"]["Required"], panel["FAB-RIB11 NVY"]["Suggested"]) == ("12.72", "50 kg")
    assert panel["THR-402 NVY"]["Required"] == "30"  # 135 m × 1,000 ÷ 5,000 × 1.1 = 29.7 cones

    po = bought(purch)
    lines = table(purch.get(po).text, "Ordered", "Balance")
    assert [(r["Material"].split()[0], r["Ordered"], r["Balance"]) for r in lines] == [
        ("FAB-SJ160", "300", "300"),
        ("FAB-RIB11", "50", "50"),
    ]
    assert need(purch.get(ordered).text)[JERSEY]["Remaining"] == "0"

    # three deliveries: short; with a rejected part; the replacement and a little over
    sheet = wh.get(RECEIVING).text
    one, two = line_id(sheet, JERSEY), line_id(sheet, "FAB-RIB11 NVY")
    first = receive(
        wh, "2026-11-10", "DN-1", **{f"lines-{one}-received": "120.5", f"lines-{two}-received": "50"}
    )
    second = receive(
        wh, "2026-11-12", "DN-2",
        **{f"lines-{one}-received": "100", f"lines-{one}-rejected": "20", f"lines-{one}-reject_reason": "shade"},
    )  # fmt: skip
    assert table(wh.get(RECEIVING).text, "QTY BALANCE")[0]["QTY BALANCE"] == "99.5"  # 300 − 120.5 − 80
    too_much = refused(wh, RECEIVING, store="MAIN", **{f"lines-{one}-received": "115"})  # 315.5, at most 315
    assert "A manager may allow it" in too_much
    third = receive(wh, "2026-11-16", "DN-3", **{f"lines-{one}-received": "110"})
    assert (
        line_id(wh.get(f"{RECEIVING}?all=1").text, JERSEY) == one
    )  # complete, still receivable up to its maximum
    assert "FAB-SJ160" not in wh.get(RECEIVING).text

    # the rejected goods go back to the supplier, to be replaced (they were)
    back = inputs(wh.get(f"{second}/return").text)
    bad = next(n for n, v in back.items() if n.endswith("-_offer") and ":rejected:" in v).removesuffix(
        "_offer"
    )
    gone = submit(
        wh, f"{second}/return", **{**back, "kind": "replacement", f"{bad}qty": "20", f"{bad}reason": "shade"}
    )
    row = table(purch.get(po).text, "Ordered", "Balance")[0]
    assert row["Ordered"] == "300"
    assert row["Received"].startswith("330.5")
    for number in ("RC-2026-0001", "RC-2026-0002", "RC-2026-0003", "SR-2026-0001"):
        assert number in row["Received"]  # each figure names what makes it up
    assert (row["Accepted"], row["Balance"].split()[0]) == ("310.5 over 10.5", "0")
    assert [link(purch.get(po).text, n) for n in ("RC-2026-0001", "RC-2026-0002", "RC-2026-0003", "SR-2026-0001")] == [
        first, second, third, gone,
    ]  # fmt: skip

    # issued as proposed; what is not there is not proposed
    made = submit(
        wh,
        "/factory_stock/issue/new",
        kind="issue",
        factory_order="FO-2026-0001",
        store="MAIN",
        day="2026-11-17",
    )
    proposed = inputs(wh.get(made).text)
    assert sorted(v for n, v in proposed.items() if n.endswith("-qty") and v) == ["12.72", "186.67"]
    submit(wh, made, **proposed, _then="post")
    assert "186.67" in words(wh.get(made.removesuffix("/lines")).text)

    # sewn: 430 pieces by size, of which 2 are rejected; 300 of them leave by air
    submit(client_as("prod"), f"{ordered}/do/start")
    made = submit(
        wh,
        "/factory_stock/goods_in/new",
        kind="goods_in",
        factory_order="FO-2026-0001",
        store="MAIN",
        day="2026-11-19",
    )
    page = wh.get(made).text
    small, medium, large = (cell(page, f"NVY {size} Received") for size in "SML")
    typed = {small: "120", small.replace("received", "rejected"): "2", medium: "250", large: "60"}
    submit(wh, made, **{**inputs(page), **typed, "_then": "post"})
    made = submit(
        wh, "/shipping/shipment/new", customer_order="SO-2026-0001", destination="US-LAX", store="MAIN", mode="air",
        day="2026-11-20",
    )  # fmt: skip
    page = wh.get(made).text
    form = {n: "" if ".pcs." in n else v for n, v in inputs(page).items()}
    form |= {cell(page, "NVY S"): "100", cell(page, "NVY M"): "200"}
    shipment = submit(wh, made, **{**form, "_then": "confirm"})
    submit(wh, f"{shipment}/do/ship")

    # every figure: 120.5 + 80 + 110 − 186.67 = 123.83 kg here; at the factory 186.67 − 72.98 × 1.06 = 109.3112, where
    # 72.98 = 118 × .160 + 250 × .172 + 60 × .185
    jersey = need(purch.get(ordered).text)[JERSEY]
    assert [jersey[k] for k in ("Required", "Ordered", "Received", "Free stock", "Remaining", "Suggested")] == [
        "186.67", "186.67", "186.67", "123.83", "0", "",
    ]  # fmt: skip
    main = wh.get(f"{STOCK}/main").text
    shown = stock(main)[JERSEY]
    figures = ("On hand", "Reserved", "Available", "At factories", "To inspect", "Rejected", "On order")
    assert [shown[k] for k in figures] == ["123.83", "0", "123.83", "109.31", "0", "0", "0"]
    garments = table(wh.get(f"{STOCK}/garments").text, "Style", "Total")
    assert [garments[0][k] for k in ("Colour", "S", "M", "L", "Total")] == ["NVY", "18", "50", "60", "128"]
    for day, qty in (
        ("09", None),
        ("10", "120.5"),
        ("12", "200.5"),
        ("16", "310.5"),
        ("17", "123.83"),
        ("23", "123.83"),
    ):
        then = stock(wh.get(f"{STOCK}/main?on=2026-11-{day}").text) if qty else {}
        assert then.get(JERSEY, {}).get("On hand") == qty, day

    # … and what is behind it: the card of each figure sums its movements, and each of them opens its document
    papers = {
        "123.83": [
            ("RC-2026-0002", "13.83", ""),
            ("RC-2026-0003", "110", ""),
        ],  # beyond the 186.67 that were claimed
        "109.31": [("IS-2026-0001", "186.67", ""), ("GI-2026-0001", "", "77.36")],
    }
    for figure, expected in papers.items():
        card = wh.get(link(main.partition("FAB-SJ160")[2], figure)).text
        moves = table(card, "Document", "In", "Out", "Balance")[::-1]
        assert [(m["Document"], m["In"], m["Out"]) for m in moves] == expected
        assert moves[-1]["Balance"] == figure
        total = sum(Decimal(m["In"] or 0) - Decimal(m["Out"] or 0) for m in moves)
        assert total == Decimal(figure)
        for number, came, went in expected:
            document = words(wh.get(link(card, number)).text)
            assert number in document
            assert (came or went) in document or number in (
                "GI-2026-0001",
                "RC-2026-0002",
            )  # pieces; 80 as one

    statement = mgr.get(f"/factory_stock/statement/{ordered.rsplit('/', 1)[1]}").text
    row = next(r for r in table(statement, "Required", "At factory") if r["Material"].startswith(JERSEY))
    assert [row[k] for k in ("Required", "Sent to factory", "Returned", "Used", "At factory", "Loss %")] == [
        "186.67", "186.67", "0", "77.36", "109.31", "6.00",
    ]  # fmt: skip
    assert "balances" in words(statement)
    assert "428 / 1,000" in words(statement)
