"""A sheet of 10,000 order lines brought in: 500 orders of 20 lines with three sizes each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from functools import partial

from bench.common import Result, everything_on, fresh_hub, measure, settle
from core.api import Ctx
from core.kernel import accounts
from plugins.catalog.testing import make_destination, make_partner, make_style
from plugins.imports.services import batches, running

ORDERS, LINES = 500, 20
COLORS = tuple(f"K{n:02}" for n in range(LINES))
HEAD = "customer,customer_po,order_date,style,color,destination,ship_date,price,S,M,L"


def sheet(name: str) -> bytes:
    """The sheet as CSV; ``name`` is what the customer's numbers begin with."""
    rows = [
        f"C1,{name}-{order},2026-11-02,ST-1,{color},US-LAX,2027-03-01,5.25,10,20,30"
        for order in range(ORDERS)
        for color in COLORS
    ]
    return "\n".join([HEAD, *rows]).encode()


def run(engine: str) -> Iterator[Result]:
    """The figures of one engine, as they are measured."""
    with fresh_hub(engine) as (hub, tenant):
        accounts.create_user(hub, "clock@example.org", "Bench", "measured, not asserted", locale="en")
        accounts.add_member(hub, tenant, "clock@example.org", ["mgr"])
        with hub.context(tenant) as ctx:
            everything_on(ctx)
        with hub.context(tenant) as ctx:
            make_partner(ctx, "C1", customer=True)
            make_style(ctx, "ST-1", COLORS)
            make_destination(ctx, "US-LAX")
        settle(hub, engine)

        def units() -> AbstractContextManager[Ctx]:
            return hub.context(tenant, "clock@example.org", locale="en")

        def bring_in(name: str, *, keep: bool) -> None:
            with units() as ctx:
                batch = batches.start_batch(ctx, "orders.order", "a.csv", sheet(name))
                batches.set_columns(ctx, batch, batch.columns, "both")
                number = batch.id
            (running.bring_in if keep else running.check)(units, number, lambda _done, _total: None)
            with units() as ctx:
                batch = batches.get_batch(ctx, number)
                assert not batch.problems, batch.problems[:3]
                assert len(batch.made) == (ORDERS if keep else 0)

        for what, name, keep in (("checked", "A", False), ("brought in", "B", True)):
            timing = measure(partial(bring_in, name, keep=keep), calls=1, warm=0)
            yield Result(f"10,000 order lines {what}", engine, *timing, "30 s" if keep else "")
