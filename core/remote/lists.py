"""Lists by names: what may be asked for, and the rows as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.declare.declarations import EntityType
from core.entities.columns import all_columns, visible_columns
from core.entities.filtering import filter_names
from core.entities.paging import fetch_stretch
from core.entities.query import ListQuery
from core.errors import Problem, Refused
from core.remote.documents import list_cells
from core.remote.values import to_json
from core.text.i18n import T

if TYPE_CHECKING:
    from core.kernel.context import Ctx

MOST = 500
"""Rows in one answer."""


@dataclass(frozen=True)
class Listed:
    """Rows as JSON, and the cursor of what comes after them (empty: nothing)."""

    items: list[dict[str, Any]]
    after: str


def list_rows(
    ctx: Ctx,
    entity: EntityType,
    *,
    search: str = "",
    filters: Mapping[str, Sequence[str]] | None = None,
    sort: str = "",
    limit: int = 50,
    cursor: str = "",
    fields: Sequence[str] = (),
) -> Listed:
    """At most ``limit`` rows behind ``cursor``, filtered and sorted as on the screen: of each its id, key, state, version, and
    the columns ``fields`` (those the list shows at first, where none are named).

    Refused with a Problem at each name that is not known; the number of statements does not depend on the rows.
    """
    known = {c.name: c for c in all_columns(ctx, entity)}
    sortable = {name for name, column in known.items() if column.sortable} | {"id"}
    may = filter_names(ctx, entity)
    problems = [
        Problem(T("There is no column {name}. There are: {known}.", name=n, known=", ".join(known)), "fields")
        for n in fields
        if n not in known
    ]
    problems += [Problem(T("There is no filter {name}.", name=n), n) for n in (filters or {}) if n not in may]
    if sort and sort.removeprefix("-") not in sortable:
        words = T("This list cannot be sorted by {name}.", name=sort.removeprefix("-"))
        problems.append(Problem(words, "sort"))
    if not 1 <= limit <= MOST:
        problems.append(Problem(T("Between 1 and {most}.", most=MOST), "limit"))
    if problems:
        raise Refused(problems)
    columns = [known[n] for n in fields] if fields else visible_columns(ctx, entity, ())
    query = ListQuery(search, filters or {}, sort, 1, limit)
    found = fetch_stretch(ctx, entity, query, columns, cursor)
    cells = list_cells(ctx, entity, columns, found.rows, found.values)
    return Listed(
        [{**_head(ctx, entity, row), **cell} for row, cell in zip(found.rows, cells, strict=True)],
        found.after,
    )


def _head(ctx: Ctx, entity: EntityType, row: Any) -> dict[str, Any]:
    head = {"id": row.id, "key": to_json(ctx, getattr(row, entity.key))}
    if entity.states:
        head["state"] = row.state
    if hasattr(row, "version"):
        head["version"] = row.version
    return head
