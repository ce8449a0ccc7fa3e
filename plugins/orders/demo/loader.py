"""The orders of the demo tenant, with their own numbers, confirmed."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

from core.api import Ctx, record_save, run_action
from core.db import flush_rows
from plugins.catalog.api import Partner
from plugins.orders.models import CustomerOrder
from plugins.orders.services import lines
from plugins.orders.services.inputs import LineInput

FOLDER = Path(__file__).parent


def load(ctx: Ctx, shift: int) -> None:
    """Orders of orders.csv with the lines of order_sizes.csv; every date moves by ``shift`` days. Twice is harmless.

    Terms come from the customer. Needs the catalog's demo data.
    """
    from sqlalchemy import select

    entity = ctx.registry.get(lines.ENTITY)
    if ctx.session.scalar(select(CustomerOrder.id).limit(1)) is not None:
        return
    customers = {p.code: p for p in ctx.session.scalars(select(Partner).where(Partner.is_customer))}
    typed = _lines(shift)
    for row in _read("orders.csv"):
        customer = customers[row["customer"]]
        order = CustomerOrder(
            number=row["so"], state="draft", customer_id=customer.id, customer=customer, customer_po=row["customer_po"],
            currency=row["currency"], incoterm=row["incoterm"], terms_id=customer.terms_id,
            order_date=_day(row["order_date"], shift), created_at=ctx.now(),
        )  # fmt: skip
        ctx.session.add(order)
        flush_rows(ctx.session)
        record_save(ctx, order, "create", is_new=True)
        lines.save_lines(ctx, order, typed[row["so"]])
        run_action(ctx, entity, order, "confirm")
        order.confirmed_on = order.order_date


def _lines(shift: int) -> dict[str, list[LineInput]]:
    cells: dict[tuple[str, ...], list[tuple[str, str]]] = defaultdict(list)
    for row in _read("order_sizes.csv"):
        place = (
            row["so"],
            row["style"],
            row["color"],
            row["destination"],
            row["ship_date"],
            row["unit_price_usd"],
        )
        cells[place].append((row["size"], row["qty"]))
    found: dict[str, list[LineInput]] = defaultdict(list)
    for (so, style, color, destination, day, price), sizes in cells.items():
        found[so].append(
            LineInput(
                style,
                color,
                destination,
                _day(day, shift),
                price,
                tuple(sizes),
                name=f"lines-{len(found[so])}",
            )
        )
    return found


def _read(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))


def _day(raw: str, shift: int) -> date:
    return date.fromisoformat(raw) + timedelta(days=shift)
