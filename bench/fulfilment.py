"""The goods of a customer order of 500 lines × 6 sizes from 20 vendors: its sheet opened over the web stack and posted, and how
far the order is."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import partial

from bench.common import Result, Timing, browser, fresh_hub, measure, settle
from core.api import Ctx, get_row, run_action, save_row
from core.base_api import TenantInfo
from core.kernel import accounts
from core.kernel.hub import Hub
from plugins.catalog.models import Color, Destination, Partner, Size, SizeRun, Style
from plugins.fulfilment.models import Allocation
from plugins.fulfilment.services import progress, rows
from plugins.fulfilment.words import SHEET
from plugins.orders.models import CustomerOrder, OrderLine, OrderSize, OrderStyle
from plugins.purchasing.models import PurchaseLine, PurchaseOrder
from plugins.stock.api import stores

VENDORS, STYLES, COLORS, SIZES, PIECES = 20, 100, 5, 6, 10
DAY, ONE = date(2026, 11, 2), Decimal(1)
CLERK = "clock@example.org"
_tags = itertools.count(1)


def sold(ctx: Ctx) -> int:
    """A confirmed order of every style in every colour, bought from the vendors in turn; its id."""
    tag = next(_tags)
    run = SizeRun(code=f"R{tag}", name="R", sizes=[Size(code=f"S{i}", position=i) for i in range(SIZES)])
    people = [
        Partner(code=f"V{tag}-{i}", name=f"Vendor {i}", is_supplier=True, currency="USD")
        for i in range(VENDORS)
    ]
    buyer = Partner(code=f"B{tag}", name="Buyer", is_customer=True, currency="USD")
    colors = [Color(code=f"C{tag}-{i}", name=f"Colour {i}") for i in range(COLORS)]
    place = Destination(code=f"D{tag}", name="Harbour")
    ctx.session.add_all([run, *people, buyer, *colors, place])
    ctx.session.flush()
    styles = [Style(code=f"ST{tag}-{i:03}", name=f"Style {i}", size_run_id=run.id) for i in range(STYLES)]
    order = CustomerOrder(
        number=f"T-{tag}", state="confirmed", customer_id=buyer.id, currency="USD", order_date=DAY, ship_date=DAY,
        qty=STYLES * COLORS * SIZES * PIECES, created_at=ctx.now(),
    )  # fmt: skip
    ctx.session.add_all([*styles, order])
    ctx.session.flush()
    pos = [
        PurchaseOrder(number=f"PG-{tag}-{i}", material_class="goods", state="issued", supplier_id=who.id, currency="USD",
                      order_date=DAY, created_at=ctx.now())
        for i, who in enumerate(people)
    ]  # fmt: skip
    mine = [OrderStyle(order_id=order.id, position=i, style_id=style.id) for i, style in enumerate(styles)]
    ctx.session.add_all([*pos, *mine])
    ctx.session.flush()
    lines = [
        OrderLine(order_id=order.id, order_style_id=each.id, position=n, color_id=color.id, destination_id=place.id,
                  ship_date=DAY, price=Decimal("6.50"), qty=SIZES * PIECES,
                  sizes=[OrderSize(position=i, size_id=size.id, qty=PIECES) for i, size in enumerate(run.sizes)])
        for n, (each, color) in enumerate(itertools.product(mine, colors))
    ]  # fmt: skip
    ctx.session.add_all(lines)
    ctx.session.flush()
    qty = Decimal(PIECES)
    bought = [
        PurchaseLine(order_id=pos[n // COLORS % VENDORS].id, position=n, style_id=styles[n // COLORS].id,
                     color_id=line.color_id, size_id=size.size_id, destination_id=place.id, qty=qty, uom="pcs",
                     factor=ONE, stock_uom="pcs",
                     stock_qty=qty, price=Decimal("4.20"), amount=Decimal(42), max_qty=qty, close_qty=qty)
        for n, line in enumerate(lines) for size in line.sizes
    ]  # fmt: skip
    ctx.session.add_all(bought)
    ctx.session.flush()
    cells = [(line, size) for line in lines for size in line.sizes]
    ctx.session.add_all(
        Allocation(order_line_id=line.id, size_id=size.size_id, purchase_line_id=to.id, qty=PIECES)
        for (line, size), to in zip(cells, bought, strict=True)
    )
    return order.id


def sheet_of(ctx: Ctx, order_id: int) -> int:
    """A draft with everything that is left of an order."""
    order = get_row(ctx, ctx.registry.get("orders.order"), order_id)
    entity = ctx.registry.get(SHEET)
    sheet = save_row(
        ctx,
        entity,
        None,
        {"customer_order": order, "place": "ours", "store": stores.default(ctx), "day": DAY},
    )
    lines = [
        {"order": row.order, "line": row.position + 1, "purchase_order": row.po,
         "sizes": [{"size": f"S{i}", "received": str(PIECES)} for i in range(SIZES)]}
        for row in rows.of_orders(ctx, [order_id])
    ]  # fmt: skip
    run_action(ctx, entity, sheet, "lines", {"lines": lines})
    return int(sheet.id)


def posted(hub: Hub, tenant: TenantInfo, runs: int) -> Timing:
    """Posting a sheet of a whole order, each of its own, transaction and commit included."""
    waiting = []
    for _ in range(runs):
        with hub.context(tenant) as ctx:
            order_id = sold(ctx)
        with hub.context(tenant) as ctx:
            waiting.append(sheet_of(ctx, order_id))

    def post() -> None:
        with hub.context(tenant) as ctx:
            entity = ctx.registry.get(SHEET)
            run_action(ctx, entity, get_row(ctx, entity, waiting.pop()), "post")

    return measure(post, calls=runs - 1, warm=1)


def _far(hub: Hub, tenant: TenantInfo, order_id: int) -> None:
    with hub.context(tenant) as ctx:
        found = rows.of_orders(ctx, [order_id])
        assert len(progress.by_vendor(found)) == VENDORS


def run(engine: str) -> Iterator[Result]:
    """The figures of one engine, as they are measured."""
    os.environ.setdefault("HUB_TODAY", "2026-11-23")
    what = f"customer order of {STYLES * COLORS} lines × {SIZES} sizes, {VENDORS} vendors"
    with fresh_hub(engine) as (hub, tenant):
        accounts.create_user(hub, CLERK, "Bench", locale="en")
        accounts.add_member(hub, tenant, CLERK, ["admin"])
        with hub.context(tenant) as ctx:
            order_id = sold(ctx)
        with hub.context(tenant) as ctx:
            sheet_id = sheet_of(ctx, order_id)
        settle(hub, engine)
        client = browser(hub, tenant, CLERK)
        for label, address, aim in (
            ("fulfilment sheet opens", f"/fulfilment/sheet/{sheet_id}/lines", "300 ms"),
            ("page of its progress", f"/fulfilment/progress/{order_id}", ""),
        ):
            assert client.get(address).status_code == 200
            timing = measure(partial(client.get, address), calls=7)
            yield Result(f"{what}: {label}", engine, *timing, aim)
        yield Result(
            f"{what}: rates by vendor", engine, *measure(lambda: _far(hub, tenant, order_id), calls=7), ""
        )
        yield Result(f"{what}: fulfilment sheet posts", engine, *posted(hub, tenant, 4), "1 s")
