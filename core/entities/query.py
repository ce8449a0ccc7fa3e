"""Lists: filter, search, sort and page on the server, with a number of queries that does not depend on the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import selectinload

from core.declare.declarations import Column, EntityType
from core.entities import matching
from core.entities.columns import all_columns, cell, choice_words, loaded, visible_columns
from core.entities.filtering import narrow_by

if TYPE_CHECKING:
    from core.kernel.context import Ctx

PAGE = 50
COUNT_CAP = 10_000


@dataclass(frozen=True)
class ListQuery:
    """What a person asked a list for. ``filters`` maps a filter's name to its values (several mean *or*); ``either``: what
    fits any of the filters, instead of all."""

    search: str = ""
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sort: str = ""
    page: int = 1
    size: int = PAGE
    columns: tuple[str, ...] = ()
    either: bool = False


@dataclass
class ListPage:
    """One page of a list. ``total`` is exact up to the cap; ``more`` says that there are more than the cap."""

    rows: list[Any]
    total: int
    more: bool
    columns: list[Column]
    values: dict[str, Mapping[int, Any]]
    query: ListQuery


def statement(ctx: Ctx, entity: EntityType, query: ListQuery) -> Select[Any]:
    """The filtered SELECT, without order and page. Wrong filter values match nothing rather than everything."""
    model = entity.model
    found = ctx.scope.narrow(entity, select(model))
    if query.search.strip():
        found = found.where(_search(ctx, entity, query.search.strip()))
    asked = [(name, wanted) for name, values in query.filters.items() if (wanted := [v for v in values if v])]
    if query.either and len(asked) > 1:
        own = select(model.id).where(model.tenant_id == ctx.session.tenant_id)
        return found.where(or_(*(model.id.in_(narrow_by(ctx, entity, own, *each)) for each in asked)))
    for name, wanted in asked:
        found = narrow_by(ctx, entity, found, name, wanted)
    return found


def _search(ctx: Ctx, entity: EntityType, text: str) -> Any:
    key = getattr(entity.model, entity.key)
    return or_(
        False,
        *matching.text_begins(key, text),
        *matching.inside(entity, text),
        *matching.behind(ctx, entity, text),
        *matching.beside(ctx, entity, text),
    )


def sort_column(ctx: Ctx, entity: EntityType, sort: str) -> tuple[Any, bool]:
    """(what a list is ordered by, whether downwards) for ``sort``: the name of a column, with - for downwards. What cannot be
    sorted by is as the entity is sorted by itself."""
    wanted = sort or entity.default_sort
    down, name = wanted.startswith("-"), wanted.lstrip("-")
    by_name = {c.name: c for c in all_columns(ctx, entity)}
    if name in by_name and by_name[name].sortable and (order := by_name[name].order) is not None:
        return order(ctx), down
    attr = (by_name[name].attr if name in by_name and by_name[name].sort else "") or (
        name if name == "id" else ""
    )
    if not attr:
        attr, down = entity.default_sort.lstrip("-"), entity.default_sort.startswith("-")
    column: Any = entity.model.__mapper__.columns.get(attr)  # what is computed in Python cannot be sorted by
    specs = {f.name: f for f in entity.fields}
    if attr in specs and specs[attr].kind == "ref":
        target = ctx.registry.get(specs[attr].ref)
        column = (
            select(getattr(target.model, target.key))
            .where(
                target.model.id == getattr(entity.model, specs[attr].attr),
                target.model.tenant_id == entity.model.tenant_id,
            )
            .correlate(entity.model)
            .scalar_subquery()
        )
    return (entity.model.id if column is None else column), down


def _ordered(ctx: Ctx, entity: EntityType, found: Select[Any], sort: str) -> Select[Any]:
    column, down = sort_column(ctx, entity, sort)
    tail = entity.model.id
    return found.order_by(column.desc() if down else column, tail.desc() if down else tail)


def fetch_page(
    ctx: Ctx, entity: EntityType, query: ListQuery, columns: Sequence[Column] | None = None
) -> ListPage:
    """One page: the rows, the capped count, and the values of loaded columns (one call per column, whole page).

    ``columns`` are shown instead of those the person chose for the list.
    """
    found = statement(ctx, entity, query)
    size = max(1, min(query.size, 500))
    page = max(1, query.page)
    capped = found.with_only_columns(entity.model.id).limit(COUNT_CAP + 1).subquery()
    total = ctx.session.scalar(select(func.count()).select_from(capped)) or 0
    columns = list(columns) if columns is not None else visible_columns(ctx, entity, query.columns)
    asked = with_refs(entity, columns, _ordered(ctx, entity, found, query.sort))
    rows = list(ctx.session.scalars(asked.limit(size).offset((page - 1) * size))) if total else []
    values = loaded(ctx, entity, columns, rows) if rows else {}
    return ListPage(rows, min(total, COUNT_CAP), total > COUNT_CAP, columns, values, query)


def with_refs(entity: EntityType, columns: Sequence[Column], found: Select[Any]) -> Select[Any]:
    """The statement, loading what the columns refer to with one query each."""
    refs = {f.name for f in entity.fields if f.kind == "ref"}
    for column in columns:
        if column.attr in refs:
            found = found.options(selectinload(getattr(entity.model, column.attr)))
    return found


def shown_rows(ctx: Ctx, entity: EntityType, page: ListPage) -> list[tuple[Any, list[Any]]]:
    """(row, its values by column) of a page, as they are shown: the words of a choice instead of its code."""
    choices = choice_words(ctx, entity, page.columns)

    def shown_value(column: Column, row: Any) -> Any:
        value = cell(entity, column, row, page.values)
        if column.name in choices and isinstance(value, str):
            return choices[column.name].get(value, value)
        return value

    return [(row, [shown_value(column, row) for column in page.columns]) for row in page.rows]
