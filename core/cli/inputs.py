"""What was typed after ``hub do``: ``field=value``, files, and tables as JSON, checked as a form would check them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core.declare.declarations import Action, ChildTable, EntityType
from core.declare.fields import Field
from core.entities.children import shown
from core.entities.forms import clean
from core.errors import Problem, Refused
from core.kernel.context import Ctx
from core.text.i18n import T

Children = dict[str, list[dict[str, Any]]]


def pairs(arguments: Sequence[str]) -> dict[str, str]:
    """``["a=1", "b=@file"]`` → name → what was typed. Refused for anything else."""
    found = {}
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if not equals or not name:
            raise Refused(T("“{text}” is not written as field=value.", text=argument))
        found[name] = value
    return found


def version_of(given: dict[str, str]) -> int | None:
    """Take ``_version=N`` out of what was typed."""
    typed = given.pop("_version", "")
    if typed and not typed.isdigit():
        raise Refused(T("“{value}” is not a number.", value=typed), "_version")
    return int(typed) if typed else None


def for_new(ctx: Ctx, entity: EntityType, given: Mapping[str, str]) -> tuple[dict[str, Any], Children]:
    """Values and lines of a new row; what is not given starts as on the screen."""
    header, children = _split(ctx, entity, given)
    defaults = {f.name: f.initial(ctx) for f in entity.fields if not f.readonly}
    return clean(ctx, _open(entity.fields), _over(defaults, header)), children


def for_edit(
    ctx: Ctx, entity: EntityType, row: Any, given: Mapping[str, str]
) -> tuple[dict[str, Any], Children]:
    """The values that change; the others keep theirs. A table that is given replaces the rows
    there are; a row with the same first column (or ``id``) stays the same row."""
    header, children = _split(ctx, entity, given)
    for table in entity.children:
        first = table.fields[0]
        have = {
            str(shown(getattr(c, first.name), first, ctx)): c.id
            for c in getattr(row, table.attr or table.name)
        }
        for values in children.get(table.name, ()):
            known = have.pop(str(shown(values.get(first.name), first, ctx)), None)
            if known is not None:
                values.setdefault("id", known)
    now = {f.name: getattr(row, f.name) for f in _open(entity.fields)}
    return clean(ctx, _open(entity.fields), _over(now, header)), children


def for_action(ctx: Ctx, action: Action, row: Any, given: Mapping[str, str]) -> dict[str, Any]:
    """Values of an action's fields; what is not given starts as in its dialog."""
    fields = {f.name: f for f in _open(action.all_fields())}
    typed = {n: _value(fields.get(n.split(".")[0]), n, v) for n, v in given.items()}
    defaults = {
        f.name: getattr(row, f.name) if f.default is None and hasattr(row, f.name) else f.initial(ctx)
        for f in fields.values()
    }
    return _over(defaults, typed)


def _open(fields: Sequence[Field]) -> list[Field]:
    return [f for f in fields if not f.readonly]


def _over(before: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """``before`` with what was typed over it; one language of a name leaves the others."""
    found = {name: value for name, value in before.items() if value is not None}
    for name in {n.split(".")[0] for n in given if "." in n}:
        for locale, text in dict(found.pop(name, None) or {}).items():
            found[f"{name}.{locale}"] = text
    return {**found, **given}


def _split(ctx: Ctx, entity: EntityType, given: Mapping[str, str]) -> tuple[dict[str, Any], Children]:
    tables = {t.name: t for t in entity.children}
    fields = {f.name: f for f in entity.fields}
    locked = [n for n in given if n in fields and fields[n].readonly]
    if locked:
        raise Refused([Problem(T("This is not set by hand."), n) for n in locked])
    header = {n: _value(fields.get(n.split(".")[0]), n, v) for n, v in given.items() if n not in tables}
    children = {n: _rows(ctx, tables[n], v) for n, v in given.items() if n in tables}
    return header, children


def _value(spec: Field | None, name: str, typed: str) -> Any:
    if not typed.startswith("@") or spec is None:
        return typed
    content = _read(name, typed[1:])
    if spec.kind == "file":
        return Path(typed[1:]).name, content
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(T("{path} is not a text file.", path=typed[1:]), name) from error


def _read(name: str, path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise Refused(T("{path} cannot be read.", path=path), name) from error


def _rows(ctx: Ctx, table: ChildTable, typed: str) -> list[dict[str, Any]]:
    text = _read(table.name, typed[1:]).decode("utf-8-sig") if typed.startswith("@") else typed
    try:
        rows = json.loads(text, parse_int=str, parse_float=str)
    except ValueError as error:
        raise Refused(T("This is not JSON: {why}", why=error), table.name) from error
    if not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
        raise Refused(T("A table is a JSON list of objects."), table.name)
    found, problems = [], []
    for i, row in enumerate(rows):
        known = row.pop("id", None)
        try:
            values = clean(ctx, _open(table.fields), {n: _typed(v) for n, v in row.items() if v is not None})
        except Refused as refused:
            problems += [
                Problem(p.message, f"{table.name}-{i}-{p.field}", p.params) for p in refused.problems
            ]
            continue
        found.append({**values, "id": int(known)} if str(known or "").isdigit() else values)
    if problems:
        raise Refused(problems)
    return found


def _typed(value: Any) -> Any:
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, list):
        return ",".join(str(v) for v in value)
    return value if isinstance(value, dict) else str(value)
