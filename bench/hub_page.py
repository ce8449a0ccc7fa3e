"""The Hub page, its parts, the full-process table, the search and the pages of gate and timeline in a company some years old,
through the whole web stack: 20,000 customer orders, a million movements, 300 live factory orders with timelines and gates.

``HUB_BENCH_MOVEMENTS`` sets another number of movements.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import func, select

from bench import company, ledger, watched
from bench.common import Result, browser, fresh_hub, measure, settle
from core.data.db import keep_statistics
from core.kernel import accounts
from core.kernel.context import Ctx, TenantInfo
from core.kernel.hub import Hub
from core.ledger import verify
from core.ledger.tables import Movement
from plugins.base_home.services import overview, process
from plugins.base_search.services import search
from plugins.orders.models import CustomerOrder

EMAIL = "clock@example.org"
GOAL = "200 ms"
SEARCHES = (
    ("an order's number", "SO-2026-19876"), ("the beginning of numbers", "SO-2023"), ("the end of a number", "9876"),
    ("a customer PO", "CPO-0418"), ("a style", "ST-0421"), ("a partner", "Company 17 of"), ("a partner in Chinese", "第17公司"),
    ("a word that is nowhere", "zzyzx"),
)  # fmt: skip


def build(hub: Hub, tenant: TenantInfo, engine: str) -> None:
    """The company with its movements."""
    with hub.context(tenant) as ctx:
        company.fill(ctx)
        watched.fill(ctx)
    for n, (day, moves) in enumerate(ledger.history(ledger.SIZE)):
        if n % 100 == 10:
            settle(hub, engine)
        ledger.put(hub, tenant, moves, day)
    with hub.context(tenant) as ctx:
        watched.keep(ctx)
        assert verify(ctx, record=False) == []
    accounts.create_user(hub, EMAIL, "Bench", "measured, not asserted", locale="zh_Hant_TW")
    accounts.add_member(hub, tenant, EMAIL, ["mgr"])
    keep_statistics(hub.engine)  # what the worker does every hour
    settle(hub, engine, "VACUUM ANALYZE")


@contextmanager
def at_work(hub: Hub, tenant: TenantInfo) -> Iterator[Ctx]:
    """A context of the manager that only reads."""
    with hub.context(tenant, EMAIL, write=False) as ctx:
        yield ctx


def run(engine: str) -> Iterator[Result]:
    """The figures of one engine, as they are measured."""
    os.environ["HUB_TODAY"] = company.TODAY.isoformat()
    with fresh_hub(engine) as (hub, tenant):
        build(hub, tenant, engine)
        yield from figures(engine, hub, tenant)


def figures(engine: str, hub: Hub, tenant: TenantInfo) -> Iterator[Result]:
    """Pages as a browser asks for them, then the parts of the Hub page one by one."""
    client = browser(hub, tenant, EMAIL)

    def page(what: str, address: str, goal: str = "") -> Result:
        assert client.get(address).status_code == 200, address
        return note(engine, what, lambda: client.get(address), goal)

    with at_work(hub, tenant) as ctx:
        orders, moves = (
            ctx.session.scalar(select(func.count()).select_from(model)) for model in (CustomerOrder, Movement)
        )
    yield page(f"Hub page, {orders:,} orders, {moves:,} movements", "/", GOAL)
    for tab in ("purchasing", "inventory", "claims"):
        yield page(f"Hub page, tab {tab}", f"/?tab={tab}", GOAL)
    yield page("full-process table, 50 open orders", "/process/", GOAL)
    yield page("full-process table, page 20 of all orders", "/process/?state=&page=20", GOAL)
    for what, text in SEARCHES:
        yield page(f"search box: {what}", f"/search?json=1&q={text}", GOAL)
    for what, address, goal in (
        ("list of factory orders with timeline and gate", "/outsourcing/order/", GOAL),
        ("a factory order in production", f"/outsourcing/order/{company.MADE - company.LIVE // 2}", ""),
        ("material complete? 200 factory orders", "/material_gate/kit/", GOAL),
        ("overview of 200 factory orders as a picture", "/tna/gantt/", "500 ms"),
    ):
        yield page(what, address, goal)
    for hook in ("dashboard_tiles", "alerts", "tasks", "dashboard_panels"):
        for plugin in hub.plugins:
            function = getattr(plugin.module, hook, None)
            if function is not None:
                yield part(engine, hub, tenant, f"  {hook} of {plugin.name}", function)
    yield part(engine, hub, tenant, "  recently changed", overview.recent)
    yield part(engine, hub, tenant, "  full-process table, 8 rows", _process)
    yield part(
        engine,
        hub,
        tenant,
        "  search, without the page",
        lambda ctx: search.search_everything(ctx, "SO-2026-19876"),
    )


def _process(ctx: Ctx) -> None:
    for entity in process.entities(ctx):
        process.fetch(ctx, process.table(ctx, entity), process.usual(entity, size=overview.FIRST))


def part(engine: str, hub: Hub, tenant: TenantInfo, what: str, work: Callable[[Ctx], Any]) -> Result:
    """One part in a context of its own, as if nothing else had been asked before."""
    with at_work(hub, tenant) as ctx:

        def fresh() -> None:
            ctx.memo.clear()
            ctx.session.expunge_all()
            for key in ("ledger_items", "ledger_places"):
                ctx.session.info.pop(key, None)
            work(ctx)

        return note(engine, what, fresh, "")


def note(engine: str, what: str, work: Callable[[], Any], goal: str) -> Result:
    """One figure."""
    return Result(what, engine, *measure(work, calls=9, warm=2), goal)
