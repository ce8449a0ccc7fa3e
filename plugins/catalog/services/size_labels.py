"""Sizes of materials, known by their codes: a label "S" serves every run that has an S. The oldest size with a code stands
for it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select

from core.api import Ctx
from core.db import among
from plugins.catalog.models import Size


def size_ids(ctx: Ctx, codes: Iterable[str]) -> dict[str, int]:
    """The size id that stands for each code in the ledger; unknown codes are left out. At most one query."""

    def fetch_ids(missing: list[str]) -> dict[str, int]:
        wanted = select(Size.code, func.min(Size.id)).where(Size.code.in_(missing)).group_by(Size.code)
        return dict(ctx.session.execute(wanted).all())

    return ctx.memo.each("catalog.sizes", (code for code in codes if code), fetch_ids)


def size_codes(ctx: Ctx, ids: Iterable[int]) -> dict[int, str]:
    """Codes of sizes by id; at most one query, and none for those asked before."""

    def fetch_codes(missing: list[int]) -> dict[int, str]:
        return dict(ctx.session.execute(select(Size.id, Size.code).where(among(Size.id, missing))).all())

    return ctx.memo.each("catalog.size_codes", (i for i in ids if i), fetch_codes)
