"""The description of all that a person may do through the interface, in OpenAPI 3.1, made from what the plugins declare."""

from __future__ import annotations

from typing import Any

from core.api import Action, Ctx, EntityType, Text
from core.remote import (
    DRAFT,
    HIDDEN,
    MOST,
    every_field,
    field_schema,
    filter_names,
    payload_of_verb,
    payload_schema,
    printable,
)
from plugins.rest.services import readings
from plugins.rest.services import sentences as say
from plugins.rest.words import PAGE, ROOT

Schema = dict[str, Any]
PROBLEM = {"$ref": "#/components/responses/Problem"}
KEY: Schema = {
    "name": "key", "in": "path", "required": True, "schema": {"type": "string"}, "description": str(say.KEY),
}  # fmt: skip


def describe(ctx: Ctx) -> Schema:
    """The document, in the reader's language, with the choices of this company and the features of this person."""
    paths: dict[str, Schema] = {}
    schemas: dict[str, Schema] = {}
    for kind in ctx.registry.entities.values():
        if not ctx.can(f"{kind.name}.view"):
            continue
        schemas[str(kind.name)] = _document(ctx, kind)
        paths |= _paths_of(ctx, kind)
    for reading in readings.list_readings(ctx):
        parameters = [
            {
                "name": f.name,
                "in": "query",
                "required": f.required,
                "schema": field_schema(ctx, f),
                "description": str(f.label),
            }
            for f in reading.fields
        ]
        called = {
            "operationId": f"read {reading.name}",
            "summary": str(reading.label),
            "tags": [str(say.READINGS)],
        }
        paths[f"/readings/{reading.name}"] = {
            "get": {
                **called,
                "parameters": parameters,
                "responses": _answers(200, _listed({"type": "object"})),
            }
        }
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": DRAFT,
        "info": {"title": "OEM Hub", "version": "1", "description": str(say.ABOUT)},
        "servers": [{"url": ROOT}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {**schemas, "Problem": _problem()},
            "responses": {
                "Problem": {
                    "description": str(say.REFUSED),
                    "content": {
                        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                    },
                }
            },
        },
    }


def _paths_of(ctx: Ctx, kind: EntityType) -> dict[str, Schema]:
    name, tag = kind.name, {"tags": [str(kind.plural)]}
    whole = {"$ref": f"#/components/schemas/{name}"}
    rows: Schema = {
        "get": {
            **tag,
            "operationId": f"list {name}",
            "summary": str(kind.plural),
            "parameters": _list_parameters(ctx, kind),
            "responses": _answers(200, _listed({"type": "object"})),
        }
    }
    one: Schema = {
        "parameters": [KEY],
        "get": {
            **tag,
            "operationId": f"show {name}",
            "summary": str(kind.label),
            "parameters": [_query("fields", say.PARTS), _include()],
            "responses": _answers(200, whole),
        },
    }
    if kind.creatable and ctx.can(f"{name}.create"):
        rows["post"] = {**tag, **_call(ctx, kind, payload_of_verb(ctx, kind, "create"), 201, whole)}
        rows["post"]["parameters"] = [_include()]
    if ctx.can(f"{name}.edit"):
        one["patch"] = {
            **tag,
            **_call(ctx, kind, payload_of_verb(ctx, kind, "edit"), 200, whole),
            "parameters": [_version(kind), _include()],
        }
    if kind.deletable and ctx.can(f"{name}.delete"):
        gone = payload_of_verb(ctx, kind, "delete")
        one["delete"] = {
            **tag,
            "operationId": f"delete {name}",
            "summary": str(gone.label),
            "parameters": [_version(kind)],
            "responses": _answers(204, None),
        }
    found = {f"/{name}": rows, f"/{name}/{{key}}": one}
    for action in ctx.registry.actions[name].all_standing(ctx.enabled):
        if action.run is not None and ctx.can(action.right):
            call = {**tag, **_call(ctx, kind, action, 200, whole), "parameters": [_include()]}
            found[f"/{name}/{{key}}/actions/{action.name}"] = {"parameters": [KEY], "post": call}
    papers = printable(ctx, kind)
    if papers:
        choice = {
            "name": "name",
            "in": "path",
            "required": True,
            "schema": {"enum": [p.name for p in papers]},
        }
        language = {"name": "language", "in": "query", "schema": {"enum": list(papers[0].languages)}}
        pdf = {"description": "PDF", "content": {"application/pdf": {}}}
        found[f"/{name}/{{key}}/documents/{{name}}"] = {
            "parameters": [KEY, choice],
            "get": {
                **tag,
                "operationId": f"print {name}",
                "summary": str(say.PRINT),
                "parameters": [language],
                "responses": {"200": pdf, "default": PROBLEM},
            },
        }
    found[f"/{name}/{{key}}/history"] = {
        "parameters": [KEY],
        "get": {
            **tag,
            "operationId": f"history {name}",
            "summary": str(say.HISTORY),
            "responses": _answers(200, _listed({"type": "object"})),
        },
    }
    return found


def _call(ctx: Ctx, kind: EntityType, action: Action, status: int, answer: Schema) -> Schema:
    schema = payload_schema(ctx, action)
    schema.pop("$schema")
    responses = _answers(status, answer)
    if action.name not in ("create", "edit"):
        responses["201"] = {"description": str(say.MADE)}
    return {
        "operationId": f"{action.name} {kind.name}",
        "summary": str(action.label),
        "requestBody": {"content": {"application/json": {"schema": schema}}},
        "responses": responses,
    }


def _answers(status: int, schema: Schema | None) -> Schema:
    good: Schema = {"description": str(say.GOOD)}
    if schema is not None:
        good["content"] = {"application/json": {"schema": schema}}
    return {str(status): good, "default": PROBLEM}


def _listed(item: Schema) -> Schema:
    return {
        "type": "object",
        "required": ["items"],
        "properties": {
            "items": {"type": "array", "items": item},
            "next_cursor": {"type": ["string", "null"]},
        },
    }


def _list_parameters(ctx: Ctx, kind: EntityType) -> list[Schema]:
    limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": PAGE}
    asked = [
        _query("q", say.SEARCH),
        _query("sort", say.SORT),
        {"name": "limit", "in": "query", "schema": limit},
        _query("cursor", say.CURSOR),
        _query("fields", say.FIELDS),
    ]
    states = [s.code for s in kind.states]
    for name in filter_names(ctx, kind):
        if name == "state":
            asked.append(_query(name, say.STATE, enum=["open", *states]))
        else:
            asked.append(_query(name, say.FILTER))
    return asked


def _query(name: str, words: Text | str, **more: Any) -> Schema:
    return {"name": name, "in": "query", "schema": {"type": "string", **more}, "description": str(words)}


def _include() -> Schema:
    return _query("include", say.INCLUDE, examples=["figures,actions"])


def _document(ctx: Ctx, kind: EntityType) -> Schema:
    """What is told of one: nothing of it is required, because rights and features decide what is there."""
    properties: dict[str, Schema] = {
        "href": {"type": "string"}, "entity": {"const": kind.name}, "id": {"type": "integer"}, "key": {},
        "figures": {"type": "object"}, "actions": {"type": "array", "items": {"type": "string"}},
    }  # fmt: skip
    if kind.states:
        properties["state"] = {"enum": [s.code for s in kind.states]}
    if hasattr(kind.model, "version"):
        properties["version"] = {"type": "integer"}
    for field in every_field(ctx, kind):
        if field.kind not in HIDDEN:
            properties.setdefault(field.name, {"title": str(field.label)})
    if any(field.name == "entity" for field in kind.fields):
        properties["entity"] = {}  # a field of its own is told there
    for table in kind.children:
        inner = {
            f.name: {"title": str(f.label)} for f in table.fields if f.kind not in HIDDEN and f.there(ctx)
        }
        item = {"type": "object", "properties": {"id": {"type": "integer"}, **inner}}
        properties[table.name] = {"type": "array", "title": str(table.label), "items": item}
    return {"type": "object", "title": str(kind.label), "properties": properties}


def _version(kind: EntityType) -> Schema:
    return {
        "name": "If-Match",
        "in": "header",
        "required": hasattr(kind.model, "version"),
        "schema": {"type": "string"},
        "description": str(say.VERSION),
    }


def _problem() -> Schema:
    place = {"pointer": {"type": "string"}, "field": {"type": "string"}, "message": {"type": "string"}}
    return {
        "type": "object",
        "required": ["type", "title", "status"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "errors": {"type": "array", "items": {"type": "object", "properties": place}},
        },
    }
