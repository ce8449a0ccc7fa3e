"""What fields that administrators made add to others' pages: documents that the search over everything finds by them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import or_, select

from core.api import Ctx, SearchHit, hookimpl
from core.base_api import part_of
from core.db import among
from plugins.base_fields.models import CustomValue
from plugins.base_fields.services.definitions import Definition, definitions


def _searched(ctx: Ctx) -> Iterator[tuple[str, Definition]]:
    """(entity, field) of what this person may find words in."""
    for name in ctx.registry.entities:
        if ctx.is_on(part_of("base_fields", name)) and ctx.can(f"{name}.view"):
            for each in definitions(ctx, name):
                if each.added.searched and not each.added.retired and each.added.field.there(ctx):
                    yield name, each


@hookimpl
def search(ctx: Ctx, query: str, limit: int) -> Sequence[SearchHit]:
    """One statement for all kinds of documents together, the newest first."""
    fields = {each.id: name for name, each in _searched(ctx)}
    if not fields:
        return ()
    says = (column.icontains(query, autoescape=True) for column in (CustomValue.text, CustomValue.words))
    wanted = (
        select(CustomValue)
        .where(among(CustomValue.field_id, list(fields)), or_(*says))
        .order_by(CustomValue.id.desc())
        .limit(limit)
    )
    return [
        SearchHit(v.entity, v.text or v.words or "", v.text or v.words or "",
                  f"/{v.entity.replace('.', '/')}/{v.entity_id}", v.entity_id)
        for v in ctx.session.scalars(wanted)
    ]  # fmt: skip
