"""The step of the full-process table: how far behind the production of each customer order is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.api import Ctx, EntityRef, Figure
from plugins.factory_timeline.services.courses import ENTITY
from plugins.outsourcing.api import process
from plugins.tna.api import hub


def worst(ctx: Ctx, ids: Sequence[int]) -> Mapping[int, Figure]:
    """The worst timeline of the factory orders that make each customer order."""
    made = process.makers(ctx, ids)
    return hub.worst(ctx, {sale: [EntityRef(ENTITY, m.id) for m in makers] for sale, makers in made.items()})
