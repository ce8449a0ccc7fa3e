"""Production timelines: how 2,000 of them stand, computed anew, and the overview of 200 factory orders."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import select

from bench.common import Result, browser, fresh_hub, measure, settle
from core.api import Ctx
from core.base_api import TenantInfo
from core.kernel.accounts import add_member, create_user
from core.kernel.hub import Hub
from plugins.catalog.models import Partner
from plugins.outsourcing.models import FactoryOrder
from plugins.tna.models import RULE, Milestone, Timeline
from plugins.tna.services import days, follow, status, templates

TIMELINES = 2000
FACTORIES = 20


def timelines(ctx: Ctx, number: int) -> None:
    """Open timelines of the standard template, shipping one after the other over half a year; half of each is done."""
    factories = [Partner(code=f"F{i}", name=f"Factory {i}", is_factory=True) for i in range(FACTORIES)]
    ctx.session.add_all(factories)
    ctx.session.flush()
    template = templates.standard(ctx)
    known, today = days.Calendars(ctx, [f.id for f in factories]), ctx.today()
    ctx.session.insert_many(
        FactoryOrder,
        [
            {"number": f"FO-{i:05}", "state": "issued", "contract_status": "none", "currency": "USD", "qty": 100,
             "factory_id": factories[i % FACTORIES].id, "order_date": today, "revision": 0, "incoterm": "",
             "delivery_place": "", "tax_pct": Decimal(0), "notes": "", "total": Decimal(0), "created_at": ctx.now(),
             "ship_date": today + timedelta(days=i % 180)}
            for i in range(number)
        ],
    )  # fmt: skip
    orders = ctx.session.scalars(select(FactoryOrder).order_by(FactoryOrder.id)).all()
    ctx.session.insert_many(
        Timeline,
        [
            {"number": o.number, "state": "open", "entity": "outsourcing.order", "owner_id": o.id, "factory_id": o.factory_id,
             "template_id": template.id, "anchor": o.ship_date, "made_on": today, "compressed": 0, "fit": "",
             "rebaselines": 0, "pending": 0, "status": "on_time", "slip": 0, "late": 0, "late_other": 0, "at_risk": 0,
             "done": 0, "left": 0, "next_code": "", "version": 1}
            for o in orders
        ],
    )  # fmt: skip
    rows: list[dict[str, Any]] = []
    for timeline in ctx.session.scalars(select(Timeline).order_by(Timeline.id)):
        for n, line in enumerate(template.lines):
            target = known.target(line, timeline.anchor, timeline.factory_id)
            done = target < today and n % 12 != 11
            rows.append(
                {"timeline_id": timeline.id, **{name: getattr(line, name) for name in RULE}, "target": target,
                 "scheduled": target, "baseline": target, "typed": target if done else None,
                 "actual": target if done else None, "note": "", "risk": False, "risk_note": "", "skipped": False,
                 "skip_reason": ""}
            )  # fmt: skip
    for start in range(0, len(rows), 5000):
        ctx.session.insert_many(Milestone, rows[start : start + 5000])


def recompute(hub: Hub, tenant: TenantInfo) -> int:
    """What the daily job does first, transaction and commit included."""
    with hub.context(tenant) as ctx:
        return status.refresh_open(ctx)


def whole_day(hub: Hub, tenant: TenantInfo) -> None:
    """The whole daily job: statuses, and whether ship dates or calendars moved."""
    with hub.context(tenant) as ctx:
        follow.daily(ctx)


def run(engine: str) -> Iterator[Result]:
    """The figures of one engine, as they are measured."""
    os.environ.setdefault("HUB_TODAY", "2026-11-23")
    with fresh_hub(engine) as (hub, tenant):
        with hub.context(tenant) as ctx:
            timelines(ctx, TIMELINES)
        settle(hub, engine)
        assert recompute(hub, tenant) == TIMELINES
        timing = measure(lambda: recompute(hub, tenant), calls=5, warm=1)
        what = f"how {TIMELINES:,} timelines × 25 milestones stand, computed and kept"
        yield Result(what, engine, *timing, "2 s")
        timing = measure(lambda: whole_day(hub, tenant), calls=3, warm=1)
        yield Result(f"the daily job of {TIMELINES:,} timelines", engine, *timing, "")
        create_user(hub, "bench@bench.test", "Bench", "a long road to Taipei")
        add_member(hub, tenant, "bench@bench.test", ["admin"])
        client = browser(hub, tenant, "bench@bench.test")
        for what, address, goal in (
            ("overview of 200 factory orders as a picture", "/tna/gantt/", "500 ms"),
            ("a timeline with its picture", "/tna/timeline/1000", ""),
            ("mine this week, 300 milestones", "/tna/mine/?role=all", ""),
            ("list of timelines, latest first", "/tna/timeline/?state=open", ""),
        ):
            assert client.get(address).status_code == 200, address
            timing = measure(partial(client.get, address), calls=7, warm=2)
            yield Result(what, engine, *timing, goal)
