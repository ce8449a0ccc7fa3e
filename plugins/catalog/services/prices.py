"""Price lists: what a factory, a supplier and a vendor of finished goods ask on a day and for a quantity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from core.api import Ctx
from core.db import among
from plugins.catalog.models import FactoryPrice, GoodsPrice, Partner, SupplierPrice


def best(rows: Iterable[Any], qty: Decimal | int, on: date) -> Any | None:
    """The row that counts for ``qty`` on a day, or None.

    Of the rows valid on that day whose quantity break is reached, the newest ``valid_from`` wins, and among those of
    the same day the highest break.
    """
    fitting = [
        r
        for r in rows
        if r.valid_from <= on and (r.valid_to is None or r.valid_to >= on) and r.min_qty <= qty
    ]
    return max(fitting, key=lambda r: (r.valid_from, r.min_qty), default=None)


def factory_prices(
    ctx: Ctx, factory_id: int, currency: str, quantities: Mapping[int, int], on: date, *, process: str = ""
) -> dict[int, Decimal]:
    """Price per piece for several styles at once: ``quantities`` is style id → pieces on the whole factory order.

    ``process`` defaults to the factory's way of working (CMT or FOB). Styles without a price are left out.
    Two queries however many styles.
    """
    if not quantities:
        return {}
    if not process:
        process = ctx.session.scalar(select(Partner.mode).where(Partner.id == factory_id)) or "CMT"
    rows = ctx.session.scalars(
        select(FactoryPrice).where(
            FactoryPrice.factory_id == factory_id,
            among(FactoryPrice.style_id, quantities),
            FactoryPrice.process == process,
            FactoryPrice.currency == currency,
            FactoryPrice.valid_from <= on,
            or_(FactoryPrice.valid_to.is_(None), FactoryPrice.valid_to >= on),
        )
    )
    by_style: dict[int, list[FactoryPrice]] = {}
    for row in rows:
        by_style.setdefault(row.style_id, []).append(row)
    found = {style_id: best(by_style.get(style_id, ()), qty, on) for style_id, qty in quantities.items()}
    return {style_id: row.price for style_id, row in found.items() if row is not None}


def factory_price(
    ctx: Ctx, factory_id: int, style_id: int, currency: str, qty: int, on: date, *, process: str = ""
) -> Decimal | None:
    """Price per piece of one style for ``qty`` pieces, or None where none is agreed."""
    return factory_prices(ctx, factory_id, currency, {style_id: qty}, on, process=process).get(style_id)


def supplier_prices(
    ctx: Ctx, supplier_id: int, currency: str, quantities: Mapping[int, Decimal], on: date
) -> dict[int, Decimal]:
    """Price per purchase unit for several materials: ``quantities`` is material id → purchase units. One query."""
    if not quantities:
        return {}
    rows = ctx.session.scalars(
        select(SupplierPrice).where(
            SupplierPrice.supplier_id == supplier_id,
            among(SupplierPrice.material_id, quantities),
            SupplierPrice.currency == currency,
            SupplierPrice.valid_from <= on,
            or_(SupplierPrice.valid_to.is_(None), SupplierPrice.valid_to >= on),
        )
    )
    by_material: dict[int, list[SupplierPrice]] = {}
    for row in rows:
        by_material.setdefault(row.material_id, []).append(row)
    found = {m: best(by_material.get(m, ()), qty, on) for m, qty in quantities.items()}
    return {material_id: row.price for material_id, row in found.items() if row is not None}


def supplier_price(
    ctx: Ctx, supplier_id: int, material_id: int, currency: str, qty: Decimal, on: date
) -> Decimal | None:
    """Price per purchase unit of one material for ``qty`` purchase units, or None where none is known."""
    return supplier_prices(ctx, supplier_id, currency, {material_id: qty}, on).get(material_id)


def goods_prices(ctx: Ctx, style_ids: Iterable[int], on: date) -> dict[int, list[GoodsPrice]]:
    """What active vendors ask on a day for pieces of styles that are bought finished, by style: the lowest priority number
    first, then the vendor's code. Which row of one vendor counts for a quantity is what :func:`best` says. Styles that nobody
    offers are left out. One query, the vendors with it."""
    found: dict[int, list[GoodsPrice]] = {}
    rows = ctx.session.scalars(
        select(GoodsPrice)
        .join(Partner, (Partner.id == GoodsPrice.vendor_id) & (Partner.tenant_id == GoodsPrice.tenant_id))
        .where(
            among(GoodsPrice.style_id, set(style_ids)),
            GoodsPrice.valid_from <= on,
            or_(GoodsPrice.valid_to.is_(None), GoodsPrice.valid_to >= on),
            Partner.active,
        )
        .order_by(GoodsPrice.priority, Partner.code, GoodsPrice.valid_from, GoodsPrice.min_qty)
        .options(joinedload(GoodsPrice.vendor))
    )
    for row in rows:
        found.setdefault(row.style_id, []).append(row)
    return found
