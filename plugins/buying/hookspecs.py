"""Extension points of buying by need: what it asks of those who know the documents behind demands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from core.api import Ctx, hookspec


@hookspec
def demand_styles(ctx: Ctx, demand_ids: Sequence[int]) -> Sequence[int] | None:
    """Ids of the styles that are made for these demands; new lines say which of them take their material."""


@hookspec
def needed_by(ctx: Ctx, entity: str, ids: Sequence[int]) -> Mapping[int, Mapping[str, date]] | None:
    """By when these documents want their material (``main``, ``trim``, ``packing``), as far as somebody plans it."""
