"""Receipts of the demo tenant, brought in through the services that people use."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select

from core.api import Ctx, advance_series, run_action
from core.db import among
from plugins.purchasing.api import PurchaseLine, PurchaseOrder
from plugins.receiving.models import Receipt
from plugins.receiving.services import receiving
from plugins.receiving.words import RECEIPT
from plugins.stock.api import stores

FOLDER = Path(__file__).parent


def load(ctx: Ctx, shift: int) -> None:
    """What came of the demo tenant's purchase orders, in the order of its days; every date moves by ``shift`` days. Twice
    is harmless."""
    if ctx.session.scalar(select(Receipt.id).limit(1)) is not None:
        return
    receipts: dict[str, list[dict[str, str]]] = defaultdict(list)
    with (FOLDER / "receipts.csv").open(encoding="utf-8-sig", newline="") as source:
        for row in csv.DictReader(source):
            receipts[row["receipt"]].append(row)
    used: dict[int, int] = {}
    for number, found in sorted(receipts.items(), key=lambda item: item[1][0]["date"]):
        _receipt(ctx, number, found, shift)
        year, count = (int(part) for part in number.split("-")[1:])
        used[year] = max(count, used.get(year, 0))
    for year, count in used.items():
        advance_series(ctx, "receipt", year, count)


def _receipt(ctx: Ctx, number: str, rows: list[dict[str, str]], shift: int) -> None:
    orders = {
        o.number: o
        for o in ctx.session.scalars(
            select(PurchaseOrder).where(PurchaseOrder.number.in_({r["po"] for r in rows}))
        )
    }
    ids = {
        (line.order_id, line.position): line.id
        for line in ctx.session.scalars(
            select(PurchaseLine).where(among(PurchaseLine.order_id, [o.id for o in orders.values()]))
        )
    }
    given = [
        receiving.Received(
            ids[orders[row["po"]].id, int(row["po_line"])],
            Decimal(row["received_qty_purchase_uom"]),
            Decimal(row["rejected_qty_purchase_uom"]),
            reject_reason="shade" if Decimal(row["rejected_qty_purchase_uom"]) else "",
            note=row["note"],
        )
        for row in rows
    ]
    supplier = next(iter(orders.values())).supplier
    receipt = receiving.draft(
        ctx, supplier, stores.default(ctx), given,
        received_on=date.fromisoformat(rows[0]["date"]) + timedelta(days=shift), delivery_note=f"DN-{number[3:]}",
        number=number, inspect=False,
    )  # fmt: skip
    run_action(ctx, ctx.registry.get(RECEIPT), receipt, "post")
