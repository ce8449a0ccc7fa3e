"""Plans: material requirements from the database to the rows that are kept, and what if with 300 open factory orders."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from bench import company
from bench.common import Result, Timing, fresh_hub, measure, settle
from core.api import Ctx, save_row
from core.kernel.context import TenantInfo
from core.kernel.hub import Hub
from core.work.jobs import run_due
from plugins.catalog.models import (
    BomLine,
    Color,
    Destination,
    Material,
    Partner,
    Size,
    SizeRun,
    Style,
    StyleColor,
)
from plugins.orders.models import CustomerOrder, OrderLine, OrderSize, OrderStyle
from plugins.outsourcing.models import FactoryOrder, FactoryOrderLine, FactoryOrderSize
from plugins.planning.models import PlanningRun
from plugins.planning.services import scenarios
from plugins.planning.services.whatif import Assumed
from plugins.planning.words import RUN
from plugins.purchasing.models import PurchaseLine, PurchaseOrder
from plugins.receiving.models import Receipt, ReceiptLine
from plugins.stock.models import Demand, DemandLine, SupplyCame, SupplyClaim


def ordered(ctx: Ctx, lines: int, styles: int, materials: int, each: int) -> None:
    """So many order lines over half a year, of styles that take ``each`` of so many materials."""
    today = ctx.today()
    company.put(ctx, Partner, [{"id": 1, "code": "P1", "name": "P1", "is_customer": True, "is_supplier": True,
                                "is_factory": True, "currency": "USD"}])  # fmt: skip
    company.put(ctx, SizeRun, [{"id": 1, "code": "RUN", "name": "Run"}])
    company.put(ctx, Size, [{"id": 1, "size_run_id": 1, "position": 0, "code": "M"}])
    company.put(ctx, Color, [{"id": 1, "code": "K", "name": "K"}])
    company.put(ctx, Destination, [{"id": 1, "code": "D", "name": "D"}])
    company.put(ctx, Material, (
        {"id": n, "code": f"M{n:05}", "name": "Material", "material_class": "trim", "stock_uom": "pcs", "supplier_id": 1,
         "stock_step": Decimal(1), "purchase_uom": "pcs", "factor": Decimal(1), "moq": Decimal(500), "lead_days": 10}
        for n in range(1, materials + 1)
    ))  # fmt: skip
    company.put(
        ctx,
        Style,
        ({"id": n, "code": f"S{n:05}", "name": "Style", "size_run_id": 1} for n in range(1, styles + 1)),
    )
    company.put(ctx, StyleColor, ({"style_id": n, "color_id": 1} for n in range(1, styles + 1)))
    company.put(ctx, BomLine, (
        {"style_id": n, "position": i, "material_id": 1 + (n * 13 + i * 31) % materials, "uom": "pcs", "color_rule": "none",
         "consumption": Decimal("1.72"), "wastage_pct": Decimal(6)}
        for n in range(1, styles + 1) for i in range(each)
    ))  # fmt: skip
    due = [today + timedelta(days=40 + n * 140 // lines) for n in range(lines)]
    company.put(ctx, CustomerOrder, (
        {"id": n + 1, "number": f"SO-{n:05}", "state": "confirmed", "customer_id": 1, "customer_po": "", "currency": "USD",
         "order_date": today, "ship_date": due[n], "qty": 100, "created_at": ctx.now()} for n in range(lines)
    ))  # fmt: skip
    company.put(
        ctx,
        OrderStyle,
        ({"id": n + 1, "order_id": n + 1, "position": 0, "style_id": 1 + n % styles} for n in range(lines)),
    )
    company.put(ctx, OrderLine, (
        {"id": n + 1, "order_id": n + 1, "order_style_id": n + 1, "position": 0, "color_id": 1, "destination_id": 1,
         "ship_date": due[n], "price": Decimal(5), "qty": 100} for n in range(lines)
    ))  # fmt: skip
    company.put(
        ctx, OrderSize, ({"line_id": n + 1, "position": 0, "size_id": 1, "qty": 100} for n in range(lines))
    )


def open_work(ctx: Ctx) -> None:
    """What a company some years old ordered, has made and bought, without papers."""
    company.master_data(ctx)
    made = ({**row, "snapshot": None, "agreed_terms": None} for row in company.factory_orders(ctx))
    for model, rows in (
        (CustomerOrder, company.orders(ctx)), (OrderStyle, company.order_styles()), (OrderLine, company.order_lines()),
        (OrderSize, company.order_sizes()), (FactoryOrder, made), (FactoryOrderLine, company.fo_lines()),
        (FactoryOrderSize, company.fo_sizes()), (Demand, company.needs(ctx)), (DemandLine, company.need_lines()),
        (PurchaseOrder, company.purchases(ctx)), (PurchaseLine, company.purchase_lines()),
        (SupplyClaim, company.supply_claims()), (Receipt, company.receipts(ctx)), (ReceiptLine, company.receipt_lines()),
        (SupplyCame, company.supplies_came()),
    ):  # fmt: skip
        company.put(ctx, model, rows)


def plan(hub: Hub, tenant: TenantInfo) -> None:
    """Ask for a plan and carry it out."""
    with hub.context(tenant) as ctx:
        asked = {"scope": "all", "horizon_days": 182, "bucket": "week", "merge_days": 7}
        save_row(ctx, ctx.registry.get(RUN), None, asked)
    run_due(hub)
    with hub.context(tenant) as ctx:
        states = set(ctx.session.scalars(select(PlanningRun.state)))
        assert states <= {"done", "superseded"}, states


def _result(what: str, engine: str, timing: Timing, goal: str) -> Result:
    return Result(what, engine, timing.cpu, timing.wall, timing.best, goal)


def run(engine: str) -> Iterator[Result]:
    """The figures."""
    for lines, styles, materials, each, goal in (
        (1000, 1000, 2000, 5, "2 s"),
        (5000, 1000, 3000, 20, "20 s"),
    ):
        with fresh_hub(engine) as (hub, tenant):
            with hub.context(tenant) as ctx:
                ordered(ctx, lines, styles, materials, each)
            settle(hub, engine)
            what = f"a plan: {lines:,} order lines, {styles:,} styles of {each} materials, 26 weeks, kept"
            yield _result(what, engine, measure(lambda: plan(hub, tenant), calls=3, warm=0), goal)
    os.environ["HUB_TODAY"] = company.TODAY.isoformat()
    with fresh_hub(engine) as (hub, tenant):
        with hub.context(tenant) as ctx:
            open_work(ctx)
        settle(hub, engine)

        def late() -> Any:
            with hub.context(tenant, write=False) as ctx:
                number = ctx.session.scalars(
                    select(PurchaseOrder.number).where(PurchaseOrder.state == "issued").limit(1)
                ).one()
                return scenarios.play(ctx, [Assumed("late", document=number, days=21)], 180)

        timing = measure(late, calls=3, warm=1)
        yield _result(
            "what if a fabric is late: 300 open factory orders, 1,800 orders", engine, timing, "3 s"
        )
    del os.environ["HUB_TODAY"]
