"""What a list adds up to: the sums at its foot, and its rows grouped by one of its filters; amounts never mix currencies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, func, select

from core.data.among import among
from core.declare.declarations import Column, EntityType
from core.declare.fields import Field
from core.entities.columns import all_columns, words_of
from core.entities.filtering import filters_of
from core.entities.query import ListQuery, statement
from core.errors import NotFound
from core.text.i18n import T, Text

if TYPE_CHECKING:
    from core.kernel.context import Ctx

MOST_GROUPS = 200
Sums = Mapping[str, Sequence[tuple[Any, str]]]
"""By column: (sum, currency), one for each currency of an amount, else one without."""


@dataclass
class Group:
    """Rows that have the same value: what it is called, the filter that shows them, how many they are, their sums."""

    label: Text | str
    value: str
    rows: int = 0
    sums: dict[str, list[tuple[Any, str]]] = field(default_factory=dict)


def summed_columns(ctx: Ctx, entity: EntityType, columns: Sequence[Column] | None = None) -> list[Column]:
    """The columns (of those shown) that are added up, as far as this person may see them."""
    seen = all_columns(ctx, entity) if columns is None else columns
    return [c for c in seen if c.name in entity.totals and c.attr and c.load is None]


def totals(ctx: Ctx, entity: EntityType, asked: ListQuery, columns: Sequence[Column]) -> Sums:
    """Sums of the shown columns over everything that is filtered. At most one statement for whole numbers, one for amounts."""
    summed = summed_columns(ctx, entity, columns)
    return _sums(ctx, entity, statement(ctx, entity, asked), summed, None).get(None, Group("", "")).sums


def group_choices(ctx: Ctx, entity: EntityType) -> list[tuple[str, Text | str]]:
    """By what a list may be grouped: its state, and filters by a reference or a choice."""
    found: list[tuple[str, Text | str]] = [("state", T("State"))] if entity.states else []
    return found + [(f.name, f.label) for f in _fields(ctx, entity)]


def _fields(ctx: Ctx, entity: EntityType) -> list[Field]:
    own = {f.name for f in entity.fields}  # what others add stands in other tables
    fields = (f for f in filters_of(ctx, entity) if isinstance(f, Field) and f.name in own)
    return [f for f in fields if f.kind in ("ref", "choice")]


def grouped(ctx: Ctx, entity: EntityType, asked: ListQuery, name: str) -> list[Group]:
    """What is filtered, by the values of ``name``, the largest group first. A fixed number of statements; NotFound for what
    the list cannot be grouped by."""
    if name not in {code for code, _label in group_choices(ctx, entity)}:
        raise NotFound(T("There is no filter {name}.", name=name))
    spec = next((f for f in _fields(ctx, entity) if f.name == name), None)
    by = getattr(entity.model, spec.attr if spec is not None else "state")
    found = _sums(ctx, entity, statement(ctx, entity, asked), summed_columns(ctx, entity), by)
    _named(ctx, entity, spec, found)
    return sorted(found.values(), key=lambda group: (-group.rows, group.value))[:MOST_GROUPS]


def _sums(
    ctx: Ctx, entity: EntityType, found: Select[Any], summed: Sequence[Column], by: Any
) -> dict[Any, Group]:
    model: Any = entity.model
    result: dict[Any, Group] = {}
    money = [c for c in summed if c.kind == "money" and hasattr(model, "currency")]
    whole = [c for c in summed if c not in money]
    parts: list[tuple[list[Column], list[Any]]] = [(whole, [])] if by is not None or whole else []
    parts += [(money, [model.currency])] if money else []
    for columns, also in parts:
        keys = [*([by] if by is not None else []), *also]
        values = [func.sum(getattr(model, c.attr)).label(f"sum_{i}") for i, c in enumerate(columns)]
        asked = (
            found.with_only_columns(*keys, func.count().label("n"), *values).order_by(None).group_by(*keys)
        )
        for row in ctx.session.execute(asked):
            key = row[0] if by is not None else None
            group = result.setdefault(key, Group("", ""))
            if not also:
                group.rows = row.n
            currency = str(row[len(keys) - 1] or "") if also else ""
            for column, value in zip(columns, row[len(keys) + 1 :], strict=True):
                if value is not None:
                    group.sums.setdefault(column.name, []).append((value, currency))
    return result


def _named(ctx: Ctx, entity: EntityType, spec: Field | None, found: Mapping[Any, Group]) -> None:
    """Give the groups their words, and the value of the filter that shows their rows."""
    if spec is None:
        words: dict[Any, tuple[Any, str]] = {s.code: (s.label, s.code) for s in entity.states}
    elif spec.kind == "ref":
        target = ctx.registry.get(spec.ref)
        rows = ctx.session.scalars(
            select(target.model).where(among(target.model.id, [k for k in found if k is not None]))
        )
        words = {r.id: (r, str(getattr(r, target.key))) for r in rows}
    else:
        words = {code: (label, code) for code, label in words_of(ctx, entity, spec).items()}
    for key, group in found.items():
        group.label, group.value = words.get(key, ("–" if key in (None, "") else str(key), str(key or "")))
