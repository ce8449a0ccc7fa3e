"""What was typed after ``hub do``: ``field=value``, files, and JSON, checked as a form would check them."""

from __future__ import annotations

import json
import sys
from collections.abc import Container, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.declare.declarations import Action, ChildTable, EntityType
from core.declare.fields import Field, PayloadTable
from core.entities import payload
from core.entities.children import shown_value
from core.entities.seen import seen_fields
from core.errors import Problem, Refused, Unreadable
from core.kernel.context import Ctx
from core.text.i18n import T
from core.values import decode_text

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


def for_new(
    ctx: Ctx, entity: EntityType, given: Mapping[str, str], sent: Mapping[str, Any]
) -> tuple[dict[str, Any], Children]:
    """Values and lines of a new row; what is not given starts as on the screen."""
    header, children = _split(ctx, entity, given, sent)
    defaults = {f.name: f.initial(ctx) for f in _open(ctx, entity.fields)}
    return payload.values(ctx, _open(ctx, entity.fields), _over(defaults, header)), children


def for_edit(
    ctx: Ctx, entity: EntityType, row: Any, given: Mapping[str, str], sent: Mapping[str, Any]
) -> tuple[dict[str, Any], Children]:
    """The values that change; the others keep theirs. A table that is given replaces the rows
    there are; a row with the same first column (or ``id``) stays the same row."""
    header, children = _split(ctx, entity, given, sent)
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
    now = {f.name: getattr(row, f.name) for f in _open(ctx, entity.fields)}
    return payload.values(ctx, _open(ctx, entity.fields), _over(now, header)), children


def for_action(action: Action, given: Mapping[str, str], sent: Mapping[str, Any]) -> dict[str, Any]:
    """The payload of an action, as it came."""
    return _typed({f.name: f for f in action.all_fields()}, {t.name for t in action.tables}, given, sent)


def payload_of(typed: str) -> dict[str, Any]:
    """A whole payload: JSON, ``@path``, or ``-`` for what is piped in. Refused where it is not a JSON object."""
    text = sys.stdin.read() if typed == "-" else typed
    given = json_of(text, "payload") if text else {}
    if not isinstance(given, dict):
        raise Refused(T("A payload is a JSON object."), "payload")
    return given


def json_of(typed: str, name: str) -> Any:
    """JSON, or what the file behind ``@path`` holds; decimals stay exact. Refused where it is not JSON."""
    text = _read(name, typed[1:]).decode("utf-8-sig") if typed.startswith("@") else typed
    try:
        return json.loads(text, parse_float=Decimal)
    except ValueError as error:
        raise Refused(T("This is not JSON: {why}", why=error), name) from error


def _open(ctx: Ctx, fields: Sequence[Field]) -> list[Field]:
    return [f for f in seen_fields(ctx, fields) if not f.readonly]


def _over(before: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """``before`` with what was typed over it; one language of a name leaves the others."""
    found = {name: value for name, value in before.items() if value is not None}
    for name in {n.split(".")[0] for n in given if "." in n}:
        for locale, text in dict(found.pop(name, None) or {}).items():
            found[f"{name}.{locale}"] = text
    return {**found, **given}


def _split(
    ctx: Ctx, entity: EntityType, given: Mapping[str, str], sent: Mapping[str, Any]
) -> tuple[dict[str, Any], Children]:
    tables = {t.name: t for t in entity.children}
    fields = {f.name: f for f in seen_fields(ctx, entity.fields)}
    locked = [n for n in (*sent, *given) if n in fields and fields[n].readonly]
    if locked:
        raise Refused([Problem(T("This is not set by hand."), n) for n in locked])
    typed = _typed(fields, set(tables), given, sent)
    header = {n: v for n, v in typed.items() if n not in tables}
    return header, {n: _rows(ctx, tables[n], v) for n, v in typed.items() if n in tables}


def _typed(
    fields: Mapping[str, Field], tables: Container[str], given: Mapping[str, str], sent: Mapping[str, Any]
) -> dict[str, Any]:
    """What came as JSON, and over it what came as ``field=value`` or ``table=JSON``."""
    texts = {
        n: json_of(v, n) if n in tables else _value(fields.get(n.split(".")[0]), n, v)
        for n, v in given.items()
    }
    return {**sent, **texts}


def _value(spec: Field | None, name: str, typed: str) -> Any:
    if not typed.startswith("@") or spec is None:
        return typed
    content = _read(name, typed[1:])
    if spec.kind == "file":
        return Path(typed[1:]).name, content
    try:
        return decode_text(content)
    except Unreadable as error:
        raise Refused(T("{path}: {why}", path=typed[1:], why=error.message), name) from error


def _read(name: str, path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise Refused(T("{path} cannot be read.", path=path), name) from error


def _rows(ctx: Ctx, table: ChildTable, rows: Any) -> list[dict[str, Any]]:
    ids = (
        [str(r.pop("id", "")) if isinstance(r, dict) else "" for r in rows] if isinstance(rows, list) else []
    )
    try:
        cleaned = payload.clean_rows(
            ctx, PayloadTable(table.name, table.label, tuple(_open(ctx, table.fields))), rows
        )
    except Refused as refused:
        # what checks a document's lines names its places lines-0-pieces, as their inputs are
        placed = [Problem(p.message, p.field.replace(".", "-"), p.params) for p in refused.problems]
        raise Refused(placed) from refused
    return [
        {**row, "id": int(known)} if known.isdigit() else row for row, known in zip(cleaned, ids, strict=True)
    ]
