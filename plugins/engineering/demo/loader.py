"""The demo tenant's structures: a dyed fabric and a printed panel, versions of two styles."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from core.api import Ctx, run_action
from core.db import flush_rows
from plugins.catalog.api import Material, Partner, Style, SupplierPrice
from plugins.engineering.models import (
    EngineeringBom,
    EngineeringBomLine,
    EngineeringOperation,
    MaterialSource,
)
from plugins.engineering.services.versions import new_version

FILE = Path(__file__).parent / "structures.yaml"


def load(ctx: Ctx, shift: int) -> None:
    """All of it. Twice is harmless."""
    if ctx.session.scalar(select(EngineeringBom.id).limit(1)) is not None:
        return
    told = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    for row in told["materials"]:
        _material(ctx, *row)
    flush_rows(ctx.session)
    for each in told["made"]:
        bom = _made(ctx, each)
        if not each.get("draft"):
            _put_in_force(ctx, bom)
    for each in told["styles"]:
        style = ctx.session.scalars(select(Style).where(Style.code == each["style"])).one()
        bom = new_version(ctx, style, note=each["note"])
        _lines(ctx, bom, each.get("add", ()))
        if not each.get("draft"):
            _put_in_force(ctx, bom)


def _put_in_force(ctx: Ctx, bom: EngineeringBom) -> None:
    run_action(ctx, ctx.registry.entity_for(bom), bom, "activate", {"below": False})


def _material(
    ctx: Ctx, code: str, name: str, chinese: str, kind: str, unit: str, price: str | None, supplier: str | None,
    by_color: bool,
) -> None:  # fmt: skip
    partner = ctx.session.scalars(select(Partner).where(Partner.code == supplier)).one_or_none()
    material = Material(
        code=code, name=name, names={"zh_Hant_TW": chinese}, material_class=kind, stock_uom=unit, purchase_uom=unit,
        stock_step=Decimal(1) if unit == "pcs" else Decimal("0.01"), factor=Decimal(1), by_color=by_color,
        supplier_id=partner.id if partner else None, lead_days=14 if price else 0,
    )  # fmt: skip
    ctx.session.add(material)
    flush_rows(ctx.session)
    if partner is not None and price is not None:
        ctx.session.add(
            SupplierPrice(supplier_id=partner.id, material_id=material.id, currency="USD", price=Decimal(price),
                          min_qty=Decimal(0), valid_from=date(ctx.today().year - 1, 1, 1))
        )  # fmt: skip


def _made(ctx: Ctx, told: dict[str, Any]) -> EngineeringBom:
    material = ctx.session.scalars(select(Material).where(Material.code == told["material"])).one()
    if not told.get("draft"):
        ctx.session.add(
            MaterialSource(row_id=material.id, source=told["source"], made_days=told["made_days"])
        )
    bom = new_version(ctx, material, note=told["note"])
    _lines(ctx, bom, told["lines"])
    for position, step in enumerate(told["operations"]):
        values = {name: Decimal(step.get(name, "0")) for name in ("minutes", "rate", "price")}
        bom.operations.append(
            EngineeringOperation(
                position=position,
                name=step["name"],
                work_centre=step["work_centre"],
                currency="USD",
                **values,
            )
        )
    flush_rows(ctx.session)
    return bom


def _lines(ctx: Ctx, bom: EngineeringBom, rows: Any) -> None:
    for told in rows:
        material = ctx.session.scalars(select(Material).where(Material.code == told["material"])).one()
        bom.lines.append(
            EngineeringBomLine(
                material_id=material.id, material=material, position=len(bom.lines), uom=material.stock_uom, sizes=[],
                place=told.get("place", ""), consumption=Decimal(told["consumption"]), color_rule=told["color_rule"],
                wastage_pct=Decimal(told.get("wastage_pct", "0")), wastage_breaks=told.get("wastage_breaks"),
            )
        )  # fmt: skip
    flush_rows(ctx.session)
