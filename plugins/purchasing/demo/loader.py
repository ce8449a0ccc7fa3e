"""Purchase orders of the demo tenant, brought in through the services that people use."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select

from core.api import Ctx, EntityName, advance_series, record_save, run_action
from core.db import flush_rows
from plugins.catalog.api import Color, Destination, Material, Partner, PaymentTerm, Style
from plugins.purchasing.models import PurchaseOrder
from plugins.purchasing.services import lines, purposes
from plugins.purchasing.services.inputs import LineInput

FOLDER = Path(__file__).parent
ORDER = EntityName("purchasing.order")
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
    """Seven issued orders; every date moves by ``shift`` days. Twice is harmless.

    They are made for factory orders of the demo tenant, where it buys by need.
    """
    if ctx.session.scalar(select(PurchaseOrder.id).limit(1)) is not None:
        return
    codes = Codes(ctx)
    rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in _read("purchase_orders.csv"):
        rows[row["po"]].append(row)
    for number, found in rows.items():
        _order(ctx, codes, number, found, shift)
    _advance(ctx, {"PM": "po_main", "PT": "po_trim"}, rows)


def _order(ctx: Ctx, codes: Codes, number: str, rows: list[dict[str, str]], shift: int) -> None:
    first = rows[0]
    supplier = codes.get(Partner, first["supplier"])
    terms = codes.get(PaymentTerm, first["payment_terms"])
    made_for = purposes.called(ctx, [first["factory_order"]]).get(first["factory_order"])
    order = PurchaseOrder(
        number=number, material_class=first["class"], state="draft", supplier_id=supplier.id, supplier=supplier,
        currency="USD", terms_id=terms.id, terms=terms, note_codes=NOTES[first["class"]], notes="",
        order_date=_day(first["order_date"], shift), required_date=_day(REQUIRED[first["factory_order"]], shift),
        made_for=first["factory_order"] if made_for else "", made_for_entity=made_for.entity if made_for else "",
        made_for_id=made_for.id if made_for else 0, incoterm=supplier.incoterm or "",
        delivery_place="", tax_pct=Decimal(0), revision=0, total=Decimal(0), created_at=ctx.now(), lines=[],
    )  # fmt: skip
    ctx.session.add(order)
    flush_rows(ctx.session)
    record_save(ctx, order, "create", is_new=True)
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


def _advance(ctx: Ctx, series: dict[str, str], numbers: Iterable[str]) -> None:
    last: dict[tuple[str, int], int] = defaultdict(int)
    for prefix, year_text, count in (number.split("-") for number in numbers):
        last[prefix, int(year_text)] = max(last[prefix, int(year_text)], int(count))
    for (prefix, year), used in last.items():
        advance_series(ctx, series[prefix], year, used)


def _read(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))


def _day(raw: str, shift: int) -> date:
    return date.fromisoformat(raw) + timedelta(days=shift)
