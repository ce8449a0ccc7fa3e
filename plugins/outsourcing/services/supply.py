"""The material list of a contract: what a piece takes and the wastage allowed, kept in the snapshot at issue."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.api import Ctx
from core.db import among
from core.values import decimal_text
from plugins.catalog.api import BomLine, BomSize, Style
from plugins.outsourcing.models.snapshot import MaterialSnapshot


def listed(ctx: Ctx, style_codes: Iterable[str]) -> tuple[MaterialSnapshot, ...]:
    """Lines of the styles' BOMs without the optional ones, by style and position. Four queries at most."""
    wanted = sorted(set(style_codes))
    if not wanted:
        return ()
    styles = {
        row.id: row
        for row in ctx.session.execute(
            select(Style.id, Style.code, Style.bom_version).where(Style.code.in_(wanted))
        )
    }
    rows = ctx.session.scalars(
        select(BomLine)
        .where(among(BomLine.style_id, styles), ~BomLine.optional)
        .options(
            selectinload(BomLine.material), selectinload(BomLine.sizes), selectinload(BomLine.fixed_color)
        )
    ).all()
    return tuple(
        MaterialSnapshot(
            style=styles[row.style_id].code, bom_version=styles[row.style_id].bom_version, material=row.material.code,
            name=row.material.name, names=row.material.names, color=row.fixed_color.name if row.fixed_color else "",
            color_names=row.fixed_color.names if row.fixed_color else None, place=row.place, uom=row.uom,
            per_piece=consumption(row.consumption, row.sizes), pieces=row.per_pieces,
            wastage_pct=row.wastage_pct,
        )
        for row in sorted(rows, key=lambda r: (styles[r.style_id].code, r.position, r.id))
    )  # fmt: skip


def consumption(usual: Decimal | None, sizes: Iterable[BomSize]) -> str:
    """0.172, or 0.150–0.198 where it depends on the size."""
    values = sorted({s.consumption for s in sizes} | ({usual} if usual is not None else set()))
    if not values:
        return ""
    low, high = (decimal_text(v) for v in (values[0], values[-1]))
    return low if low == high else f"{low}–{high}"
