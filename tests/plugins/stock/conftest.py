"""Two stores, two materials, a style with stock, a customer order; stock comes straight through the ledger."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core import ledger
from core.api import Ctx, EntityRef
from core.entities import crud
from core.entities.recording import flush_rows
from core.testing.scenes import stage
from plugins.catalog.models import Color, Material, Partner, Size, Style
from plugins.orders.models import CustomerOrder
from plugins.stock.models import Store
from plugins.stock.models.documents import StockDocument
from tests.plugins.outsourcing.conftest import catalogue, do, sold

D = Decimal
TODAY = date(2026, 11, 23)
SUPPLIER, FACTORY = ledger.Place("supplier", 1), ledger.Place("factory", 1, EntityRef("outsourcing.order", 1))


def one(ctx: Ctx, model: type[Any], code: str) -> Any:
    """The row with this code."""
    return ctx.session.scalars(select(model).where(model.code == code)).one()


def fabric(ctx: Ctx, color: str = "NVY", lot: str = "") -> ledger.Item:
    """FAB, kept by colour."""
    return ledger.Item("material", one(ctx, Material, "FAB").id, one(ctx, Color, color).id, lot=lot)


def thread(ctx: Ctx) -> ledger.Item:
    """THR, one for all."""
    return ledger.Item("material", one(ctx, Material, "THR").id)


def shirt(ctx: Ctx, size: str = "S", color: str = "NVY", lot: str = "") -> ledger.Item:
    """ST-1 in a colour and size."""
    style = one(ctx, Style, "ST-1")
    size_id = ctx.session.scalars(
        select(Size.id).where(Size.size_run_id == style.size_run_id, Size.code == size)
    ).one()
    return ledger.Item("garment", style.id, one(ctx, Color, color).id, size_id, lot=lot)


def store(ctx: Ctx, code: str = "MAIN") -> ledger.Place:
    """A store as place."""
    return ledger.Place("store", one(ctx, Store, code).id)


def put(
    ctx: Ctx, item: ledger.Item, qty: str, on: date = TODAY, kind: str = "receipt", at: ledger.Place | None = None,
    source: ledger.Place = SUPPLIER, **more: Any,
) -> None:  # fmt: skip
    """A quantity arrives (in MAIN unless told otherwise)."""
    move = ledger.Move(kind, item, source, at or store(ctx), D(qty), **more)
    ledger.post(ctx, [move], entity="test.in", entity_id=1, on=on)


def take(
    ctx: Ctx,
    item: ledger.Item,
    qty: str,
    on: date = TODAY,
    kind: str = "issue",
    target: ledger.Place = FACTORY,
) -> None:
    """A quantity leaves MAIN."""
    ledger.post(
        ctx, [ledger.Move(kind, item, store(ctx), target, D(qty))], entity="test.out", entity_id=1, on=on
    )


def paper(ctx: Ctx, kind: str, *lines: dict[str, Any], **data: Any) -> StockDocument:
    """A draft, as the form makes it."""
    given = [{**line, "qty": D(line["qty"]) if line.get("qty") is not None else None} for line in lines]
    row: StockDocument = crud.save_row(
        ctx,
        ctx.registry.get("stock.document"),
        None,
        {"kind": kind, "day": TODAY, **data},
        {"lines": given},
    )
    return row


def fab(ctx: Ctx, qty: str | None, color: str = "NVY", **more: Any) -> dict[str, Any]:
    """A line of FAB."""
    return {"material": one(ctx, Material, "FAB"), "color": one(ctx, Color, color), "qty": qty, **more}


def st(ctx: Ctx, qty: str | None, size: str = "S", color: str = "NVY", **more: Any) -> dict[str, Any]:
    """A line of ST-1."""
    return {
        "style": one(ctx, Style, "ST-1"),
        "color": one(ctx, Color, color),
        "size": size,
        "qty": qty,
        **more,
    }


def held(ctx: Ctx, item: ledger.Item, kind: str = "store", on: date | None = None) -> Decimal:
    """What is in all places of a kind."""
    return sum((q for q in ledger.balances(ctx, items=[item], place_kinds=[kind], on=on).values()), D(0))


@stage
def depot(ctx: Ctx) -> Ctx:
    """The system's context with catalogue, stores MAIN and EAST, FAB (yd, by colour, safety 50), THR (cones)."""
    catalogue(ctx)
    ctx.session.add(Store(code="EAST", name="East", names=None, address="", is_default=False, active=True))
    for code, data in {
        "FAB": {
            "material_class": "main",
            "stock_uom": "yd",
            "by_color": True,
            "safety_stock": D(50),
            "step": "0.01",
        },
        "THR": {"material_class": "trim", "stock_uom": "cone", "safety_stock": D(0), "step": "1"},
    }.items():
        step = D(str(data.pop("step")))
        uom = data["stock_uom"]
        ctx.session.add(
            Material(
                code=code, name=f"Material {code}", purchase_uom=uom, factor=D(1), stock_step=step, **data
            )
        )
    flush_rows(ctx.session)
    return ctx


@stage
def so(depot: Ctx) -> CustomerOrder:
    """Confirmed: ST-1 navy 100 S, 50 M to the US, 20 S to Germany."""
    return sold(
        depot,
        ("ST-1", "NVY", "US-LAX", {"S": 100, "M": 50}),
        ("ST-1", "NVY", "DE-HAM", {"S": 20}),
    )


def ship(ctx: Ctx, order: CustomerOrder, size: str, qty: int) -> None:
    """Ship pieces of the first line that has the size."""
    from plugins.catalog.models import Destination
    from plugins.shipping.services import shipping_lines

    entity = ctx.registry.get("shipping.shipment")
    row = crud.save_row(
        ctx,
        entity,
        None,
        {"customer_order": order, "destination": one(ctx, Destination, "US-LAX"), "day": TODAY},
    )
    line = next(x for x in shipping_lines.order_lines(ctx, order.id, row.destination_id))
    shipping_lines.save(
        ctx, row, {(line.id, next(s.size_id for s in line.sizes if s.size.code == size)): qty}
    )
    do(ctx, row, "confirm")
    do(ctx, row, "ship")


def customer(ctx: Ctx) -> ledger.Place:
    """C1 as place."""
    return ledger.Place("customer", one(ctx, Partner, "C1").id)
