"""What a claim concerns: its purchase order and line, or its factory order, order style and shipment, checked together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.api import Ctx, Problem, T
from core.db import among
from plugins.catalog.api import Color, Material, Partner
from plugins.claims.models import Claim
from plugins.orders.api import CustomerOrder, OrderStyle
from plugins.outsourcing.api import FactoryOrder, FactoryOrderLine, FactoryOrderSize
from plugins.purchasing.api import PurchaseLine, PurchaseOrder
from plugins.shipping.api import Shipment, ShipmentLine

OF_KIND = {
    "material": ("purchase_order", "line_no", "lot"),
    "garment": ("factory_order", "order_style", "color", "shipment"),
}
"""Fields that only a claim of this kind has. The colour of a material claim follows from its line."""
BOUGHT = ("issued", "closed")
GIVEN_OUT = ("issued", "in_production", "completed", "closed")


@dataclass
class Links:
    """What was found; the rest follows from it."""

    partner: Partner | None = None
    line: PurchaseLine | None = None
    material: Material | None = None
    color: Color | None = None
    work: OrderStyle | None = None
    customer_order: CustomerOrder | None = None
    uom: str = ""
    currency: str | None = None


def find_links(
    ctx: Ctx, kind: str, given: Mapping[str, Any], *, quick: bool = False
) -> tuple[Links, list[Problem]]:
    """The links of a claim and everything that is wrong with them, each where it was typed.

    The order is always needed; a ``quick`` claim may do without its line or style, otherwise they are asked for where the
    order has several. A shipment carries the style (in that colour) of the customer order.
    """
    other = "garment" if kind == "material" else "material"
    problems = [
        Problem(T("Only a claim of the other kind has this."), name)
        for name in OF_KIND[other]
        if given.get(name) and not (kind == "material" and name == "color")
    ]
    found = Links()
    if kind == "material":
        problems += _material(ctx, found, given, quick)
    else:
        problems += _garment(ctx, found, given, quick)
    return found, problems


def _material(ctx: Ctx, found: Links, given: Mapping[str, Any], quick: bool) -> list[Problem]:
    order: PurchaseOrder | None = given.get("purchase_order")
    if order is None:
        return [Problem(T("A material claim needs its purchase order."), "purchase_order")]
    if order.state not in BOUGHT:
        return [
            Problem(
                T("{number} was never issued: nothing came from it.", number=order.number), "purchase_order"
            )
        ]
    found.partner, found.currency = order.supplier, order.currency
    lines, number = lines_of(ctx, order), given.get("line_no")
    if number is None and len(lines) == 1:
        number = lines[0].position
    if number is None:
        if quick:
            return []
        return [
            Problem(T("Which line of {number}? It has {n}.", number=order.number, n=len(lines)), "line_no")
        ]
    found.line = next((line for line in lines if line.position == number), None)
    if found.line is None:
        return [Problem(T("{number} has no line {line}.", number=order.number, line=number), "line_no")]
    found.material, found.color, found.uom = found.line.material, found.line.color, found.line.uom
    return []


def _garment(ctx: Ctx, found: Links, given: Mapping[str, Any], quick: bool) -> list[Problem]:
    order: FactoryOrder | None = given.get("factory_order")
    if order is None:
        return [Problem(T("A garment claim needs its factory order."), "factory_order")]
    if order.state not in GIVEN_OUT:
        return [
            Problem(
                T("{number} was never issued: nothing was made from it.", number=order.number),
                "factory_order",
            )
        ]
    found.partner, found.currency, found.uom = order.factory, order.currency, "pcs"
    works, text = works_of(ctx, order), str(given.get("order_style") or "").strip().upper()
    if not text and len(works) == 1:
        text = works[0][0]
    if not text:
        problems = (
            []
            if quick
            else [Problem(T("Which order and style of {number}?", number=order.number), "order_style")]
        )
        if given.get("shipment") is not None:
            problems += _shipment(ctx, order, found, given["shipment"], None)
        return problems
    matches = [w for w in works if text in (w[0], w[0].split("/")[1])]
    if len(matches) != 1:
        return [
            Problem(T("{number} does not make “{style}”. Write it as SO-26001/ST-2601.", number=order.number, style=text)
                    if not matches else
                    T("{number} makes {style} for several orders. Write it as SO-26001/ST-2601.", number=order.number,
                      style=text), "order_style")
        ]  # fmt: skip
    _label, found.work, found.customer_order, line_ids = matches[0]
    problems = []
    color: Color | None = given.get("color")
    if color is not None:
        made = ctx.session.scalar(
            select(FactoryOrderSize.id)
            .where(among(FactoryOrderSize.line_id, line_ids), FactoryOrderSize.color_id == color.id)
            .limit(1)
        )
        if made is None:
            problems.append(
                Problem(T("{number} does not make {style} in {color}.", number=order.number, style=found.work.style.code,
                          color=color.code), "color")
            )  # fmt: skip
        found.color = color
    if given.get("shipment") is not None:
        problems += _shipment(ctx, order, found, given["shipment"], color)
    return problems


def _shipment(
    ctx: Ctx, order: FactoryOrder, found: Links, shipment: Shipment, color: Color | None
) -> list[Problem]:
    """Does the shipment carry it? Without a style: anything of the factory order."""
    line, making = ShipmentLine, FactoryOrderLine
    query = (
        select(line.id)
        .join(
            making,
            (making.style_id == line.style_id)
            & (making.customer_order_id == shipment.customer_order_id)
            & (making.tenant_id == line.tenant_id),
        )
        .where(line.shipment_id == shipment.id, making.order_id == order.id)
        .limit(1)
    )
    if found.work is not None:
        query = query.where(making.order_style_id == found.work.id)
    if color is not None:
        query = query.where(line.color_id == color.id)
    if ctx.session.scalar(query) is not None:
        return []
    return [Problem(T("{shipment} carries nothing of this.", shipment=shipment.number), "shipment")]


def lines_of(ctx: Ctx, order: PurchaseOrder) -> list[PurchaseLine]:
    """The lines of a purchase order with material and colour. Three queries."""
    return list(
        ctx.session.scalars(
            select(PurchaseLine)
            .where(PurchaseLine.order_id == order.id)
            .order_by(PurchaseLine.position)
            .options(selectinload(PurchaseLine.material), selectinload(PurchaseLine.color))
        )
    )


def works_of(ctx: Ctx, order: FactoryOrder) -> list[tuple[str, OrderStyle, CustomerOrder, list[int]]]:
    """Order styles that a factory order makes: (``SO-26001/ST-2601``, style of the order, order, ids of the lines)."""
    rows = ctx.session.scalars(
        select(FactoryOrderLine)
        .where(FactoryOrderLine.order_id == order.id)
        .order_by(FactoryOrderLine.position)
        .options(
            selectinload(FactoryOrderLine.order_style).selectinload(OrderStyle.style),
            selectinload(FactoryOrderLine.customer_order),
        )
    )
    found: dict[int, tuple[str, OrderStyle, CustomerOrder, list[int]]] = {}
    for row in rows:
        label = f"{row.customer_order.number}/{row.order_style.style.code}"
        entry = found.setdefault(row.order_style_id, (label, row.order_style, row.customer_order, []))
        entry[3].append(row.id)
    return list(found.values())


def apply(row: Claim, found: Links) -> None:
    """Put what was found on the claim."""
    pairs = {
        "partner": found.partner, "purchase_line": found.line, "material": found.material, "color": found.color,
        "work": found.work, "customer_order": found.customer_order,
        "style": found.work.style if found.work is not None else None,
    }  # fmt: skip
    for name, value in pairs.items():
        setattr(row, f"{name}_id", value.id if value is not None else None)
        setattr(row, name, value)
    row.uom = found.uom
