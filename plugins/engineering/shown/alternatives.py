"""What may stand in for the materials of a tree today, in the order in which it is used."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import select

from core.api import Ctx
from core.db import among
from core.values import decimal_text
from plugins.catalog.api import Material
from plugins.engineering.entities.substitutes import ENTITY
from plugins.engineering.services.allowed_substitutes import substitutes


class Alternative(NamedTuple):
    """A material that stands in at a ratio (one main is so many of it); ``first``: it is to be used up."""

    code: str
    ratio: str
    first: bool


def alternatives(ctx: Ctx, material_ids: Iterable[int]) -> dict[int, list[Alternative]]:
    """By main material; nothing for those who may not see substitutes. Two statements."""
    if not ctx.can(f"{ENTITY}.view"):
        return {}
    found = substitutes(ctx, set(material_ids), ctx.today())
    wanted = {each.by for mine in found.values() for each in mine}
    rows = ctx.session.execute(select(Material.id, Material.code).where(among(Material.id, wanted))).all()
    codes = {row.id: row.code for row in rows}
    return {
        main: [Alternative(codes[a.by], decimal_text(a.ratio), a.strategy == "before_main") for a in mine]
        for main, mine in found.items()
    }
