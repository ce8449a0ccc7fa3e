"""What groups are called, and which of them an address names."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import select

from core.api import Ctx, Problem, Refused, T, pick
from core.db import among
from plugins.catalog.api import Color, Destination, Partner, Size, Style

MODELS: dict[str, Any] = {
    "style": Style,
    "color": Color,
    "customer": Partner,
    "vendor": Partner,
    "destination": Destination,
}


class Name(NamedTuple):
    """A group: its code (what an address calls it) and its name."""

    code: str
    name: str = ""


def names_of(ctx: Ctx, group: str, ids: Collection[Any]) -> dict[Any, Name]:
    """What these groups are called: one query, none for texts. Sizes of the same code have the same name."""
    if group == "size":
        found = ctx.session.execute(select(Size.id, Size.code).where(among(Size.id, ids)))
        return {id_: Name(code) for id_, code in found}
    model = MODELS.get(group)
    if model is None:
        return {text: Name(text) for text in ids}
    if model is Destination:
        rows = ctx.session.execute(select(model.id, model.code, model.name).where(among(model.id, ids)))
        return {id_: Name(code, name) for id_, code, name in rows}
    named = ctx.session.execute(
        select(model.id, model.code, model.name, model.names).where(among(model.id, ids))
    )
    return {id_: Name(code, pick(names, name)) for id_, code, name, names in named}


def ids_called(ctx: Ctx, group: str, code: str) -> tuple[Any, ...]:
    """The ids that a code stands for (a size may be in several runs), or the text itself. Refused where there is none."""
    if group in ("season", "month"):
        return (code,)
    model = Size if group == "size" else MODELS[group]
    found = tuple(ctx.session.scalars(select(model.id).where(model.code == code)))
    if not found:
        raise Refused(Problem(T("There is nothing called {name}.", name=code), group))
    return found
