"""Creating and issuing a factory order of 100 lines × 8 sizes through the services, as a merchandiser does."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from bench.common import Result, Timing, fresh_hub
from core.api import Ctx, run_action, save_row
from core.base_api import TenantInfo
from core.kernel.hub import Hub
from plugins.catalog.models import Color, Destination, FactoryPrice, Partner, Size, SizeRun, Style
from plugins.orders.models import CustomerOrder, OrderLine, OrderSize, OrderStyle

RUNS = 7
SIZES = 8
_tags = itertools.count()


def customer_orders(ctx: Ctx, lines: int, sizes: int) -> list[str]:
    """Confirmed customer orders with ``lines`` styles × destinations of ``sizes`` sizes; 10 lines each. Their numbers."""
    customer = ctx.session.scalars(select(Partner).where(Partner.code == "BUYER")).one()
    styles = ctx.session.scalars(select(Style).order_by(Style.id)).all()
    color = ctx.session.scalars(select(Color)).first()
    destinations = ctx.session.scalars(select(Destination).order_by(Destination.id)).all()
    size_ids = ctx.session.scalars(select(Size.id).order_by(Size.position)).all()
    assert color is not None
    numbers, tag = [], next(_tags)
    for n in range(0, lines, 10):
        order = CustomerOrder(
            number=f"B-{tag}-{n}", state="confirmed", customer_id=customer.id, customer_po=f"PO-{n}", currency="USD",
            order_date=date(2026, 9, 1), ship_date=date(2026, 12, 1), created_at=ctx.now(),
        )  # fmt: skip
        ctx.session.add(order)
        ctx.session.flush()
        numbers.append(order.number)
        for i in range(min(10, lines - n)):
            order_style = ctx.session.scalars(
                select(OrderStyle).where(
                    OrderStyle.order_id == order.id, OrderStyle.style_id == styles[i // 2].id
                )
            ).one_or_none()
            if order_style is None:
                order_style = OrderStyle(order_id=order.id, position=i, style_id=styles[i // 2].id)
                ctx.session.add(order_style)
                ctx.session.flush()
            line = OrderLine(
                order_id=order.id, order_style_id=order_style.id, position=i, color_id=color.id,
                destination_id=destinations[i % 2].id, ship_date=date(2026, 12, 1), price=Decimal("5"), qty=100 * sizes,
            )  # fmt: skip
            ctx.session.add(line)
            ctx.session.flush()
            ctx.session.insert_many(
                OrderSize,
                [
                    {"line_id": line.id, "position": p, "size_id": s, "qty": 100}
                    for p, s in enumerate(size_ids[:sizes])
                ],
            )
    return numbers


def master_data(ctx: Ctx, sizes: int) -> None:
    """A factory, a customer, a size run, five styles with prices, two destinations."""
    factory = Partner(code="FAB", name="Factory", is_factory=True, currency="USD")
    run = SizeRun(code="RUN", name="Run", sizes=[Size(position=i, code=f"S{i}") for i in range(sizes)])
    ctx.session.add_all(
        [factory, run, Partner(code="BUYER", name="Buyer", is_customer=True), Color(code="NVY", name="Navy")]
    )
    ctx.session.add_all([Destination(code="US-LAX", name="LA"), Destination(code="DE-HAM", name="Hamburg")])
    ctx.session.flush()
    for i in range(5):
        style = Style(code=f"ST-{i}", name=f"Style {i}", size_run_id=run.id)
        ctx.session.add(style)
        ctx.session.flush()
        ctx.session.add(
            FactoryPrice(factory_id=factory.id, style_id=style.id, currency="USD", price=Decimal("3.25"),
                         valid_from=date(2026, 1, 1))
        )  # fmt: skip
    ctx.session.flush()


def create_and_issue(ctx: Ctx, numbers: list[str]) -> Any:
    """What a merchandiser does, from nothing to issued."""
    entity = ctx.registry.get("outsourcing.order")
    factory = ctx.session.scalars(select(Partner).where(Partner.code == "FAB")).one()
    order = save_row(ctx, entity, None, {"factory": factory, "currency": "USD", "order_date": ctx.today()})
    run_action(ctx, entity, order, "add_work", {"work": [{"order": number} for number in numbers]})
    run_action(ctx, entity, order, "issue")
    return order


def issued(hub: Hub, tenant: TenantInfo, lines: int, sizes: int, runs: int) -> Timing:
    """Median CPU and wall milliseconds of creating and issuing one, transaction and commit included; each from orders of
    its own."""
    cpu, wall = [], []
    for _ in range(runs):
        with hub.context(tenant) as ctx:
            numbers = customer_orders(ctx, lines, sizes)
        c, w = time.process_time(), time.perf_counter()
        with hub.context(tenant) as ctx:
            order = create_and_issue(ctx, numbers)
        cpu.append((time.process_time() - c) * 1000)
        wall.append((time.perf_counter() - w) * 1000)
        assert order.state == "issued"
        assert order.qty == lines * sizes * 100
    return Timing.of(cpu, wall)


def run(engine: str) -> Iterator[Result]:
    """The figures of one engine, as they are measured."""
    os.environ.setdefault("HUB_TODAY", "2026-11-23")
    with fresh_hub(engine) as (hub, tenant):
        with hub.context(tenant) as ctx:
            master_data(ctx, SIZES)
        issued(hub, tenant, 10, SIZES, 1)
        for lines, goal in ((100, "150 ms CPU"), (10, "")):
            what = f"create and issue a factory order, {lines} lines × {SIZES} sizes"
            yield Result(what, engine, *issued(hub, tenant, lines, SIZES, RUNS), goal)
