"""Receiving purchase order lines through the real service: draft, tolerance, ledger, balances, audit, and every hook.

Figures are of one line. One delivery is one transaction, commit included, however many lines it has. Half of the lines of
each purchase order are bought for a factory order, one of a hundred that wait for material; one in ten comes as rolls of
two dye lots, one in twenty is rejected in part.
"""

from __future__ import annotations

import itertools
import os
import time
import tracemalloc
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from bench.common import Result, Timing, everything_on, fresh_hub, settle
from bench.factory_order import create_and_issue, customer_orders, master_data
from core import ledger
from core.api import Ctx, run_action
from core.base_api import TenantInfo
from core.kernel import accounts
from core.kernel.context import UserInfo
from core.kernel.hub import Hub
from plugins.catalog.models import Color, Material, Partner
from plugins.purchasing.models import PurchaseLine, PurchaseOrder
from plugins.receiving.services import receiving
from plugins.receiving.services.receiving import Received, Roll
from plugins.stock.services import claims, demands, stores

D = Decimal
SMALL, LARGE, RUNS = 2_000, 20_000, 5
MATERIALS, COLORS, PER_ORDER, FACTORY_ORDERS = 500, 10, 100, 100
BUYER = "clock@example.org"
_tags, _turns = itertools.count(1), itertools.count()


def furnish(hub: Hub, tenant: TenantInfo) -> UserInfo:
    """Every plugin on, a manager, a supplier, materials in yards bought by the metre, and factory orders."""
    accounts.create_user(hub, BUYER, "Bench", locale="en")
    accounts.add_member(hub, tenant, BUYER, ["admin"])
    with hub.context(tenant) as ctx:
        everything_on(ctx)
        master_data(ctx, 8)
        mill = Partner(code="MILL", name="Mill", is_supplier=True, currency="USD")
        ctx.session.add_all(
            [mill, *(Color(code=f"K{n:02}", name=f"Colour {n}", active=True) for n in range(COLORS))]
        )
        ctx.session.flush()
        ctx.session.add_all(
            Material(code=f"FAB-{n:04}", name=f"Fabric {n}", material_class="main", stock_uom="yd", purchase_uom="m",
                     factor=D("1.093613"), stock_step=D("0.01"), by_color=True, gate_stage="cutting", supplier_id=mill.id,
                     supplier=mill)
            for n in range(MATERIALS)
        )  # fmt: skip
        ctx.session.flush()
    for _ in range(FACTORY_ORDERS):
        with hub.context(tenant) as ctx:
            create_and_issue(ctx, customer_orders(ctx, 10, 8))
    return hub.user_info(BUYER, tenant)


def bought(ctx: Ctx, lines: int) -> list[int]:
    """Issued orders of 100 lines each over 5,000 different items; the ids of their lines."""
    from plugins.outsourcing.models import FactoryOrder

    mill = ctx.session.scalars(select(Partner).where(Partner.code == "MILL")).one()
    waiting = ctx.session.scalars(select(FactoryOrder.id).order_by(FactoryOrder.id)).all()
    materials = ctx.session.scalars(select(Material.id).where(Material.code.startswith("FAB-"))).all()
    colors = ctx.session.scalars(select(Color.id).where(Color.code.startswith("K"))).all()
    found: list[int] = []
    for first in range(0, lines, PER_ORDER):
        po = PurchaseOrder(number=f"B-{next(_tags):05}", state="issued", supplier_id=mill.id, supplier=mill, currency="USD",
                           order_date=date(2026, 9, 1), issue_date=date(2026, 9, 1), created_at=ctx.now())  # fmt: skip
        ctx.session.add(po)
        ctx.session.flush()
        ctx.session.insert_many(
            PurchaseLine,
            [
                {
                    "order_id": po.id, "position": n, "material_id": materials[(first + n) % MATERIALS],
                    "color_id": colors[(first + n) // MATERIALS % COLORS], "qty": D(100), "uom": "m",
                    "factor": D("1.093613"), "stock_uom": "yd", "stock_qty": D("109.36"), "price": D("2.35"),
                    "amount": D(235), "zero_reason": "", "availability": "unknown", "max_qty": D(103), "close_qty": D(97),
                    "short_closed": False, "short_reason": "", "note": "",
                }
                for n in range(PER_ORDER)
            ],
        )  # fmt: skip
        ids = ctx.session.scalars(select(PurchaseLine.id).where(PurchaseLine.order_id == po.id)).all()
        order_id = waiting[next(_turns) % len(waiting)]
        (demand,) = demands.ids_of(ctx, "outsourcing.order", [order_id]).values()
        claims.put(ctx, "purchasing.order", po.id, {i: {demand: D(100)} for i in ids[::2]})
        found += ids
    return found


def came(line_ids: list[int]) -> list[Received]:
    """A delivery against these lines."""
    rolls = (Roll("1", "L1", D(60)), Roll("2", "L2", D(40)))
    return [
        Received(line_id, rolls=rolls, name=f"lines-{line_id}-")
        if n % 10 == 0
        else Received(
            line_id, D(100), D(5) if n % 20 == 1 else D(0), reject_reason="", name=f"lines-{line_id}-"
        )
        for n, line_id in enumerate(line_ids)
    ]


def receive(hub: Hub, tenant: TenantInfo, person: UserInfo, given: list[Received]) -> None:
    """One delivery, as the receiving sheet posts it."""
    with hub.context(tenant, person) as ctx:
        mill = ctx.session.scalars(select(Partner).where(Partner.code == "MILL")).one()
        receipt = receiving.draft(ctx, mill, stores.default(ctx), given, delivery_note="DN-1")
        run_action(ctx, ctx.registry.get(receiving.ENTITY), receipt, "post")
        assert receipt.state == "posted"


def timed(hub: Hub, tenant: TenantInfo, person: UserInfo, lines: int, runs: int) -> Timing:
    """Median CPU and wall milliseconds of one line, each run with orders of its own."""
    cpu, wall = [], []
    for _ in range(runs):
        with hub.context(tenant) as ctx:
            given = came(bought(ctx, lines))
        c, w = time.process_time(), time.perf_counter()
        receive(hub, tenant, person, given)
        cpu.append((time.process_time() - c) * 1000 / lines)
        wall.append((time.perf_counter() - w) * 1000 / lines)
    return Timing.of(cpu, wall)


def memory(hub: Hub, tenant: TenantInfo, person: UserInfo, lines: int) -> float:
    """The most that receiving takes at once, in MB of Python's own; measured apart, for measuring slows it down."""
    with hub.context(tenant) as ctx:
        given = came(bought(ctx, lines))
    tracemalloc.start()
    receive(hub, tenant, person, given)
    most: int = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 1e6


def run(engine: str) -> Iterator[Result]:
    """The figures of one engine."""
    os.environ["HUB_TODAY"] = "2026-11-23"
    with fresh_hub(engine) as (hub, tenant):
        person = furnish(hub, tenant)
        timed(hub, tenant, person, PER_ORDER, 2)
        settle(hub, engine)
        small, large = timed(hub, tenant, person, SMALL, RUNS), timed(hub, tenant, person, LARGE, 1)
        most = memory(hub, tenant, person, LARGE)
        with hub.context(tenant, write=False) as ctx:
            assert ledger.verify(ctx, record=False) == []
        yield Result(
            f"receive {SMALL:,} purchase lines in one delivery (per line)", engine, *small, "1 ms CPU"
        )
        what = f"receive {LARGE:,} purchase lines in one delivery (per line; {most:.0f} MB at most)"
        yield Result(what, engine, *large, "1 ms CPU")
