"""Rows that a person asks for, by id, by code or number: the ones this person may see (:mod:`core.entities.scope`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, func, or_, select

from core.data.among import among
from core.declare.declarations import EntityType
from core.errors import NotFound, Refused
from core.text.i18n import LOCALES, T
from core.values import parse_id
from core.values.folding import fold

if TYPE_CHECKING:
    from core.kernel.context import Ctx


def get_row(ctx: Ctx, entity: EntityType, key: int | str) -> Any:
    """The row with this id, or with this code or number where ``key`` is text; NotFound (never "forbidden") where this tenant
    has none or this person may not see it. Refused where several are called so."""
    wanted_id = (parse_id(key) or 0) if isinstance(key, str) and entity.key == "id" else key
    column = entity.model.id if isinstance(wanted_id, int) else getattr(entity.model, entity.key)
    wanted = select(entity.model).where(column == wanted_id).limit(2)
    rows = ctx.session.scalars(ctx.scope.narrow(entity, wanted)).all()
    if len(rows) > 1:
        raise Refused(T("Several are called “{code}”. Say which one by its number: id:7.", code=key))
    row = rows[0] if rows else None
    if row is None and isinstance(key, int):
        raise NotFound(T("There is no such {what}.", what=entity.label))
    if row is None:
        raise NotFound(T("There is no {what} “{code}”.", what=entity.label, code=key))
    return row


def rows_by_id(ctx: Ctx, entity: EntityType, ids: Sequence[int]) -> list[Any]:
    """The rows with these ids, in this order; NotFound where this tenant has none or this person may not see it. One query."""
    wanted = list(dict.fromkeys(ids))
    found = ctx.session.scalars(
        ctx.scope.narrow(entity, select(entity.model).where(among(entity.model.id, wanted)))
    )
    by_id = {row.id: row for row in found}
    if len(by_id) < len(wanted):
        raise NotFound(T("There is no such {what}.", what=entity.label))
    return [by_id[each] for each in wanted]


def find_rows(
    ctx: Ctx, entity: EntityType, keys: Iterable[str], where: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Rows by code or number in capitals, within ``where``, of those this person may see; unknown ones are left out. One query.

    What a page reads from texts that were posted is found here: a code is compared without case and width.
    """
    typed = {form for k in keys if (key := fold(k)) for form in (key, key.upper())}
    if not typed:
        return {}
    column = getattr(entity.model, entity.key)
    wanted = select(entity.model).where(column.in_(typed))
    for attribute, value in (where or {}).items():
        wanted = wanted.where(getattr(entity.model, attribute) == value)
    found = ctx.session.scalars(ctx.scope.narrow(entity, wanted))
    return {str(getattr(row, entity.key)).upper(): row for row in found}


def find_called(
    ctx: Ctx, entity: EntityType, names: Iterable[str], where: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Rows by what they are called beside their code (``aliases`` of the entity), in capitals, within ``where``; a name that
    two of them bear is no name for either. At most one query, none where there is nothing to find."""
    typed = {fold(name).upper() for name in names} - {""}
    if not typed or not entity.aliases:
        return {}
    columns = [getattr(entity.model, name) for name in entity.aliases]
    each = [
        form
        for column in columns
        for form in (
            [column[loc].as_string() for loc in LOCALES] if isinstance(column.type, JSON) else [column]
        )
    ]
    wanted = select(entity.model).where(or_(*(func.upper(form).in_(typed) for form in each)))
    for attribute, value in (where or {}).items():
        wanted = wanted.where(getattr(entity.model, attribute) == value)
    found: dict[str, set[Any]] = {}
    for row in ctx.session.scalars(ctx.scope.narrow(entity, wanted)):
        for name in entity.aliases:
            called = getattr(row, name)
            for text in called.values() if isinstance(called, Mapping) else [called]:
                found.setdefault(fold(text or "").upper(), set()).add(row)
    return {name: next(iter(rows)) for name, rows in found.items() if name in typed and len(rows) == 1}
