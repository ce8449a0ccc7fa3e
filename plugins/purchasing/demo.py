"""Purchase orders and receipts of the demo tenant, brought in through the services that people use."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select

from core.api import Ctx, among, crud, numbering, run_action
from plugins.catalog.models import Color, Destination, Material, Partner, PaymentTerm, Style
from plugins.outsourcing.models import FactoryOrder
from plugins.purchasing.models import PurchaseLine, PurchaseOrder
from plugins.purchasing.services import lines, receiving
from plugins.purchasing.services.inputs import LineInput
from plugins.stock import stores

FOLDER = Path(__file__).parent / "demo"
ORDER, RECEIPT = "purchasing.order", "purchasing.receipt"
NOTES = {"main": ["bulk_lot", "packing_list"], "trim": ["no_partial"]}
REQUIRED = {"FO-2026-0001": "2026-11-01", "FO-2026-0002": "2026-11-20"}
"""When material should be in: forty days before the first ship date, as the schedule has it."""


class Codes:
    """Rows of master data by code."""

    def __init__(self, ctx: Ctx) -> None:
        self.ctx = ctx
        self.known: dict[type[Any], dict[str, Any]] = {}

    def get(self, model: type[Any], code: str, attr: str = "code") -> Any:
        """The row with this code; None for ``-``."""
        if code in ("", "-"):
            return None
        if model not in self.known:
            self.known[model] = {getattr(r, attr): r for r in self.ctx.session.scalars(select(model))}
        return self.known[model][code]


def load(ctx: Ctx, shift: int) -> None:
    """Seven issued orders and what came of them; every date moves by ``shift`` days. Twice is harmless.

    Needs the factory orders of the demo tenant.
    """
    if ctx.session.scalar(select(PurchaseOrder.id).limit(1)) is not None:
        return
    codes = Codes(ctx)
    rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in _read("purchase_orders.csv"):
        rows[row["po"]].append(row)
    for number, found in rows.items():
        _order(ctx, codes, number, found, shift)
    receipts: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in _read("receipts.csv"):
        receipts[row["receipt"]].append(row)
    for number, found in sorted(receipts.items(), key=lambda item: item[1][0]["date"]):
        _receipt(ctx, number, found, shift)
    _advance(ctx, {"PM": "po_main", "PT": "po_trim", "RC": "receipt"}, [*rows, *receipts])


def _order(ctx: Ctx, codes: Codes, number: str, rows: list[dict[str, str]], shift: int) -> None:
    first = rows[0]
    supplier = codes.get(Partner, first["supplier"])
    terms = codes.get(PaymentTerm, first["payment_terms"])
    factory_order = codes.get(FactoryOrder, first["factory_order"], "number")
    order = PurchaseOrder(
        number=number, material_class=first["class"], state="draft", supplier_id=supplier.id, supplier=supplier,
        currency="USD", terms_id=terms.id, terms=terms, note_codes=NOTES[first["class"]], notes="",
        order_date=_day(first["order_date"], shift), required_date=_day(REQUIRED[first["factory_order"]], shift),
        factory_order_id=factory_order.id, factory_order=factory_order, incoterm=supplier.incoterm or "",
        delivery_place="", tax_pct=Decimal(0), revision=0, total=Decimal(0), created_at=ctx.now(), lines=[],
    )  # fmt: skip
    ctx.session.add(order)
    crud.flush(ctx.session)
    crud.record_save(ctx, order, "create", is_new=True)
    lines.save(
        ctx, order,
        [
            LineInput(
                material=codes.get(Material, row["material"]), qty=Decimal(row["qty_purchase_uom"]),
                color=codes.get(Color, row["color_key"]), size="" if row["size_key"] == "-" else row["size_key"],
                destination=codes.get(Destination, row["dest_key"]), uom=row["purchase_uom"],
                price=Decimal(row["unit_price_usd"]),
                styles=[codes.get(Style, s) for s in row["related_styles"].split(";") if s != "-"],
            )
            for row in rows
        ],
    )  # fmt: skip
    order.issue_date = order.order_date
    run_action(ctx, ctx.registry.get(ORDER), order, "issue")


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
            ids[orders[row["po"]].id, int(row["po_line"])], Decimal(row["received_qty_purchase_uom"]),
            Decimal(row["rejected_qty_purchase_uom"]),
            reject_reason="shade" if Decimal(row["rejected_qty_purchase_uom"]) else "", note=row["note"],
        )
        for row in rows
    ]  # fmt: skip
    supplier = next(iter(orders.values())).supplier
    receipt = receiving.draft(
        ctx, supplier, stores.default(ctx), given, received_on=_day(rows[0]["date"], shift),
        delivery_note=f"DN-{number[3:]}", number=number, inspect=False,
    )  # fmt: skip
    run_action(ctx, ctx.registry.get(RECEIPT), receipt, "post")


def _advance(ctx: Ctx, series: dict[str, str], numbers: list[str]) -> None:
    last: dict[tuple[str, int], int] = defaultdict(int)
    for prefix, year_text, count in (number.split("-") for number in numbers):
        last[prefix, int(year_text)] = max(last[prefix, int(year_text)], int(count))
    for (prefix, year), used in last.items():
        numbering.advance(ctx, series[prefix], year, used)


def _read(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))


def _day(raw: str, shift: int) -> date:
    return date.fromisoformat(raw) + timedelta(days=shift)
