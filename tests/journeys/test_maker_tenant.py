"""A company that makes things in its own workshop, without customer orders and without factories: work orders of somebody
else's plugin are demands. The gate holds their start until the material is in, a manager may override it, and the timeline
follows, all as for factory orders; every page there is answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from core.api import EntityRef
from core.base_api import TenantInfo
from core.kernel.hub import Hub
from plugins.catalog.demo import loader
from plugins.material_gate.api import Override, of_document
from plugins.tna.api import Timeline
from tests.hub_pages import crawl
from tests.journeys.steps import RECEIVING, inputs, line_id, link, receive, refused, submit, table, words
from tests.thirdparty.workshop.models import WorkOrder
from tests.thirdparty.workshop.words import ENTITY, STARTED

PLUGINS = ["workshop", "purchasing", "stock", "inventory", "tna", "material_gate"]
JERSEY = "FAB-SJ160"
REASON = {"override_code": "partial", "override_reason": "enough for the first fifty pieces"}


@pytest.fixture
def maker(hub: Hub, make_tenant: Callable[..., TenantInfo]) -> TenantInfo:
    """The company, with the demo's master data."""
    info = make_tenant(plugins=PLUGINS)
    with hub.context(info) as ctx:
        assert {p for p in ctx.enabled if not p.startswith("base_")} == {
            "catalog",
            *PLUGINS,
            "buying",
            "receiving",
        }
        loader.load(ctx, 0)
    return info


def work_order(client: Any, qty: str, due: str = "2027-02-26") -> str:
    """The address of a released work order for navy jersey."""
    made = submit(
        client,
        "/workshop/order/new",
        due=due,
        **{"lines-0-material": JERSEY, "lines-0-color": "NVY", "lines-0-qty": qty},
    )
    submit(client, f"{made}/do/release")
    return made


@pytest.mark.parametrize(
    "whole", [False, pytest.param(True, marks=pytest.mark.more)], ids=["the story", "and every page"]
)
def test_work_is_held_until_its_material_is_in(
    maker: TenantInfo, hub: Hub, client_as: Callable[..., Any], whole: bool
) -> None:
    prod, purch, wh, mgr = (client_as(role, of=maker) for role in ("prod", "purch", "wh", "mgr"))
    order = work_order(prod, "100")
    assert "1 groups of material short: production may not start." in refused(prod, f"{order}/do/start")
    assert "HOLD (1 short)" in mgr.get("/workshop/order/").text
    assert "HOLD (1 short)" in mgr.get(order).text
    kit = table(mgr.get("/material_gate/kit/").text, "Work order", "Gate")
    assert [(row["Work order"], row["Groups complete"]) for row in kit] == [("WO-2026-0001", "0 of 1")]
    assert "Held: 1 groups of material short" in words(mgr.get("/").text)

    # bought for stock, received, and set aside for it
    lines = submit(
        purch, "/purchasing/order/new", material_class="main", supplier="S01", order_date="2026-11-03",
        required_date="2026-11-20",
    )  # fmt: skip
    typed = {"material": JERSEY, "color": "NVY", "qty": "100", "price": "4"}
    submit(purch, lines, **inputs(purch.get(lines).text) | {f"lines-0-{n}": v for n, v in typed.items()})
    submit(purch, f"{lines.removesuffix('/lines')}/do/issue")
    receive(wh, "2026-11-23", "DN-1", **{f"lines-{line_id(wh.get(RECEIVING).text, JERSEY)}-received": "100"})
    assert "1 groups of material short" in refused(prod, f"{order}/do/start")  # free stock is nobody's
    form = wh.get(link(wh.get(order).text, "Reserve stock")).text
    kept = submit(wh, "/stock/document/new?kind=reserve", **{**inputs(form), "store": "MAIN"})
    submit(wh, f"{kept}/do/fill")
    submit(wh, f"{kept}/do/post")
    assert "OPEN" in mgr.get("/workshop/order/").text
    submit(prod, f"{order}/do/start")

    # its timeline was made with the release, and knows when work began and material was there
    with hub.context(maker, write=False) as ctx:
        row = ctx.session.scalars(select(WorkOrder)).one()
        (timeline,) = ctx.session.scalars(select(Timeline))
        assert (timeline.owner, timeline.number, timeline.anchor) == (
            EntityRef(ENTITY, row.id),
            row.number,
            row.due,
        )
        assert timeline.factory is None
        happened = {m.event: m.happened for m in timeline.milestones if m.happened}
        assert happened == {"material_gate.main_complete": ctx.today()}
        (told,) = [
            found
            for found in ctx.hooks.milestones(entity=ENTITY, ids=[row.id])
            if STARTED in found.get(row.id, {})
        ]
        assert told == {row.id: {STARTED: ctx.today()}}
    assert "Whole timeline" in mgr.get(order).text
    submit(prod, f"{order}/do/finish")
    with hub.context(maker, write=False) as ctx:
        assert ctx.session.scalars(select(Timeline.state)).one() == "closed"
    assert crawl(mgr) == [] if whole else mgr.get("/").status_code == 200


def test_a_manager_overrides_for_one_start(
    maker: TenantInfo, hub: Hub, client_as: Callable[..., Any]
) -> None:
    prod, mgr = client_as("prod", of=maker), client_as("mgr", of=maker)
    first, second = work_order(prod, "100"), work_order(prod, "50")
    assert "override_code" not in prod.get(f"{first}/do/start").text
    submit(mgr, f"{first}/do/start", **REASON)
    submit(
        mgr, f"{second}/do/override_gate", reason_code="partial", explanation="enough for the first pieces"
    )
    assert "OVERRIDDEN (1 short)" in mgr.get("/workshop/order/").text
    submit(prod, f"{second}/do/start")
    with hub.context(maker, write=False) as ctx:
        found = list(ctx.session.scalars(select(Override).order_by(Override.id)))
        assert [(o.number, o.owner, o.state, o.short) for o in found] == [
            ("OV-2026-0001", "WO-2026-0001", "used", 1),
            ("OV-2026-0002", "WO-2026-0002", "used", 1),
        ]
        assert of_document(ctx, ENTITY, found[0].demand.owner_id).overridden
    listed = mgr.get("/material_gate/override/").text
    assert "WO-2026-0001" in listed
    assert first in mgr.get(f"/material_gate/override/{found[0].id}").text


def test_its_first_day_and_nothing_of_others(maker: TenantInfo, client_as: Callable[..., Any]) -> None:
    client = client_as("prod", of=maker)
    assert crawl(client) == []
    menu = client.get("/").text.partition("<main")[0]
    for present in ("/workshop/order/", "/material_gate/kit/", "/tna/timeline/"):
        assert present in menu, present
    for absent in ("/orders/", "/outsourcing/", "/factory_stock/", "/shipping/"):
        assert absent not in menu, absent
