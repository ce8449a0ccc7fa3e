"""Two journeys over HTTP: from the question to the delivery that serves the earliest need, and a rush order asked before it is
taken."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.api import Ctx
from core.kernel.hub import Hub
from core.testing.scenes import stage
from core.work.jobs import run_due
from plugins.catalog.testing import make_goods_price, make_material, make_partner, make_style
from plugins.fulfilment.api import allocations
from plugins.orders.testing import make_order
from plugins.outsourcing.testing import make_factory_order
from plugins.planning.models import PlanningSuggestion
from plugins.purchasing.models import PurchaseLine
from tests.journeys.steps import RECEIVING, line_id, receive, refused, submit, take_order, words
from tests.plugins.catalog.consumption import save_bom

Client = Callable[..., Any]
D = Decimal
SHORTAGES = "planning-shortage-panel"
ASKED = {
    "scope": "all", "horizon_days": "200", "bucket": "day", "merge_days": "0", "with_on_order": "1", "with_drafts": "1",
    "with_forecasts": "1", "with_safety": "1", "with_substitutes": "1",
}  # fmt: skip


@stage
def making(ctx: Ctx) -> Any:
    """A style of a yard of fabric each (5 % more), bought of a mill; an order of 300 that a factory makes already."""
    mill = make_partner(ctx, "MILL", supplier=True)
    style = make_style(ctx, "ST-1", ("NVY",))
    make_material(ctx, "FAB", moq=D(100), multiple=D(10), lead_days=5, supplier_id=mill.id)
    rows = [{"material": "FAB", "uom": "yd", "consumption": "1", "wastage_pct": "5", "color_rule": "none"}]
    save_bom(ctx, style, rows)
    return make_factory_order(ctx, make_order(ctx))


def plan(hub: Hub, client: Any) -> str:
    """A plan, asked for and carried out; its address."""
    address = submit(client, "/planning/run/new", **ASKED)
    run_due(hub, tenants=[client.tenant])
    return address


def part(client: Any, address: str, key: str) -> str:
    """The words of a part of a page that is drawn when somebody comes to it."""
    assert f'data-part="{key}"' in client.get(address).text
    return words(client.get(f"{address}?part={key}", headers={"X-Part": "planning"}).text)


def ticked(ctx: Ctx, kind: str) -> dict[str, Any]:
    """What the list sends of all open suggestions of a kind in the newest plan."""
    ctx.session.expire_all()
    s = PlanningSuggestion
    last = ctx.session.scalars(select(s.run_id).order_by(s.run_id.desc()).limit(1)).one()
    rows = ctx.session.scalars(select(s).where(s.run_id == last, s.kind == kind, s.state == "open")).all()
    return {"row": [str(r.id) for r in rows], "seen": [f"{r.id}:{r.version}" for r in rows]}


def test_from_the_question_to_the_earliest_need(hub: Hub, ctx: Ctx, making: Any, client_as: Client) -> None:
    merch, mgr, purch, wh = (client_as(role) for role in ("merch", "mgr", "purch", "wh"))
    first = f"/outsourcing/order/{making.id}"
    ctx.session.commit()
    order = take_order(merch, "C1", "PO-2", "ST-1 @NVY, S-60, M-40", "US-LAX", "5")
    page = part(merch, order, "planning-order-panel")
    assert "0 sets ✕ 100 short of 100" in page
    assert "made anew" in page
    wrong = merch.post("/planning/run/new", data=ASKED | {"horizon_days": ""})
    assert wrong.status_code == 422
    assert 'id="e-horizon_days"' in wrong.text

    # what nobody makes yet becomes a draft of a factory order, which then is decided
    run = plan(hub, merch)
    assert "older than the data" not in words(merch.get(run).text)
    sent = ticked(ctx, "outsource")
    second = submit(merch, "/planning/suggestion/with/release", **sent)
    assert second.startswith("/outsourcing/order/")
    assert "older than the data" in words(merch.get(run).text)
    again = refused(merch, "/planning/suggestion/with/release", **sent)  # a second click
    assert "has changed since this page was opened" in again
    submit(merch, f"{second}/do/set_price", style="ST-1", price="2")
    submit(mgr, f"{second}/do/issue")
    assert "1 of 1 groups lack something now." in part(purch, first, SHORTAGES)

    # the material of both is merged, and released as one draft
    plan(hub, merch)
    assert len(ticked(ctx, "buy")["row"]) == 2
    submit(merch, "/planning/suggestion/with/merge", **ticked(ctx, "buy"), days="200")
    merged = ticked(ctx, "buy")
    [row] = merged["row"]
    submit(mgr, f"/planning/suggestion/{row}/edit", qty="420", due="2026-12-20", supplier="MILL", price="2", note="",
           _version=merged["seen"][0].partition(":")[2])  # fmt: skip
    merged = ticked(ctx, "buy")
    bought = submit(mgr, "/planning/suggestion/with/release", **merged)
    late = {"row": merged["row"], "seen": [f"{row}:{n}" for n in range(9)]}
    assert "is Released" in refused(mgr, "/planning/suggestion/with/release", **late)
    submit(purch, f"{bought}/do/issue")

    # what comes first serves the order that is due first
    line = line_id(wh.get(RECEIVING).text, "FAB")
    receive(wh, "2026-11-23", "DN-1", **{f"lines-{line}-received": "350"})
    assert "All 1 groups of material are there." in part(purch, first, SHORTAGES)
    page = part(purch, second, SHORTAGES)
    assert "comes in time 105 70 2026-12-20" in page


def test_a_rush_order_is_asked_and_then_taken(hub: Hub, ctx: Ctx, making: Any, client_as: Client) -> None:
    merch, number = client_as("merch"), making.number
    ctx.session.commit()
    question = {"name": "Can we take it?", "horizon_days": "180", "assumptions-0-kind": "rush", "assumptions-0-partner": "C1",
                "assumptions-0-style": "ST-1", "assumptions-0-color": "NVY", "assumptions-0-pieces": "S-100, M-50",
                "assumptions-0-destination": "US-LAX", "assumptions-0-day": "2026-12-01"}  # fmt: skip
    wrong = refused(merch, "/planning/scenario/new", **question | {"assumptions-0-pieces": "XXL-1"})
    assert "ST-1 has no size XXL." in wrong
    asked = submit(merch, "/planning/scenario/new", **question)
    page = words(merch.get(f"{asked}/play").text)
    assert "assumed" in page
    assert "days late" in page
    assert "0 of 150 pieces can be made from what lies there and nobody needs; held back by FAB" in page
    assert number not in page  # what is made already is not touched by it
    assert "ST-1 0 150 pcs" in page
    assert "Nothing is wanted under that number" in words(
        merch.get("/planning/replan/?order=SO-2026-0002").text
    )
    taken = submit(merch, f"{asked}/do/carry_out")
    assert taken.startswith("/orders/order/")
    assert "Carried out" in words(merch.get(asked).text)
    assert "not possible" in refused(merch, f"{asked}/do/carry_out")


def test_what_is_bought_finished_is_asked_of_its_vendor(hub: Hub, ctx: Ctx, client_as: Client) -> None:
    for vendor, price, rank, least in (("V1", "4", 1, 0), ("V1", "3.5", 1, 100), ("V2", "3", 2, 0)):
        make_goods_price(ctx, "TEE", vendor, price, priority=rank, min_qty=least, lead_days=5)
    order = make_order(ctx, ("TEE", "NVY", "US-LAX", {"S": 60, "M": 50}))
    ctx.session.commit()
    mgr = client_as("mgr")
    plan(hub, mgr)
    [row] = ctx.session.scalars(select(PlanningSuggestion)).all()
    said = (row.kind, row.qty, row.exception, row.supplier and row.supplier.code, row.price, row.currency)
    assert said == ("buy", 110, "", "V1", D("3.5"), "USD")  # both sizes together reach the break
    made = submit(mgr, "/planning/suggestion/with/release", **ticked(ctx, "buy"))
    goods = ctx.session.scalars(select(PurchaseLine).order_by(PurchaseLine.qty)).all()
    assert made == f"/purchasing/order/{goods[0].order_id}"
    assert [(line.qty, line.price) for line in goods] == [(50, D("3.5")), (60, D("3.5"))]
    assert sum(each.qty for each in allocations(ctx, [order.id])) == 110  # theirs at once
    plan(hub, mgr)
    assert ticked(ctx, "buy") == {"row": [], "seen": []}
