"""Sizes of styles and runs, read for many at once."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from core.api import Ctx
from core.db import among
from plugins.catalog.models import BomLine, BomSize, Size, Style
from plugins.catalog.services.codes import in_use


def sizes_of_runs(ctx: Ctx, run_ids: Iterable[int]) -> dict[int, list[Size]]:
    """Sizes of each run from small to large; one query."""
    found: dict[int, list[Size]] = {}
    wanted = set(run_ids)
    if wanted:
        rows = ctx.session.scalars(
            select(Size)
            .where(among(Size.size_run_id, wanted))
            .order_by(Size.size_run_id, Size.position, Size.id)
        )
        for size in rows:
            found.setdefault(size.size_run_id, []).append(size)
    return found


def sizes_of(ctx: Ctx, style_ids: Iterable[int]) -> dict[int, list[Size]]:
    """Sizes of each style's run from small to large; two queries however many styles. Unknown ids are left out."""
    wanted = set(style_ids)
    if not wanted:
        return {}
    found = ctx.session.execute(select(Style.id, Style.size_run_id).where(among(Style.id, wanted)))
    runs = dict(found.all())
    sizes = sizes_of_runs(ctx, runs.values())
    return {style_id: sizes.get(run_id, []) for style_id, run_id in runs.items()}


def uses_sizes(ctx: Ctx, style: Style) -> bool:
    """Do consumption by size, or documents of any plugin, hold sizes of this style's run?"""
    by_size = ctx.session.scalar(
        select(BomSize.id)
        .join(BomLine, (BomLine.id == BomSize.bom_line_id) & (BomLine.tenant_id == BomSize.tenant_id))
        .where(BomLine.style_id == style.id)
        .limit(1)
    )
    own = ("catalog_bom_line", "catalog_style_color", "catalog_factory_price", "catalog_goods_price")
    return by_size is not None or bool(in_use(ctx, "catalog_style", [style.id], without=own))
