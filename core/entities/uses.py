"""Where a row is still used: the documents that refer to it, or to lines that would go with it, by number."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, select

from core.data.among import among
from core.data.db import Base
from core.data.migrate import owner_of
from core.declare.declarations import EntityType
from core.errors import Refused
from core.text.i18n import T

if TYPE_CHECKING:
    from core.kernel.context import Ctx

NAMED = 5
"""Documents of a kind that are named; of more it is said how many."""
TENANT = "tenant_id"


def refuse_used(ctx: Ctx, entity: EntityType, row: Any) -> None:
    """Raise Refused, with the documents, where the row is referred to and so cannot be deleted."""
    ctx.session.flush()
    where: list[str] = []
    for table, ids in _blocking(ctx, entity.model.table(), {row.id}):
        said = _named(ctx, table, ids)
        if said not in where:
            where.append(said)
    if where:
        raise Refused(
            T("“{name}” is still used: {where}.", name=getattr(row, entity.key), where="; ".join(where))
        )


def _references(ctx: Ctx, target: Table) -> Iterator[tuple[Table, str, bool]]:
    """Tables of the hub that refer to this one, by which column, and whether their rows go with what they refer to."""
    owners = {"core", *ctx.hub.plugin_names}
    for table in Base.metadata.sorted_tables:
        if not table.info.get("tenant") or not owner_of(table.name, owners):
            continue
        for key in table.foreign_key_constraints:
            if key.referred_table is target and (
                columns := [c.name for c in key.columns if c.name != TENANT]
            ):
                yield table, columns[0], key.ondelete == "CASCADE"


def _ids(ctx: Ctx, table: Table, column: str, targets: Collection[int]) -> set[int]:
    found = select(table.c.id).where(
        table.c[TENANT] == ctx.session.tenant_id, among(table.c[column], targets)
    )
    return set(ctx.session.scalars(found))


def _blocking(ctx: Ctx, target: Table, targets: Collection[int]) -> Iterator[tuple[Table, set[int]]]:
    """Rows that keep these from being deleted, by table; those that go along are asked the same."""
    for table, column, goes_along in _references(ctx, target):
        if not (found := _ids(ctx, table, column, targets)):
            continue
        if not goes_along:
            yield table, found
        elif table is not target:
            yield from _blocking(ctx, table, found)


def _named(ctx: Ctx, table: Table, ids: Collection[int]) -> str:
    """These rows, or the documents whose lines they are, as people call them."""
    model = next(m.class_ for m in Base.registry.mappers if m.local_table is table)
    entity = ctx.registry.entity_of_model(model)
    if entity is None:
        for key in table.foreign_key_constraints:
            own = [c for c in key.columns if c.name != TENANT]
            if key.ondelete == "CASCADE" and own and key.referred_table is not table:
                owners = select(own[0]).where(
                    table.c[TENANT] == ctx.session.tenant_id, among(table.c.id, ids)
                )
                return _named(
                    ctx, key.referred_table, {i for i in ctx.session.scalars(owners) if i is not None}
                )
    plugin = next((p for p in ctx.hub.plugins if p.name == owner_of(table.name, ctx.hub.plugin_names)), None)
    if entity is None or not ctx.is_on(entity.plugin):
        title = plugin.manifest.title if plugin else table.name
        return str(title if entity is None else T("{plugin}, which is switched off", plugin=title))
    seen = ctx.scope.visible(entity, set(ids)) if ctx.can(f"{entity.name}.view") else set()
    key_of = getattr(entity.model, entity.key)
    numbers = ctx.session.scalars(
        select(key_of).where(among(entity.model.id, seen)).order_by(entity.model.id.desc()).limit(NAMED)
    )
    named = ", ".join(map(str, numbers)) if seen else ""
    more = len(ids) - min(len(seen), NAMED)
    rest = (
        str(T("{count} more", count=more) if named else T("{count} that you may not see", count=more))
        if more
        else ""
    )
    return f"{entity.plural} " + ", ".join(filter(None, (named, rest)))
