"""Need of factory orders on purchase orders: by hand, filled into lines, over several factory orders, and the demo's."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from core.api import Ctx, Refused, audit_history
from core.base_api import TenantInfo
from core.kernel.hub import Hub
from plugins.buying.services import needs
from plugins.catalog.models import Style
from plugins.factory_stock.services import need
from plugins.outsourcing.models import FactoryOrder
from plugins.purchasing.models import PurchaseOrder
from plugins.purchasing.services import lines
from plugins.purchasing.shown import figures
from plugins.stock.services import arrivals, demands
from tests.plugins.catalog.consumption import save_bom
from tests.plugins.factory_stock.conftest import sent
from tests.plugins.material_gate.conftest import free, keep
from tests.plugins.outsourcing.conftest import do, made, picked, sold
from tests.plugins.purchasing.conftest import bought, came, demanded, got, ids, line, one, order, shares_of

D = Decimal

# 600 navy and 300 white pieces; metre = 1 ÷ 0.9144 yd; 24 pieces a carton, line by line
BY_HAND = {
    "FAB NVY": ("826.78", "800"),  # 600 × 1.2 × 1.05 = 756 m = 826.7716… yd; 756.01 m → multiples of 50
    "FAB WHT": ("413.39", "400"),  # 378 m = 413.3858… yd
    "LBL S": ("306", "500"),  # 300 × 1.02; at least 500
    "LBL M": ("306", "500"),
    "LBL L": ("306", "500"),
    "BTN": ("5562", "39"),  # 900 × 6 × 1.03; 38.625 gross
    "CTN US-LAX": ("25", "50"),  # 600 ÷ 24; at least 50
    "CTN DE-HAM": ("13", "50"),  # 300 ÷ 24 = 12.5
}


def rows(ctx: Ctx, *orders: FactoryOrder) -> dict[str, needs.NeedRow]:
    """The panel by group."""
    return {str(r.name): r for r in needs.panel(ctx, demanded(ctx, *orders))}


def test_the_need_by_hand(mill: Ctx, fo: FactoryOrder) -> None:
    found = rows(mill, fo)
    assert {k: (r.required, r.suggested) for k, r in found.items()} == {
        k: (D(required), D(buy)) for k, (required, buy) in BY_HAND.items()
    }
    assert all(r.remaining == r.required for r in found.values())


def test_lines_come_from_the_need_and_cover_it(mill: Ctx, fo: FactoryOrder) -> None:
    po = order(mill, "S2", "trim", factory_order=fo)
    do(mill, po, "fill")
    made_lines = lines.purchase_lines(mill, po.id)
    assert {lines.label(x): (x.qty, x.uom) for x in made_lines} == {
        "LBL S": (D(500), "pcs"), "LBL M": (D(500), "pcs"), "LBL L": (D(500), "pcs"), "BTN": (D(39), "gross"),
        "CTN US-LAX": (D(50), "pcs"), "CTN DE-HAM": (D(50), "pcs"),
    }  # fmt: skip
    assert {s.style.code for x in made_lines if x.material.code == "BTN" for s in x.styles} == {"ST-1"}
    assert {lines.label(x): shares_of(mill, x) for x in made_lines} == {
        "LBL S": [(fo.id, 306)], "LBL M": [(fo.id, 306)], "LBL L": [(fo.id, 306)], "BTN": [(fo.id, 39)],
        "CTN US-LAX": [(fo.id, 25)], "CTN DE-HAM": [(fo.id, 13)],
    }  # fmt: skip
    found = rows(mill, fo)
    assert found["BTN"].planned == 39 * 144
    assert found["BTN"].remaining == 0  # a draft counts: filling twice buys once
    try:
        do(mill, po, "fill")
    except Refused as refused:
        assert "Nothing is left to buy" in str(refused)
    else:
        raise AssertionError("filled a second time")


def test_surplus_on_order_is_offered_before_more_is_bought(mill: Ctx, fo: FactoryOrder) -> None:
    """A19: what the minimum adds is promised to nobody, and serves the next."""
    first = order(mill, "S2", "trim", factory_order=fo)
    do(mill, first, "fill")
    so = sold(mill, ("ST-1", "NVY", "US-LAX", {"M": 300}), po="PO-2")
    second = made(mill)
    do(mill, second, "add_work", work=picked(so.number))
    do(mill, second, "issue")
    row = rows(mill, second)["CTN US-LAX"]
    assert (row.remaining, row.spare, row.suggested) == (13, 25, 0)
    row = rows(mill, second)["LBL M"]
    assert (row.remaining, row.spare, row.suggested) == (306, 194, 500)  # 112 are lacking, 500 the minimum
    po = order(mill, "S2", "trim", factory_order=second)
    said = do(mill, po, "fill")
    assert "2 groups are covered by what is on order for nobody" in str(said)
    bought_now = {lines.label(x): shares_of(mill, x) for x in lines.purchase_lines(mill, po.id)}
    assert bought_now == {"LBL M": [(second.id, 112)], "BTN": [(second.id, 13)]}
    claimed = {lines.label(x): dict(shares_of(mill, x)) for x in lines.purchase_lines(mill, first.id)}
    assert claimed["CTN US-LAX"] == {fo.id: 25, second.id: 13}
    assert claimed["LBL M"] == {fo.id: 306, second.id: 194}
    assert all(r.remaining == 0 for r in rows(mill, second).values() if r.material.material_class == "trim")
    told = audit_history(mill, "purchasing.order", first.id)[:2]
    assert sorted(new for entry in told for _what, _old, new in entry.changes or ()) == [
        f"{second.number}=13",
        f"{second.number}=194",
    ]


def test_ordered_received_and_remaining(mill: Ctx, fo: FactoryOrder) -> None:
    po = bought(mill, line(mill, "FAB", "500", color="NVY"), factory_order=fo)
    row = rows(mill, fo)["FAB NVY"]
    assert (row.ordered, row.arrived, row.open) == (D("546.81"), 0, D("546.81"))  # 500 × 1.093613 = 546.8065
    assert row.remaining == D("826.78") - D("546.81")
    came(mill, po, got(ids(mill, po)[0], "200"))
    row = rows(mill, fo)["FAB NVY"]
    assert (row.arrived, row.open) == (D("218.72"), D("328.08"))  # 218.7226; 300 m = 328.0839
    do(mill, po, "short_close", reason="mill closed")
    row = rows(mill, fo)["FAB NVY"]
    assert (row.ordered, row.open, row.remaining) == (D("218.72"), 0, D("826.78") - D("218.72"))
    assert row.free == 0  # what is there is needed for this very order


def test_rejected_and_returned_goods_have_not_arrived(mill: Ctx, fo: FactoryOrder) -> None:
    po = bought(mill, line(mill, "FAB", "500", color="NVY"), factory_order=fo)
    receipt = came(mill, po, got(ids(mill, po)[0], "200", "50"))
    row = rows(mill, fo)["FAB NVY"]
    assert (row.arrived, row.open) == (D("164.04"), D("382.76"))  # 218.72 − 54.68; 350 m
    do(mill, receipt, "return", lines=[{"line": 1, "qty": D(50), "reason": "defect"}], kind="credit")
    assert rows(mill, fo)["FAB NVY"].arrived == D("109.36")


def test_what_nobody_claims_is_free(mill: Ctx, fo: FactoryOrder) -> None:
    wanted = line(mill, "FAB", "500", color="WHT", allocations={fo.id: D(400)})
    came(mill, po := bought(mill, wanted), got(ids(mill, po)[0], "500"))
    row = rows(mill, fo)["FAB WHT"]
    assert (row.arrived, row.free) == (D("437.45"), D("546.81") - D("437.45"))  # 400 m = 437.4452 yd


def test_what_was_set_aside_stays_covered_when_it_is_issued(mill: Ctx, fo: FactoryOrder) -> None:
    free(mill, "LBL M", "400")
    keep(mill, fo, "LBL M", "100")
    row = rows(mill, fo)["LBL M"]
    assert (row.arrived, row.free, row.remaining) == (D(100), D(300), D(206))
    sent(mill, fo, {"material": "LBL", "size": "M", "qty": "60"})
    row = rows(mill, fo)["LBL M"]
    assert (row.arrived, row.free, row.remaining) == (D(100), D(300), D(206))


def test_one_line_for_two_factory_orders(mill: Ctx, fo: FactoryOrder) -> None:
    so = sold(mill, ("ST-1", "NVY", "US-LAX", {"S": 100}), po="PO-2")
    second = made(mill)
    do(mill, second, "add_work", work=picked(so.number))
    do(mill, second, "issue")
    po = order(mill)
    do(mill, po, "fill", documents=[{"document": fo.number}, {"document": second.number}])
    navy = next(x for x in lines.purchase_lines(mill, po.id) if lines.label(x) == "FAB NVY")
    # 826.78 + 137.80 = 964.58 yd = 882.01 m → 900 m; 756.01 and 126.01 m for the two, the rest for stock
    assert navy.qty == 900
    assert dict(shares_of(mill, navy)) == {
        fo.id: D("756.01"),
        second.id: D("126.01"),
    }
    for x in po.lines:
        x.price = D(2)
    do(mill, po, "issue")
    came(mill, po, got(navy.id, "800"))
    there = arrivals.arrived(mill, demanded(mill, fo, second))
    owners = demands.owners(mill, demanded(mill, fo, second))
    by_order = {owners[d].ref.id: q for (d, key), q in there.items() if key.material == navy.material_id}
    assert by_order[fo.id] == (D("756.01") * D("874.89") / 800).quantize(D("0.01"))
    assert sum(by_order.values()) == D("874.89")


def test_the_kept_need_differs_when_consumption_changes(mill: Ctx, fo: FactoryOrder) -> None:
    assert not need.stale(mill, fo.id)
    save_bom(mill, one(mill, Style, "ST-1"), [
        {"material": "BTN", "uom": "pcs", "consumption": "7", "wastage_pct": "3", "color_rule": "none"},
        {"material": "LBL", "uom": "pcs", "consumption": "1", "wastage_pct": "2", "color_rule": "none", "size_rule": "track"},
        {"material": "FAB", "uom": "m", "consumption": "1.2", "wastage_pct": "5", "color_rule": "match"},
    ])  # fmt: skip
    assert need.stale(mill, fo.id)
    assert rows(mill, fo)["BTN"].required == 5562
    do(mill, fo, "start", override_code="partial", override_reason="enough for the first pieces")
    do(mill, fo, "reopen", reason="no room")  # its pieces are what they were, and so is its need
    assert rows(mill, fo)["BTN"].required == 5562
    assert [(before, after) for _key, before, after in need.difference(mill, fo.id)] == [(D(5562), D(6489))]
    do(mill, fo, "update_need", reason="seven buttons after the fit sample")
    assert rows(mill, fo)["BTN"].required == 6489
    assert not need.stale(mill, fo.id)


# --- the demo ------------------------------------------------------------------------------------------------------------

DEMO = {
    # (order, line): received, accepted, balance, over
    ("PM-2026-0001", 1): ("412.5", "412.5", "0", "12.5"),
    ("PM-2026-0002", 2): ("725", "650", "0", "0"),  # 75 rejected, 75 replaced
    ("PM-2026-0003", 1): ("2000", "2000", "350", "0"),
    ("PM-2026-0003", 2): ("0", "0", "1150", "0"),
    ("PM-2026-0003", 3): ("1100", "1100", "0", "0"),
    ("PT-2026-0002", 6): ("2100", "2100", "0", "0"),
    ("PT-2026-0003", 5): ("0", "0", "80", "0"),
    ("PT-2026-0004", 1): ("164", "164", "0", "0"),
    ("PT-2026-0004", 2): ("0", "0", "1400", "0"),
}
TOTALS = {
    "PM-2026-0001": ("received", "4200"), "PM-2026-0002": ("received", "11443.75"), "PM-2026-0003": ("partly", "14025"),
    "PT-2026-0001": ("received", "529.20"), "PT-2026-0002": ("received", "716.20"), "PT-2026-0003": ("partly", "664.50"),
    "PT-2026-0004": ("partly", "388.40"),
}  # fmt: skip


def test_the_demo_stands_as_its_receipts_say(hub: Hub, demo_tenant: TenantInfo) -> None:
    with hub.context(demo_tenant, write=False) as ctx:
        found = {n: figures.order_figures(ctx, one(ctx, PurchaseOrder, n, "number")) for n in TOTALS}
        assert {n: (f["progress"], f["total"]) for n, f in found.items()} == {
            n: (state, D(total)) for n, (state, total) in TOTALS.items()
        }
        for (number, position), expected in DEMO.items():
            row = found[number]["lines"][position - 1]
            got = (row["received"], row["accepted"], row["balance"], row["over"])
            assert got == tuple(D(x) for x in expected), (number, position)
        assert found["PM-2026-0003"]["lines"][0]["stock_kept"] == D("2187.23")  # 2,000 m in yards
        assert found["PT-2026-0004"]["lines"][0]["stock_kept"] == 23616  # 164 gross in pieces


def test_the_demo_lacks_what_the_gate_will_say(hub: Hub, demo_tenant: TenantInfo) -> None:
    with hub.context(demo_tenant, write=False) as ctx:
        short: dict[str, Any] = {}
        for number in ("FO-2026-0001", "FO-2026-0002", "FO-2026-0003"):
            panel = needs.panel(ctx, demanded(ctx, one(ctx, FactoryOrder, number, "number")))
            short[number] = (len(panel), [str(r.name) for r in panel if r.short])
        assert short["FO-2026-0001"] == (26, ["CTN US-NYC", "CTN DE-HAM"])
        assert (short["FO-2026-0002"][0], len(short["FO-2026-0002"][1])) == (30, 28)
        assert short["FO-2026-0003"][0] == len(short["FO-2026-0003"][1]) == 39


def test_a_need_panel_asks_a_fixed_number_of_queries(
    hub: Hub, demo_tenant: TenantInfo, count_queries: Callable[..., Any]
) -> None:
    counts = []
    for number in ("FO-2026-0001", "FO-2026-0002"):
        with hub.context(demo_tenant, write=False) as ctx:
            wanted = demanded(ctx, one(ctx, FactoryOrder, number, "number"))
            with count_queries() as log:
                needs.panel(ctx, wanted)
            counts.append(log.count)
    assert max(counts) <= 30, log
