"""Finding documents and master data by name, and telling all that their page shows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sqlalchemy import UniqueConstraint

from core.declare.declarations import Column, EntityType
from core.entities import crud, transitions
from core.entities.additions import additions, values_of
from core.entities.columns import cell
from core.entities.seen import figures_of, seen_fields
from core.errors import NotFound, Problem, Refused
from core.remote.values import to_json
from core.text.i18n import T
from core.values import parse_id

if TYPE_CHECKING:
    from core.kernel.context import Ctx

BY_ID = "id:"
"""Before an id, where the code of a row does not tell it apart."""
PARTS = ("figures", "actions")
"""What is told of a document beside its fields and tables."""
HIDDEN = ("password",)
"""Kinds of fields whose values are never told."""


def entity_of(ctx: Ctx, name: str) -> EntityType:
    """A declared entity whose plugin is on for this tenant, and which the person may see; NotFound, Denied otherwise."""
    entity = ctx.registry.get(name)
    if not ctx.is_on(entity.plugin):
        raise NotFound(T("There is nothing called {name}.", name=name))
    ctx.require(f"{name}.view")
    return entity


def row_of(ctx: Ctx, entity: EntityType, key: str) -> Any:
    """The row people call ``key``: its code or number; ``id:7``, its id, where that does not tell it apart."""
    number = parse_id(key.removeprefix(BY_ID)) if key.startswith(BY_ID) else None
    return crud.get_row(ctx, entity, key if number is None else number)


def is_unique(entity: EntityType) -> bool:
    """Does the code or number of a row tell it apart from all others of the company?"""
    table: Any = entity.model.__table__
    own = {"tenant_id", entity.key}
    return entity.key == "id" or any(
        {column.name for column in each.columns} == own
        for each in table.constraints
        if isinstance(each, UniqueConstraint)
    )


def key_in_address(entity: EntityType, key: str, row_id: int) -> str:
    """What stands for a row in an address: its code or number, or ``id:7`` where that cannot."""
    fits = key not in ("", ".", "..") and "/" not in key and not key.startswith(BY_ID) and is_unique(entity)
    return quote(key, safe="") if fits else f"{BY_ID}{row_id}"


def list_cells(
    ctx: Ctx,
    entity: EntityType,
    columns: Sequence[Column],
    rows: Sequence[Any],
    values: Mapping[str, Mapping[int, Any]],
) -> list[dict[str, Any]]:
    """The cells of a page of a list by the names of their columns; ``values`` are those of columns that load them."""
    return [{c.name: to_json(ctx, cell(entity, c, row, values)) for c in columns} for row in rows]


def describe_row(
    ctx: Ctx,
    entity: EntityType,
    row: Any,
    names: Collection[str] = (),
    parts: Collection[str] | None = None,
) -> dict[str, Any]:
    """Everything the page of a document shows: fields, lines, and what is worked out beside them, ``figures`` and the names
    of the ``actions`` that are possible now. Of these only ``names``, where any are named, and ``parts``: of the two that are
    worked out only those, and beside ``names`` too. What is not asked for is not worked out.

    Refused at ``fields`` and ``include`` for a name that is none of these.
    """
    found: dict[str, Any] = {
        "entity": entity.name,
        "id": row.id,
        "key": to_json(ctx, getattr(row, entity.key)),
    }
    if entity.states:
        found["state"] = row.state
    if hasattr(row, "version"):
        found["version"] = row.version
    fields = [
        f for f in seen_fields(ctx, entity.fields) if f.kind not in HIDDEN and hasattr(type(row), f.name)
    ]
    fields += additions(ctx, entity).seen()
    tables = list(entity.children)
    known = [*found, *(f.name for f in fields), *(t.name for t in tables), *PARTS]
    problems = [_unknown("fields", n, known) for n in names if n not in known]
    problems += [_unknown("include", n, PARTS) for n in parts or () if n not in PARTS]
    if problems:
        raise Refused(problems)
    plain = names or [n for n in known if parts is None or n not in PARTS]
    wanted = {*plain, *(parts or ())}
    values = values_of(ctx, entity, row, [f for f in fields if f.name in wanted])
    found |= {name: to_json(ctx, value) for name, value in values.items()}
    for table in (t for t in tables if t.name in wanted):
        shown = [f for f in seen_fields(ctx, table.fields) if f.kind not in HIDDEN]
        found[table.name] = [
            {"id": child.id, **{f.name: to_json(ctx, getattr(child, f.name)) for f in shown}}
            for child in getattr(row, table.attr or table.name)
        ]
    if "figures" in wanted:
        found["figures"] = to_json(ctx, figures_of(ctx, entity, row))
    if "actions" in wanted:
        found["actions"] = [a.name for a in transitions.possible(ctx, entity, row) if a.run]
    return found


def _unknown(place: str, name: str, known: Collection[str]) -> Problem:
    words = T("There is no field {name}. There are: {known}.", name=name, known=", ".join(known))
    return Problem(words, place)
