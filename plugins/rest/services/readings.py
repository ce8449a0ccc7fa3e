"""Figures that plugins offer to programs (hook ``api_readings``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.api import Ctx, NotFound, Problem, Refused, T
from core.remote import clean_values, to_json
from plugins.rest.api import Reading


def list_readings(ctx: Ctx) -> list[Reading]:
    """Those that this person may ask for, by name. A plugin that cannot say which it has takes nobody else's away."""
    found = [
        reading for _plugin, reading in ctx.hooks.isolated("api_readings") if isinstance(reading, Reading)
    ]
    return sorted((r for r in found if ctx.can(r.right)), key=lambda r: r.name)


def read_figures(ctx: Ctx, name: str, given: Mapping[str, str]) -> dict[str, Any]:
    """The rows of a reading. NotFound for an unknown one, Refused for wrong parameters, each with its name."""
    reading = next((r for r in list_readings(ctx) if r.name == name), None)
    if reading is None:
        raise NotFound(T("There is nothing called {name}.", name=name))
    known = {f.name for f in reading.fields}
    unknown = [Problem(T("There is no filter {name}.", name=n), n) for n in given if n not in known]
    if unknown:
        raise Refused(unknown)
    values = clean_values(ctx, reading.fields, given)
    return {"items": to_json(ctx, reading.run(ctx, values))}
