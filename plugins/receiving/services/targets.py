"""Order lines as receiving needs them: plain values, read in bulk."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import select

from core.api import Ctx, T
from core.db import among
from plugins.catalog.api import Color, Destination, Material, Size
from plugins.purchasing.api import PurchaseLine, PurchaseOrder, quantities


class Target(NamedTuple):
    """An order line as receiving needs it: plain values."""

    id: int
    order_id: int
    number: str
    state: str
    supplier_id: int
    currency: str
    position: int
    qty: Decimal
    uom: str
    factor: Decimal
    stock_uom: str
    stock_step: Decimal
    max_qty: Decimal
    close_qty: Decimal
    short_closed: bool
    price: Decimal | None
    material_id: int
    material: str
    color_id: int | None
    color: str | None
    size_id: int | None
    size: str | None
    destination_id: int | None
    destination: str | None
    gsm: Decimal | None
    width_in: Decimal | None

    @property
    def label(self) -> str:
        """``PM-2026-0001/2 FAB-SJ160 WHT``."""
        parts = (self.material, self.color, self.size, self.destination)
        return f"{self.number}/{self.position} " + " ".join(p for p in parts if p)


def of_lines(ctx: Ctx, line_ids: Iterable[int]) -> dict[int, Target]:
    """Order lines by id; one query."""
    line, po, m = PurchaseLine, PurchaseOrder, Material
    rows = ctx.session.execute(
        select(
            line.id, po.id, po.number, po.state, po.supplier_id, po.currency, line.position, line.qty, line.uom,
            line.factor, line.stock_uom, m.stock_step, line.max_qty, line.close_qty, line.short_closed, line.price,
            m.id, m.code, line.color_id, Color.code, line.size_id, Size.code, line.destination_id, Destination.code,
            m.gsm, m.width_in,
        )
        .join(po, (po.id == line.order_id) & (po.tenant_id == line.tenant_id))
        .join(m, (m.id == line.material_id) & (m.tenant_id == line.tenant_id))
        .outerjoin(Color, (Color.id == line.color_id) & (Color.tenant_id == line.tenant_id))
        .outerjoin(Size, (Size.id == line.size_id) & (Size.tenant_id == line.tenant_id))
        .outerjoin(Destination, (Destination.id == line.destination_id) & (Destination.tenant_id == line.tenant_id))
        .where(among(line.id, line_ids))
    )  # fmt: skip
    return {row[0]: Target._make(row) for row in rows}


def named(ctx: Ctx, order_ids: Iterable[int]) -> dict[tuple[str, int], int]:
    """The ids of the lines of these orders by what people call them: order number and position; one query."""
    line, po = PurchaseLine, PurchaseOrder
    rows = ctx.session.execute(
        select(po.number, line.position, line.id)
        .join(po, (po.id == line.order_id) & (po.tenant_id == line.tenant_id))
        .where(among(po.id, order_ids))
    )
    return {(number.upper(), position): line_id for number, position, line_id in rows}


def closed_reason(target: Target) -> Any:
    """Why nothing can be received against a line, or None."""
    if target.state == "draft":
        return T("{number} is not issued yet.", number=target.number)
    if target.state != "issued":
        return T(
            "{number} is {state}.",
            number=target.number,
            state=T("Closed") if target.state == "closed" else T("Cancelled"),
        )
    if target.short_closed:
        return T("{line} is short-closed.", line=target.label)
    return None


def stock_grain(target: Target) -> Decimal:
    """Finest stock quantity that can be measured."""
    return min(target.stock_step, quantities.step(target.stock_uom, weighed=True))
