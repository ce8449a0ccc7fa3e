"""The description as pages have it: kinds of documents, their addresses, what is sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.api import Ctx
from plugins.rest.services import openapi, readings

Schema = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """One address: method, path, what it does, and the values it takes: (name, title, kind, needed, help)."""

    method: str
    path: str
    summary: str
    values: tuple[tuple[str, str, str, bool, str], ...]


@dataclass(frozen=True)
class Section:
    """One kind of document with its calls."""

    name: str
    title: str
    calls: tuple[Call, ...]


def list_sections(ctx: Ctx) -> list[tuple[str, str]]:
    """(name, title) of the kinds that this person may see, and of the readings."""
    kinds = [(k.name, str(k.plural)) for k in ctx.registry.entities.values() if ctx.can(f"{k.name}.view")]
    return [*kinds, *((r.name, str(r.label)) for r in readings.list_readings(ctx))]


def describe_section(ctx: Ctx, name: str) -> Section | None:
    """The calls of one kind; None for an unknown one."""
    title = dict(list_sections(ctx)).get(name)
    if title is None:
        return None
    paths: dict[str, Schema] = openapi.describe(ctx)["paths"]
    mine = {p: calls for p, calls in paths.items() if name in (p.split("/")[1], p.removeprefix("/readings/"))}
    return Section(name, title, tuple(_calls(mine)))


def _calls(paths: dict[str, Schema]) -> Iterator[Call]:
    for path, calls in paths.items():
        for method, call in calls.items():
            if method == "parameters":
                continue
            schema = (
                call.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            )
            asked = [_parameter(p) for p in call.get("parameters", ())]
            yield Call(method.upper(), path, call["summary"], (*asked, *_properties(schema, "")))


def _parameter(spec: Schema) -> tuple[str, str, str, bool, str]:
    return spec["name"], spec.get("description", ""), _kind(spec["schema"]), bool(spec.get("required")), ""


def _properties(schema: Schema, prefix: str) -> Iterator[tuple[str, str, str, bool, str]]:
    needed = schema.get("required", ())
    for name, spec in schema.get("properties", {}).items():
        words = spec.get("title", "")
        yield prefix + name, words, _kind(spec), name in needed, spec.get("description", "")
        if spec.get("type") == "array" and spec.get("items", {}).get("properties"):
            yield from _properties(spec["items"], f"{prefix}{name}[].")


def _kind(spec: Schema) -> str:
    if "enum" in spec:
        return " | ".join(str(each) for each in spec["enum"] if each is not None)
    kinds = spec.get("type", "")
    found = kinds if isinstance(kinds, str) else " | ".join(k for k in kinds if k != "null")
    return f"{found} → {spec['x-entity']}" if "x-entity" in spec else found
