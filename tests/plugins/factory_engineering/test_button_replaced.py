"""A button breaks: it is replaced in all styles of a season at once, approved by a second person; a factory order that is
issued keeps its consumption until somebody takes the new one on purpose."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select

from core import ledger
from core.api import Ctx, run_action, save_row
from core.db import flush_rows
from plugins.catalog.api import BomLine, Style
from plugins.catalog.testing import make_material
from plugins.engineering.models import EngineeringChange
from plugins.factory_stock.services import need, places
from plugins.outsourcing.models import FactoryOrder
from tests.plugins.factory_stock.conftest import do, item, stock
from tests.plugins.outsourcing.conftest import made, picked, sold

D = Decimal


def needs(ctx: Ctx, order: FactoryOrder) -> dict[str, Decimal]:
    """What a factory order wants of the two buttons."""
    ctx.session.expire_all()
    ctx.memo.clear()
    ids = {make_material(ctx, code).id: code for code in ("BTN-A", "BTN-B")}
    found = need.of_orders(ctx, [order.id])[order.id]
    return {ids[n.key.material]: n.required for n in found if n.key.material in ids}


def factory_order(ctx: Ctx, po: str) -> FactoryOrder:
    order = made(ctx)
    sale = sold(ctx, ("ST-1", "NVY", "US-LAX", {"S": 10, "M": 10, "L": 10}), po=po)
    do(ctx, order, "add_work", work=picked(sale.number, "ST-1"))
    do(ctx, order, "issue")
    return order


def test_the_button_of_a_season(shop, client_as):
    ctx = shop
    old, _new = (
        make_material(ctx, code, stock_uom="pcs", material_class="trim") for code in ("BTN-A", "BTN-B")
    )
    for style in ctx.session.scalars(select(Style)):
        style.season = "SS27"
        ctx.session.add(
            BomLine(style_id=style.id, position=9, material_id=old.id, uom="pcs", consumption=D(6), wastage_pct=D(0),
                    color_rule="none")
        )  # fmt: skip
    kept, renewed = factory_order(ctx, "PO-K"), factory_order(ctx, "PO-R")
    ctx.session.commit()
    assert needs(ctx, kept) == needs(ctx, renewed) == {"BTN-A": D(180)}

    merch, boss = client_as("merch"), client_as("mgr")
    form = {"reason": "It breaks in the wash", "kind": "replace", "material": "BTN-A", "by": "BTN-B", "ratio": "1",
            "season": "SS27", "effectivity": "now"}  # fmt: skip
    wrong = merch.post("/engineering/change/new", data={**form, "by": "BTN-A"})
    assert wrong.status_code == 422
    assert "not replaced by itself" in wrong.text
    made_ = merch.post("/engineering/change/new", data=form)
    address = made_.location.removesuffix("/lines")
    page = merch.get(f"{address}/lines")
    ticks = re.findall(r'name="line" value="([^"]+)"', page.text)
    assert len(ticks) == 2  # ST-1 and ST-2
    assert "BTN-A 6 pcs" in page.text
    assert "BTN-B 6 pcs" in page.text
    none = merch.post(f"{address}/lines", data={})
    assert none.status_code == 422
    assert "Nothing is chosen" in none.text
    saved = merch.post(f"{address}/lines", data={"line": ticks, "submit": "1"})
    assert saved.status_code == 302, saved.text
    assert merch.post(f"{address}/do/approve").status_code == 403

    shown = boss.get(address).text
    for words in ("Before and after", "Factory orders", kept.number, renewed.number, "Open orders"):
        assert words in shown
    boss.post(f"{address}/do/approve", data={"_confirmed": "1"})
    row = ctx.session.scalars(select(EngineeringChange)).one()
    ctx.session.refresh(row)
    assert row.state == "applied"
    assert "Versions it made" in boss.get(address).text

    assert needs(ctx, kept) == needs(ctx, renewed) == {"BTN-A": D(180)}  # issued: untouched
    done = boss.post(
        f"/outsourcing/order/{renewed.id}/do/update_need", data={"reason": "The new button is there"}
    )
    assert done.status_code == 302, done.text
    assert needs(ctx, renewed) == {"BTN-B": D(180)}
    assert needs(ctx, kept) == {"BTN-A": D(180)}
    assert needs(ctx, factory_order(ctx, "PO-N")) == {"BTN-B": D(180)}


def test_what_a_change_reaches_is_asked_of_whoever_knows(shop, draft):
    stock(shop, (item(shop, "FAB", "NVY"), "12"))
    style = shop.session.scalars(select(Style).where(Style.code == "ST-1")).one()
    fab = make_material(shop, "FAB").id
    (found,) = (each for each in shop.hooks.change_impacts(material_ids=[fab], style_ids=[style.id]) if each)
    assert {str(each.kind) for each in found} == {"Open orders", "Factory orders", "Stock"}
    assert [(each.qty, each.unit) for each in found if str(each.kind) == "Stock"] == [(D(12), "kg")]
    do(shop, draft, "issue")
    (told,) = (
        each for each in shop.hooks.document_timelines(entity="outsourcing.order", ids=[draft.id]) if each
    )
    assert draft.id in told


def test_stock_at_factories_is_told_by_the_factory(shop, draft, count_queries):
    fab, trim, button = (make_material(shop, code).id for code in ("FAB", "LBL", "BTN"))
    there = places.factory(draft.factory_id, draft.id)
    goods = [
        (item(shop, "FAB", "NVY"), D(7)),
        (item(shop, "BTN"), D(5)),
        *((item(shop, "LBL", size=size), D(3)) for size in "SML"),
    ]
    ledger.post(
        shop, [ledger.Move("opening", each, ledger.Place("adjustment"), there, qty) for each, qty in goods],
        entity="outsourcing.order", entity_id=draft.id, on=date(2026, 11, 1),
    )  # fmt: skip

    def told(*materials):
        shop.memo.clear()
        with count_queries() as log:
            (found,) = (e for e in shop.hooks.change_impacts(material_ids=list(materials), style_ids=[]) if e)
        return [(e.number, e.qty) for e in found if str(e.kind) == "Stock at factories"], log.count

    at = ledger.Place("factory", draft.factory_id)
    name = ledger.names(shop, (), [at])[at].name
    assert draft.factory.code in name
    assert told(fab)[0] == [(name, D(7))]
    two, few = told(fab, trim)
    assert two == [(name, D(7)), *[(name, D(3))] * 3]
    three, many = told(fab, trim, button)
    assert sorted(three) == sorted([*two, (name, D(5))])
    assert many == few, "as many statements for another material"


def test_from_the_next_factory_order_on(shop):
    ctx = shop
    old, new = (make_material(ctx, code, stock_uom="pcs") for code in ("BTN-A", "BTN-B"))
    style = ctx.session.scalars(select(Style).where(Style.code == "ST-1")).one()
    ctx.session.add(
        BomLine(style_id=style.id, position=9, material_id=old.id, uom="pcs", consumption=D(6), wastage_pct=D(0),
                color_rule="none")
    )  # fmt: skip
    first = made(ctx)  # a draft that was there before is not the next one
    first.created_at -= timedelta(minutes=1)
    flush_rows(ctx.session)
    entity = ctx.registry.get("engineering.change")
    row = save_row(
        ctx, entity, None,
        {"reason": "The new button is cheaper", "kind": "replace", "material": old, "by": new, "ratio": D(1),
         "effectivity": "next_order"}, {},
    )  # fmt: skip
    for action in ("collect", "submit", "approve"):
        run_action(ctx, entity, row, action, {"without": []} if action == "collect" else {})
    assert row.state == "approved"
    sale = sold(
        ctx, ("ST-1", "NVY", "US-LAX", {"S": 10, "M": 10, "L": 10}), ("ST-1", "WHT", "US-LAX", {"S": 10})
    )
    do(ctx, first, "add_work", work=picked(sale.number, "ST-1"), share="50")
    assert row.state == "approved"
    second = made(ctx)
    do(ctx, second, "add_work", work=picked(sale.number, "ST-1"))
    assert row.state == "applied"
    assert needs(ctx, second).keys() == {"BTN-B"}
