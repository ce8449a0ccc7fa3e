"""The demo tenant's shipment, brought in through the services that people use."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select

from core.api import Ctx, advance_series, run_action
from plugins.catalog.api import Destination
from plugins.orders.api import CustomerOrder
from plugins.shipping.models import Shipment
from plugins.shipping.services import shipping_lines
from plugins.stock.api import stamps, stores

FILE = Path(__file__).parent / "shipments.csv"
Rows = list[dict[str, str]]


def load(ctx: Ctx, shift: int) -> None:
    """Every shipment of pieces that came in before; dates move by ``shift`` days. Twice is harmless.

    Needs the demo tenant's goods in: without them (stock at factories is off) nothing can be shipped.
    """
    if ctx.session.scalar(select(Shipment.id).limit(1)) is not None or "factory_stock" not in ctx.enabled:
        return
    with FILE.open(encoding="utf-8-sig", newline="") as source:
        papers: dict[tuple[str, str], Rows] = defaultdict(list)
        for row in csv.DictReader(source):
            papers[row["date"], row["doc"]].append(row)
    for (raw, number), lines in sorted(papers.items()):
        _shipment(ctx, number, date.fromisoformat(raw) + timedelta(days=shift), lines)
        year, count = (int(part) for part in number.split("-")[1:])
        advance_series(ctx, "shipment", year, count)


def _shipment(ctx: Ctx, number: str, day: date, lines: Rows) -> None:
    store = stores.default(ctx)
    sold = ctx.session.scalars(select(CustomerOrder).where(CustomerOrder.number == lines[0]["so"])).one()
    place = ctx.session.scalars(select(Destination).where(Destination.code == lines[0]["destination"])).one()
    row = Shipment(
        number=number, state="draft", customer_order_id=sold.id, customer_order=sold, destination_id=place.id,
        destination=place, store_id=store.id, store=store, day=day, mode="air", vessel="CI-0006", container="",
        invoice_no="", marks="", notes=lines[0]["note"], lines=[],
    )  # fmt: skip
    entity = stamps.start(ctx, row)
    by_code = {
        (each.line.order_style.style.code, each.line.color.code): each
        for each in shipping_lines.sheet(ctx, row)
    }
    typed = {}
    for item in lines:
        line = by_code[item["style"], item["color"]].line
        size = next(s for s in line.sizes if s.size.code == item["size"])
        typed[line.id, size.size_id] = int(item["qty"])
    shipping_lines.save(ctx, row, typed)
    for action in ("confirm", "ship"):
        run_action(ctx, entity, row, action)
