"""The payload of an action as JSON Schema (draft 2020-12): what an API, a form builder or another system may send."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.declare.action import Action
from core.declare.fields import DIGITS, PLACES, Field, PayloadTable

if TYPE_CHECKING:
    from core.kernel.context import Ctx

DRAFT = "https://json-schema.org/draft/2020-12/schema"
DAY = r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"
MOST_DIGITS = 12
"""Digits before the point that a number may have (see core.entities.inputs)."""
OVERRIDE = ("override_reason", "override_code")

Schema = dict[str, Any]


def payload_schema(ctx: Ctx, action: Action) -> Schema:
    """The schema of an action's payload, in the reader's language and with the choices of the tenant.

    Decimals are texts with a pattern (a JSON number would lose them), days ISO texts, references the code or number of the
    row they point to (``x-entity`` says of which kind), files objects with name and base64 content. What needs more than the
    schema to be checked (a reference that exists, limits of decimals) is checked by :func:`core.entities.payload.parse`.
    """
    own = {f.name for f in ctx.registry.get(action.entity).fields} if action.run is not None else set()
    schema = _object(ctx, action.all_fields(), action.tables, keeps=own)
    schema["properties"] |= {name: {"type": "string"} for name in OVERRIDE}
    return {"$schema": DRAFT, "title": str(action.label), **schema}


def field_schema(ctx: Ctx, spec: Field) -> Schema:
    """The schema of one value; null stands for nothing where it is not required."""
    schema = _kind(ctx, spec)
    if not spec.required and "enum" in schema:
        schema["enum"] = [*schema["enum"], None]
    elif not spec.required:
        schema["type"] = [schema["type"], "null"]
    schema["title"] = str(spec.label)
    if spec.help:
        schema["description"] = str(spec.help)
    return schema


def _object(
    ctx: Ctx, fields: tuple[Field, ...], tables: tuple[PayloadTable, ...], *, key: str = "", keeps: set[str] | None = None
) -> Schema:  # fmt: skip
    typed = [f for f in fields if not f.readonly]
    properties = {f.name: field_schema(ctx, f) for f in typed}
    properties |= {t.name: _array(ctx, t) for t in tables}
    needed = [f.name for f in typed if f.required and f.default is None and f.name not in (keeps or ())]
    needed += [t.name for t in tables if t.required]
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    if key:  # a row that names one which is there keeps what it leaves out
        schema["anyOf"] = [
            {"required": [key], "properties": {key: {"not": {"type": "null"}}}},
            {"required": needed},
        ]
    elif needed:
        schema["required"] = needed
    return schema


def _array(ctx: Ctx, table: PayloadTable) -> Schema:
    schema: Schema = {
        "type": "array",
        "title": str(table.label),
        "items": _object(ctx, table.fields, table.tables, key=table.key),
    }
    if table.help:
        schema["description"] = str(table.help)
    if table.required:
        schema["minItems"] = 1
    return schema


def _kind(ctx: Ctx, spec: Field) -> Schema:
    if spec.kind in PLACES:
        return {"type": "string", "pattern": _pattern(spec)}
    match spec.kind:
        case "int" | "pieces":
            limits = {"minimum": (spec.min or 0) if spec.kind == "pieces" else spec.min, "maximum": spec.most}
            return {"type": "integer"} | {name: int(v) for name, v in limits.items() if v is not None}
        case "date":
            return {"type": "string", "format": "date", "pattern": DAY}
        case "bool":
            return {"type": "boolean"}
        case "choice":
            return {"enum": [code for code, _label in spec.options(ctx)]}
        case "choices":
            codes = [code for code, _label in spec.options(ctx)]
            return {"type": "array", "items": {"enum": codes}, "uniqueItems": True}
        case "ref":
            return {"type": "string", "minLength": 1, "x-entity": spec.ref}
        case "names":
            return {"type": "object", "additionalProperties": {"type": "string", "maxLength": 400}}
        case "file":
            content = {"type": "string", "contentEncoding": "base64"}
            properties = {"name": {"type": "string", "minLength": 1}, "content": content}
            return {
                "type": "object",
                "properties": properties,
                "required": ["name", "content"],
                "additionalProperties": False,
            }
        case _:
            schema: Schema = {"type": "string", "maxLength": spec.max_length}
            return schema | ({"pattern": r"\S"} if spec.required else {})


def _pattern(spec: Field) -> str:
    sign = "" if spec.min is not None and spec.min >= 0 else "-?"
    point = rf"(\.\d{{1,{spec.decimals}}})?" if spec.decimals else ""
    return rf"^{sign}\d{{1,{DIGITS.get(spec.kind, MOST_DIGITS)}}}{point}$"
