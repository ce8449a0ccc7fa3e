"""The ledger at size: a million movements over ten thousand keys, then what people ask of it.

``HUB_BENCH_MOVEMENTS`` sets another number of movements.
"""

from __future__ import annotations

import itertools
import os
import random
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from bench.common import Result, fresh_hub, measure, settle
from core import ledger
from core.kernel.context import Ctx, TenantInfo
from core.kernel.hub import Hub
from core.ledger import Item, Move, Place

SIZE = int(os.environ.get("HUB_BENCH_MOVEMENTS", "1000000"))
BATCH = 1000
ITEMS = [Item("material", n, color_id=n % 7) for n in range(1, 2501)]
SUPPLIER, MAIN, SECOND, FACTORY = (
    Place("supplier", 1),
    Place("store", 1),
    Place("store", 2),
    Place("factory", 1),
)
TODAY = date(2026, 11, 23)
START = TODAY - timedelta(730)
docs = itertools.count(1)
dice = random.Random(7)


def history(size: int) -> Iterator[tuple[date, list[Move]]]:
    """Two years of postings of BATCH lines each; every item comes in before it goes on."""
    for n in range(size // BATCH):
        day = START + timedelta(n * 729 * BATCH // size)
        kind, source, target, most = (
            ("receipt", SUPPLIER, MAIN, 1000),
            ("issue", MAIN, FACTORY, 5),
            ("transfer", MAIN, SECOND, 5),
        )[0 if n < 5 or n % 4 == 0 else 1 + n % 2]
        first = n * BATCH % len(ITEMS)
        yield (
            day,
            [
                Move(
                    kind,
                    ITEMS[(first + i) % len(ITEMS)],
                    source,
                    target,
                    Decimal(dice.randint(1, most * 100)).scaleb(-2),
                )
                if kind != "receipt"
                else Move(kind, ITEMS[(first + i) % len(ITEMS)], source, target, Decimal(1000))
                for i in range(BATCH)
            ],
        )


def receipt(lines: int) -> list[Move]:
    """A delivery of ``lines`` different items."""
    return [
        Move("receipt", item, SUPPLIER, MAIN, Decimal("12.5"), line_id=n)
        for n, item in enumerate(dice.sample(ITEMS, lines))
    ]


def put(hub: Hub, tenant: TenantInfo, moves: list[Move], on: date) -> None:
    """Post in a unit of work of its own, commit included."""
    with hub.context(tenant) as ctx:
        ledger.post(ctx, moves, entity="bench.doc", entity_id=next(docs), on=on)


def delivery(hub: Hub, tenant: TenantInfo, on: date) -> None:
    """Receive 20 different items."""
    put(hub, tenant, receipt(20), on)


def run(engine: str) -> Iterator[Result]:
    """The figures of one engine, as they are measured."""
    os.environ["HUB_TODAY"] = TODAY.isoformat()
    with fresh_hub(engine) as (hub, tenant):

        def note(what: str, work: Callable[[], Any], goal: str = "", **options: int) -> Result:
            return Result(what, engine, *measure(work, **options), goal)

        def read(what: str, ask: Callable[[Ctx], Any], goal: str = "", **options: int) -> Result:
            with hub.context(tenant, write=False) as ctx:

                def fresh() -> None:
                    ctx.session.info.pop("ledger_items", None)
                    ctx.session.info.pop("ledger_places", None)
                    ask(ctx)

                return note(what, fresh, goal, **options)

        done, closed, month = 0, None, START.replace(day=1)
        cpu, wall = time.process_time(), time.perf_counter()
        for day, moves in history(SIZE):
            put(hub, tenant, moves, day)
            done += len(moves)
            if (day.year, day.month) > (month.year, month.month):
                month = day.replace(day=1)
                with hub.context(tenant) as ctx:
                    ledger.close_period(ctx, month - timedelta(1))
                closed = month
            if done in (10_000, 100_000, SIZE):
                spent = time.process_time() - cpu, time.perf_counter() - wall
                each = 1000 * spent[0] / done * 1000, 1000 * spent[1] / done * 1000
                what = f"load {done:,} movements, 1,000 at a time (per 1,000)"
                yield Result(what, engine, *each, each[1], "200 ms wall")
                if done == 10_000:
                    settle(hub, engine)
                yield note(
                    f"post a receipt of 20 lines at {done:,} movements",
                    partial(delivery, hub, tenant, day),
                    "a few ms",
                    calls=60,
                    warm=10,
                )
                cpu, wall = time.process_time() - spent[0], time.perf_counter() - spent[1]
        assert closed is not None
        settle(hub, engine, "VACUUM ANALYZE")
        yield note(
            "post 1,000 lines at once", lambda: put(hub, tenant, receipt(1000), TODAY), "200 ms", calls=7
        )
        yield note("post 1 line", lambda: put(hub, tenant, receipt(1), TODAY))
        early = TODAY - timedelta(10)
        yield note("post an issue of 20 lines, ten days back-dated", lambda: put(
            hub, tenant, [Move("issue", i, MAIN, FACTORY, Decimal("0.01")) for i in dice.sample(ITEMS, 20)], early
        ))  # fmt: skip
        year_ago, some = TODAY - timedelta(365), ITEMS[:1000]
        yield read("one key's balance", lambda c: ledger.balance(c, ITEMS[77], MAIN), "1 ms", calls=50)
        yield read(
            "one key's balance a year ago", lambda c: ledger.balance(c, ITEMS[77], MAIN, year_ago), calls=30
        )
        yield read(
            "1,000 balances of 1,000 items",
            lambda c: ledger.balances(c, items=some, places=[MAIN]),
            "20 ms CPU",
        )
        yield read(
            "1,000 balances of 1,000 ids",
            lambda c: ledger.balances(c, item_kind="material", item_ids=range(1, 1001), places=[MAIN]),
            "20 ms CPU",
        )
        yield read("all 10,000 balances", ledger.balances, "100 ms")
        yield read(
            "1,000 balances a year ago",
            lambda c: ledger.balances(c, items=some, places=[MAIN], on=year_ago),
            "100 ms",
        )
        yield read("all balances a year ago", lambda c: ledger.balances(c, on=year_ago), "100 ms")
        yield read(
            "all balances at the end of a closed month",
            lambda c: ledger.balances(c, on=year_ago.replace(day=1) - timedelta(1)),
        )
        yield read("the newest 200 movements of an item", lambda c: ledger.movements(c, item=ITEMS[77]))
        yield read("the newest 200 movements of a store", lambda c: ledger.movements(c, place=SECOND))
        yield read(
            "the stock card of an item in a store, a year",
            lambda c: ledger.card(c, ITEMS[77], MAIN, since=year_ago),
        )
        yield read("verify", lambda c: ledger.verify(c, record=False), calls=1, warm=0)
        with hub.context(tenant, write=False) as ctx:
            assert ledger.verify(ctx, record=False) == []
