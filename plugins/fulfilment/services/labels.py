"""What styles, colours, sizes and destinations are called, for many rows at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from core.api import Ctx
from core.db import among
from plugins.catalog.api import Color, Destination, Style, size_codes


class Labels:
    """Codes by id; a query for each kind, whatever the number of rows."""

    def __init__(
        self, ctx: Ctx, *, styles: Iterable[int] = (), colors: Iterable[int] = (), sizes: Iterable[int] = (),
        destinations: Iterable[int] = (),
    ) -> None:  # fmt: skip
        self.styles = _codes(ctx, Style, styles)
        self.colors = _codes(ctx, Color, colors)
        self.destinations = _codes(ctx, Destination, destinations)
        self.sizes = size_codes(ctx, sizes)


def _codes(ctx: Ctx, model: Any, ids: Iterable[int]) -> dict[int, str]:
    wanted = set(ids)
    if not wanted:
        return {}
    return dict(ctx.session.execute(select(model.id, model.code).where(among(model.id, wanted))).all())


def code(row: Any) -> str:
    """The code of a row; nothing of none."""
    return row.code if row is not None else ""
