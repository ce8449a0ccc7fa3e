"""A customer order of 500 lines × 6 sizes bought from 20 vendors: split into purchase orders, its page opened with the tabs."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from bench.common import Result, Timing, fresh_hub, measure, settle
from core.api import Ctx, get_row, run_action
from core.base_api import TenantInfo
from core.kernel.hub import Hub
from plugins.catalog.models import Color, Destination, GoodsPrice, Partner, Size, SizeRun, Style
from plugins.fulfilment.services import differences, tabs
from plugins.orders.models import CustomerOrder, OrderLine, OrderSize, OrderStyle

VENDORS, STYLES, COLORS, SIZES, PIECES = 20, 100, 5, 6, 10
SHIPS, RUNS = date(2026, 12, 1), 5
_tags = itertools.count()


def master_data(ctx: Ctx) -> None:
    """Vendors, and five styles of each in five colours."""
    run = SizeRun(code="R", name="R", sizes=[Size(code=f"S{i}", position=i) for i in range(SIZES)])
    people = [
        Partner(code=f"V{i:02}", name=f"Vendor {i}", is_supplier=True, currency="USD") for i in range(VENDORS)
    ]
    ctx.session.add_all([run, *people, Partner(code="BUYER", name="Buyer", is_customer=True, currency="USD")])
    ctx.session.add_all(Color(code=f"C{i}", name=f"Colour {i}") for i in range(COLORS))
    ctx.session.add(Destination(code="LAX", name="Los Angeles"))
    ctx.session.flush()
    styles = [Style(code=f"ST-{i:03}", name=f"Style {i}", size_run_id=run.id) for i in range(STYLES)]
    ctx.session.add_all(styles)
    ctx.session.flush()
    ctx.session.add_all(
        GoodsPrice(style_id=style.id, vendor_id=people[(n + more) % VENDORS].id, currency="USD", price=Decimal("4.20"),
                   priority=1 + more, valid_from=date(2026, 1, 1))
        for n, style in enumerate(styles)
        for more in range(2)
    )  # fmt: skip
    ctx.session.flush()


def customer_order(ctx: Ctx) -> int:
    """A confirmed order of every style in every colour; its id."""
    buyer = ctx.session.scalars(select(Partner).where(Partner.code == "BUYER")).one()
    place = ctx.session.scalars(select(Destination.id)).one()
    sizes = ctx.session.scalars(select(Size.id).order_by(Size.position)).all()
    colors = ctx.session.scalars(select(Color.id).order_by(Color.id)).all()
    styles = ctx.session.scalars(select(Style.id).order_by(Style.id)).all()
    order = CustomerOrder(
        number=f"T-{next(_tags)}", state="confirmed", customer_id=buyer.id, currency="USD", order_date=date(2026, 9, 1),
        ship_date=SHIPS, qty=STYLES * COLORS * SIZES * PIECES, created_at=ctx.now(),
    )  # fmt: skip
    ctx.session.add(order)
    ctx.session.flush()
    ctx.session.insert_many(
        OrderStyle,
        [{"order_id": order.id, "position": n, "style_id": style} for n, style in enumerate(styles)],
    )
    mine = ctx.session.scalars(
        select(OrderStyle.id).where(OrderStyle.order_id == order.id).order_by(OrderStyle.id)
    ).all()
    ctx.session.insert_many(
        OrderLine,
        [
            {"order_id": order.id, "order_style_id": each, "position": n, "color_id": color, "destination_id": place,
             "ship_date": SHIPS, "price": Decimal("6.50"), "qty": SIZES * PIECES}
            for n, (each, color) in enumerate(itertools.product(mine, colors))
        ],
    )  # fmt: skip
    lines = ctx.session.scalars(select(OrderLine.id).where(OrderLine.order_id == order.id)).all()
    ctx.session.insert_many(
        OrderSize,
        [
            {"line_id": line, "position": n, "size_id": size, "qty": PIECES}
            for line in lines
            for n, size in enumerate(sizes)
        ],
    )
    return order.id


def split_orders(hub: Hub, tenant: TenantInfo, runs: int) -> tuple[Timing, int]:
    """Milliseconds of splitting an order, transaction and commit included, each one of its own; the last of them."""
    cpu, wall, order_id = [], [], 0
    for _ in range(runs):
        with hub.context(tenant) as ctx:
            order_id = customer_order(ctx)
        c, w = time.process_time(), time.perf_counter()
        with hub.context(tenant) as ctx:
            entity = ctx.registry.get("orders.order")
            run_action(ctx, entity, get_row(ctx, entity, order_id), "split")
        cpu.append((time.process_time() - c) * 1000)
        wall.append((time.perf_counter() - w) * 1000)
    return Timing.of(cpu, wall), order_id


def _tabs(hub: Hub, tenant: TenantInfo, order_id: int) -> None:
    with hub.context(tenant) as ctx:
        order = get_row(ctx, ctx.registry.get("orders.order"), order_id)
        found = tabs.of_order(ctx, order)
        assert len(found) == VENDORS
        assert sum(tab.qty for tab in found) == order.qty


def _differences(hub: Hub, tenant: TenantInfo, order_id: int) -> None:
    with hub.context(tenant) as ctx:
        assert differences.of_orders(ctx, [order_id]) == []


def run(engine: str) -> Iterator[Result]:
    """The figures of one engine, as they are measured."""
    os.environ.setdefault("HUB_TODAY", "2026-11-23")
    what = f"customer order of {STYLES * COLORS} lines × {SIZES} sizes, {VENDORS} vendors"
    with fresh_hub(engine) as (hub, tenant):
        with hub.context(tenant) as ctx:
            master_data(ctx)
        split_orders(hub, tenant, 1)
        settle(hub, engine)
        timing, order_id = split_orders(hub, tenant, RUNS)
        yield Result(f"{what}: split", engine, *timing, "1 s")
        yield Result(
            f"{what}: vendor tabs", engine, *measure(lambda: _tabs(hub, tenant, order_id), calls=7), ""
        )
        yield Result(
            f"{what}: differences", engine, *measure(lambda: _differences(hub, tenant, order_id), calls=7), ""
        )
