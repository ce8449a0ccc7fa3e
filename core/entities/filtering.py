"""The filters of a list: which there are for a person, and what they do to a statement."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, String, cast, false, select

from core.data.among import among
from core.declare.declarations import EntityType, Filter
from core.declare.fields import Field
from core.entities.additions import additions
from core.entities.inputs import resolve_refs
from core.errors import NotFound, Unreadable
from core.text.i18n import T
from core.values.days import parse_date
from core.values.numbers import parse_decimal, parse_id

if TYPE_CHECKING:
    from core.kernel.context import Ctx

YES = ("1", "true", "yes")


def filters_of(ctx: Ctx, entity: EntityType) -> list[Field | Filter]:
    """The filters of a list that are there for this person: declared ones, by name of field or as Filter, and added fields."""
    every: list[Field | Filter] = [entity.field(f) if isinstance(f, str) else f for f in entity.filters]
    return [*(f for f in every if f.there(ctx)), *additions(ctx, entity).filters()]


def filter_names(ctx: Ctx, entity: EntityType) -> list[str]:
    """What a list may be filtered by: ids, its state, its filters, and both ends of those that are days."""
    names = ["id", "state"] if entity.states else ["id"]
    for spec in filters_of(ctx, entity):
        names.append(spec.name)
        if isinstance(spec, Field) and spec.kind == "date":
            names += [f"{spec.name}_from", f"{spec.name}_to"]
    return names


def narrow_by(ctx: Ctx, entity: EntityType, found: Select[Any], name: str, wanted: list[str]) -> Select[Any]:
    """``found`` with the filter ``name``; NotFound for one that there is not. Wrong values match nothing."""
    model = entity.model
    if name == "id":  # these documents and no others, from a link
        return found.where(among(model.id, [id for raw in wanted if (id := parse_id(raw)) is not None]))
    if name == "state" and entity.states:
        codes = set(wanted)
        if "open" in codes:  # exactly the states that indexes of open documents name
            codes = codes - {"open"} | {s.code for s in entity.states if not s.closed}
        return found.where(model.state.in_(codes))  # type: ignore[attr-defined]
    for spec in filters_of(ctx, entity):
        if spec.name == name:
            break
    else:
        base, _, end = name.rpartition("_")
        if end in ("from", "to") and any(f.name == base for f in filters_of(ctx, entity)):
            return _where(ctx, entity, found, base, partial(_between, end=end, raw=wanted[0]))
        raise NotFound(T("There is no filter {name}.", name=name))
    if isinstance(spec, Filter):
        applied: Select[Any] | None = ctx.hooks.guarded(
            entity.plugin,
            f"filter {spec.name} of {entity.name}",
            lambda: spec.apply(ctx, found, wanted[0]),
            None,
        )
        return found.where(false()) if applied is None else applied
    if spec.kind == "bool" and wanted[0] not in YES and additions(ctx, entity).source(name):
        ticked = _where(ctx, entity, select(model.id), name, lambda column: column.is_(True))
        return found.where(model.id.not_in(ticked))  # a row beside which nothing stands is not ticked either
    return _where(ctx, entity, found, name, partial(_fits, ctx, spec, wanted))


def _where(
    ctx: Ctx, entity: EntityType, found: Select[Any], name: str, test: Callable[[Any], Any]
) -> Select[Any]:
    """``found`` where the field ``name`` passes the test: the entity's own column, or one beside it."""
    source = additions(ctx, entity).source(name)
    if source is None:
        own = next((f.attr for f in entity.fields if f.name == name), name)
        return found.where(test(getattr(entity.model, own)))
    return found.where(entity.model.id.in_(select(source.row).where(*source.where, test(source.value))))


def _fits(ctx: Ctx, spec: Field, wanted: list[str], column: Any) -> Any:
    if spec.kind == "ref":
        rows = resolve_refs(ctx, spec, wanted)
        return among(column, [r.id for w in wanted if (r := rows.get(w.strip().upper())) is not None])
    if spec.kind == "bool":
        return column.is_(wanted[0] in YES)
    if spec.kind == "choice":
        return column.in_(wanted)
    if spec.numeric:
        try:
            return column == parse_decimal(wanted[0], spec.decimals)
        except Unreadable:
            return false()
    return cast(column, String).icontains(wanted[0], autoescape=True)


def _between(column: Any, *, end: str, raw: str) -> Any:
    try:
        day = parse_date(raw)
    except Unreadable:
        return false()
    return column >= day if end == "from" else column <= day
