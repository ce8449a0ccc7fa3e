"""Sizes of materials, known by their codes: a label "S" serves every run that has an S. The oldest size with a code stands
for it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select

from core.api import Ctx, among
from plugins.catalog.models import Size


def size_ids(ctx: Ctx, codes: Iterable[str]) -> dict[str, int]:
    """The size id that stands for each code; unknown codes are left out. At most one query."""
    known: dict[str, int] = ctx.cache.setdefault("catalog.sizes", {})
    missing = {code for code in codes if code} - set(known)
    if missing:
        found = ctx.session.execute(
            select(Size.code, func.min(Size.id)).where(Size.code.in_(missing)).group_by(Size.code)
        )
        known.update(found.all())
    return known


def size_codes(ctx: Ctx, ids: Iterable[int]) -> dict[int, str]:
    """Codes of sizes by id; at most one query, and none for those asked before."""
    known: dict[int, str] = ctx.cache.setdefault("catalog.size_codes", {})
    missing = sorted({i for i in ids if i} - set(known))
    if missing:
        known.update(ctx.session.execute(select(Size.id, Size.code).where(among(Size.id, missing))).all())
    return known
