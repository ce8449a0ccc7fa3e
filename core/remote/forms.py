"""What was sent for a form, checked as the form would: header and lines of a new row, or of one that is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core.declare.declarations import ChildTable, EntityType
from core.declare.fields import Field, PayloadTable
from core.entities import payload
from core.entities.additions import every_field, values_of
from core.entities.children import shown_value
from core.entities.seen import seen_fields
from core.errors import Problem, Refused
from core.text.i18n import T
from core.values import parse_id

if TYPE_CHECKING:
    from core.kernel.context import Ctx

Children = dict[str, list[dict[str, Any]]]


def for_new(ctx: Ctx, entity: EntityType, sent: Mapping[str, Any]) -> tuple[dict[str, Any], Children]:
    """Values and lines of a new row; what is not given starts as on the screen."""
    defaults = {f.name: f.initial(ctx) for f in _open(every_field(ctx, entity))}
    return _cleaned(ctx, entity, defaults, sent)


def for_edit(
    ctx: Ctx, entity: EntityType, row: Any, sent: Mapping[str, Any]
) -> tuple[dict[str, Any], Children]:
    """The values that change; the others keep theirs. A table that is given replaces the rows
    there are; a row with the same first column (or ``id``) stays the same row."""
    now = values_of(ctx, entity, row, _open(every_field(ctx, entity)))
    data, children = _cleaned(ctx, entity, now, sent)
    for table in entity.children:
        first = table.fields[0]
        have = {
            str(shown_value(getattr(c, first.name), first, ctx)): c.id
            for c in getattr(row, table.attr or table.name)
        }
        for line in children.get(table.name, ()):
            known = have.pop(str(shown_value(line.get(first.name), first, ctx)), None)
            if known is not None:
                line.setdefault("id", known)
    return data, children


def _open(fields: Sequence[Field]) -> list[Field]:
    return [f for f in fields if not f.readonly]


def _over(before: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """``before`` with what was sent over it; one language of a name leaves the others."""
    found = {name: value for name, value in before.items() if value is not None}
    for name in {n.split(".")[0] for n in given if "." in n}:
        for locale, text in dict(found.pop(name, None) or {}).items():
            found[f"{name}.{locale}"] = text
    return {**found, **given}


def _cleaned(
    ctx: Ctx, entity: EntityType, before: Mapping[str, Any], sent: Mapping[str, Any]
) -> tuple[dict[str, Any], Children]:
    """Values and lines; Refused with all that is wrong, in the header and in the lines."""
    tables = {t.name: t for t in entity.children}
    fields = {f.name: f for f in every_field(ctx, entity)}
    problems = [Problem(T("This is not set by hand."), n) for n in sent if n in fields and fields[n].readonly]
    data: dict[str, Any] = {}
    children: Children = {}
    try:
        header = {
            n: v for n, v in sent.items() if n not in tables and not (n in fields and fields[n].readonly)
        }
        data = payload.clean_values(ctx, _open(list(fields.values())), _over(before, header))
    except Refused as refused:
        problems += refused.problems
    for name in (n for n in sent if n in tables):
        try:
            children[name] = _rows(ctx, tables[name], sent[name])
        except Refused as refused:
            problems += refused.problems
    if problems:
        raise Refused(problems)
    return data, children


def _rows(ctx: Ctx, table: ChildTable, rows: Any) -> list[dict[str, Any]]:
    ids: list[str] = []
    if isinstance(rows, list):
        ids = [str(r.get("id", "")) if isinstance(r, dict) else "" for r in rows]
        rows = [{n: v for n, v in r.items() if n != "id"} if isinstance(r, dict) else r for r in rows]
    try:
        cleaned = payload.clean_rows(
            ctx, PayloadTable(table.name, table.label, tuple(_open(seen_fields(ctx, table.fields)))), rows
        )
    except Refused as refused:
        # what checks a document's lines names its places lines-0-pieces, as their inputs are
        placed = [Problem(p.message, p.field.replace(".", "-"), p.params) for p in refused.problems]
        raise Refused(placed) from refused
    return [
        row if (row_id := parse_id(known)) is None else {**row, "id": row_id}
        for row, known in zip(cleaned, ids, strict=True)
    ]
