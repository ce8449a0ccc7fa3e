"""A substitute on a factory order: recommended, confirmed with a reason, issued, counted at the gate and in use, taken back."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest

from core.api import Refused, save_row
from plugins.catalog.api import Key
from plugins.catalog.testing import make_color, make_material, make_partner, make_style
from plugins.engineering.api import substitutes as allowed
from plugins.factory_engineering.services import substitutes
from plugins.factory_stock.services import statement
from plugins.material_gate.services.gate import of_document
from plugins.stock.api import arrivals, demands
from tests.plugins.factory_stock.conftest import at_factory, came, do, item, sent, started, stock

D = Decimal
NAVY = {(1, "NVY"): {"S": 100, "M": 100, "L": 100}, (2, "NVY"): {"S": 100, "M": 100, "L": 100}}


def substitute(ctx, main="FAB", by="FAB2", **more):
    data = {"main": make_material(ctx, main), "by": make_material(ctx, by, stock_uom="kg", by_color=True),
            "ratio": D("1.2"), "priority": 1, "strategy": "after_main", "valid_from": ctx.today()}  # fmt: skip
    children = {name: more.pop(name, []) for name in ("customers", "styles")}
    return save_row(ctx, ctx.registry.get("engineering.substitute"), None, data | more, children)


def groups_of(ctx, fo):
    return {
        str(g.name): (g.required, g.arrived, g.ok) for g in of_document(ctx, substitutes.ORDER, fo.id).groups
    }


def test_from_short_to_used(shop, fo):
    stock(shop, (item(shop, "FAB", "NVY"), "100"), (item(shop, "FAB", "WHT"), "63"))
    substitute(shop)
    stock(shop, (item(shop, "FAB2", "NVY"), "50"))
    found = {str(each.name): each for each in substitutes.recommended(shop, fo)}
    assert {name: (each.lacks, each.free, each.covers) for name, each in found.items()} == {
        "FAB NVY": (D(126), D(50), D("41.666666")),
        "FAB WHT": (D(63), D(0), D(0)),
    }
    with pytest.raises(Refused, match="reason|needed"):
        do(shop, fo, "confirm_substitutes", substitutes=[{"what": "FAB NVY > FAB2 NVY"}], reason="")
    do(
        shop,
        fo,
        "confirm_substitutes",
        substitutes=[{"what": "FAB NVY > FAB2 NVY"}],
        reason="The mill is late",
    )
    with pytest.raises(Refused, match="not recommended any more"):
        do(shop, fo, "confirm_substitutes", substitutes=[{"what": "FAB NVY > FAB2 NVY"}], reason="again")
    slip = sent(
        shop, fo
    )  # what is there of the main, the rest of the substitute: nothing of it is above the need
    lines = {
        (line.material.code, line.color.code if line.color else ""): (line.qty, line.extra)
        for line in slip.lines
    }
    assert lines["FAB", "NVY"] == (D(100), D(0))
    assert lines["FAB2", "NVY"] == (D("31.2"), D(0))
    assert groups_of(shop, fo)["FAB NVY"] == (D(126), D(126), True)
    assert groups_of(shop, fo)["FAB WHT"] == (D(63), D(63), True)
    wanted = [
        each
        for answer in shop.hooks.plan_demand(until=None, styles=(), materials=None)
        for each in answer or ()
    ]
    assert [
        each for each in wanted if each.kind == "need" and each.item.material == slip.lines[0].material_id
    ] == []
    started(shop, fo)
    came(shop, fo, NAVY)
    assert at_factory(shop, fo, "FAB").get("NVY") is None
    assert at_factory(shop, fo, "FAB2") == {}
    rows = {str(row.name): row for row in statement.of_order(shop, fo).materials}
    main, by = rows["FAB NVY"], rows["FAB2 NVY"]
    assert (main.required, main.sent, main.used, main.standard, main.excess) == (
        D(100),
        D(100),
        D(100),
        D(100),
        D(0),
    )
    assert (by.required, by.sent, by.used, by.standard, by.excess) == (
        D("31.2"),
        D("31.2"),
        D("31.2"),
        D("31.2"),
        D(0),
    )
    assert main.balances
    assert by.balances


def test_the_day_it_came_counts_and_taking_back_ends_it(shop, fo):
    substitute(shop)
    stock(shop, (item(shop, "FAB2", "NVY"), "151.2"))
    do(
        shop,
        fo,
        "confirm_substitutes",
        substitutes=[{"what": "FAB NVY > FAB2 NVY"}],
        reason="The mill is late",
    )
    sent(shop, fo)
    demand = demands.ids_of(shop, substitutes.ORDER, [fo.id])[fo.id]
    key = next(k for _d, k in demands.required(shop, [demand]) if k.color == make_color(shop, "NVY").id)
    days = {(a.key, a.qty) for a in arrivals.counted_by_day(shop, [demand])}
    assert (key, D(126)) in days
    assert arrivals.covered(shop, [demand])[demand, key] == D(126)
    (decision,) = substitutes.live(shop, fo)
    do(
        shop,
        fo,
        "drop_substitutes",
        decisions=[{"decision": decision["row"].id}],
        reason="The customer refuses it",
    )
    assert not groups_of(shop, fo)["FAB NVY"][2]
    (kept,) = substitutes.in_force(shop, fo)
    assert (kept["row"].reason, kept["row"].dropped_reason) == ("The mill is late", "The customer refuses it")


def test_taken_and_taken_back_on_their_pages(shop, fo, client_as):
    substitute(shop)
    stock(shop, (item(shop, "FAB2", "NVY"), "50"))
    shop.session.commit()
    merch, address = client_as("merch"), f"/outsourcing/order/{fo.id}"
    assert "FAB2 NVY" in merch.get(address).text
    page = merch.get(f"{address}/confirm_substitutes")
    assert page.status_code == 200
    inputs = [
        dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        for tag in re.findall(r"<input[^<]*>", unescape(page.text))
    ]
    rows = [i for i in inputs if re.search(r"-\d+-", i.get("name", ""))]
    hidden = {i["name"]: i.get("value", "") for i in rows if i.get("type") == "hidden"}
    tick = next(i for i in rows if i.get("type") == "checkbox")
    none = merch.post(f"{address}/confirm_substitutes", data={**hidden, "reason": "late"})
    assert none.status_code == 422
    done = merch.post(
        f"{address}/confirm_substitutes",
        data={**hidden, tick["name"]: tick["value"], "reason": "The mill is late"},
    )
    assert done.status_code == 302, done.text
    assert "The mill is late" in merch.get(address).text
    assert merch.get(f"{address}/drop_substitutes").status_code == 200


def test_only_for_whom_it_is_allowed_and_while_it_is_valid(shop, fo):
    customer, other = (make_partner(shop, code, customer=True) for code in ("C1", "C9"))
    make_style(shop, "ST-2")
    substitute(shop, by="FOR-C9", customers=[{"customer": other}])
    substitute(shop, by="FOR-C1", customers=[{"customer": customer}], priority=2)
    substitute(shop, by="FOR-ST2", styles=[{"style": make_style(shop, "ST-2")}])
    substitute(shop, by="LATER", valid_from=shop.today() + timedelta(days=1))
    substitute(
        shop,
        by="OVER",
        valid_from=shop.today() - timedelta(days=9),
        valid_to=shop.today() - timedelta(days=1),
    )
    substitute(shop, by="FIRST", strategy="before_main", priority=9)
    assert {each.by_name.material for each in substitutes.recommended(shop, fo)} == {"FOR-C1", "FIRST"}
    fab = make_material(shop, "FAB").id
    order = [each.by for each in allowed(shop, [fab], shop.today())[fab]]
    assert order[0] == make_material(shop, "FIRST").id
    assert len(order) == 4


def test_substitutes_are_read_in_one_statement(shop, count_queries):
    substitute(shop)
    substitute(shop, by="FAB3", customers=[{"customer": make_partner(shop, "C1", customer=True)}])
    fab = make_material(shop, "FAB").id
    shop.memo.clear()
    with count_queries() as log:
        found = allowed(shop, [fab, -1], shop.today())
    assert len(next(iter(found.values()))) == 2
    assert log.count == 1


@pytest.mark.parametrize(
    ("more", "field", "says"),
    [
        ({"by": "FAB"}, "by", "cannot stand in for itself"),
        ({"ratio": D(0)}, "ratio", "more than zero"),
        ({"ratio": D(-1)}, "ratio", "more than zero"),
        ({"valid_to": "yesterday"}, "valid_to", "before"),
        ({"main": "CTN"}, "by_color", "say which colour"),
    ],
)
def test_refused_where_it_was_typed(shop, more, field, says):
    if more.get("valid_to"):
        more = {"valid_to": shop.today() - timedelta(days=1)}
    with pytest.raises(Refused) as refused:
        substitute(shop, **more)
    assert [p.field for p in refused.value.problems] == [field]
    assert says in str(refused.value)


def test_a_colour_may_stand_in_for_another_of_the_same_material(shop):
    navy, black = make_color(shop, "NVY"), make_color(shop, "BLK")
    row = substitute(shop, by="FAB", main_color=navy, by_color=black)
    (found,) = allowed(shop, [row.main_id], shop.today())[row.main_id]
    assert found.key_for(Key(row.main_id, navy.id)) == Key(row.main_id, black.id)
    assert found.key_for(Key(row.main_id, black.id)) is None
