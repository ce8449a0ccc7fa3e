"""What people call documents that are known by reference only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from core.api import Ctx, EntityRef
from core.db import among


def document_numbers(ctx: Ctx, documents: Iterable[EntityRef]) -> list[str]:
    """Their numbers, in the order given; those of plugins that are gone by kind and id. One query for each kind."""
    wanted = list(documents)
    found: dict[EntityRef, str] = {}
    for entity in {document.entity for document in wanted}:
        declared = ctx.registry.entities.get(entity)
        if declared is None:
            continue
        model: Any = declared.model
        ids = {document.id for document in wanted if document.entity == entity}
        for id, number in ctx.session.execute(
            select(model.id, getattr(model, declared.key)).where(among(model.id, ids))
        ):
            found[EntityRef(entity, id)] = str(number)
    return [found.get(document, f"{document.entity} {document.id}") for document in wanted]
