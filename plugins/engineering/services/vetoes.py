"""What engineering holds back in other plugins."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from core.api import Block, Ctx, T
from plugins.catalog.api import Style
from plugins.engineering.models import EngineeringBom


def consumption(ctx: Ctx, style: Style) -> Sequence[Block]:
    """A style that has versions is not changed beside them."""
    newest = ctx.session.scalars(
        select(EngineeringBom)
        .where(EngineeringBom.style_id == style.id, EngineeringBom.state.in_(("draft", "active")))
        .order_by(EngineeringBom.version_no.desc())
        .limit(1)
    ).first()
    if newest is None:
        return ()
    return [
        Block(
            T(
                "{style} has BOM versions: change its consumption in a new version. The newest is {number}.",
                style=style.code,
                number=newest.number,
            ),
            "engineering",
        )
    ]
