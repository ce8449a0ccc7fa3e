"""What is right about a field that an administrator makes, and what follows from it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from core.api import Ctx, Problem, SaveChange, T, hookimpl
from core.base_api import part_of, switch_part
from core.values import Unreadable
from plugins.base_fields.models import CustomField, CustomValue
from plugins.base_fields.services.definitions import initial_value
from plugins.base_fields.words import FIELD, KINDS

CODE = re.compile(r"[a-z][a-z0-9_]*")
FIXED = ("entity", "kind", "target", "code")
"""What values depend on: said once, when the field is made."""


def check(
    ctx: Ctx,
    row: CustomField | None,
    data: Mapping[str, Any],
    children: Mapping[str, Sequence[Mapping[str, Any]]],
) -> list[Problem]:
    """Every Problem, at the input it is about."""
    return [*_fixed(row, data), *_of_kind(row, data, children), *_initial(row, data, children)]


def _fixed(row: CustomField | None, data: Mapping[str, Any]) -> Iterator[Problem]:
    code = data.get("code") or ""
    if row is None and code and not CODE.fullmatch(code):
        yield Problem(T("Small letters a to z, digits and _, a letter first."), "code")
    for name in FIXED if row is not None else ():
        if name in data and (data[name] or None) != (getattr(row, name) or None):
            words = T("This stays as it is: values depend on it. Retire the field and make another one.")
            yield Problem(words, name)


def _of_kind(
    row: CustomField | None, data: Mapping[str, Any], children: Mapping[str, Sequence[Mapping[str, Any]]]
) -> Iterator[Problem]:
    kind = data.get("kind") or getattr(row, "kind", "")
    if kind == "ref" and not (data.get("target") or getattr(row, "target", None)):
        yield Problem(T("Say what it refers to."), "target")
    options = children.get("options")
    if kind == "choice" and (not options if options is not None else row is None):
        yield Problem(T("A choice needs options."), "options")
    for paper in ("printed", "labelled"):
        if data.get(paper) and data.get("roles"):
            words = T("What is for some roles is on no paper: a document is the same for everybody.")
            yield Problem(words, paper)
    if kind != "choice" and options:
        yield Problem(T("Only a choice has options."), "options")


def _initial(
    row: CustomField | None, data: Mapping[str, Any], children: Mapping[str, Sequence[Mapping[str, Any]]]
) -> Iterator[Problem]:
    kind, typed = str(data.get("kind") or getattr(row, "kind", "")), data.get("initial") or ""
    try:
        initial_value(kind, typed, int(data.get("decimals") or 0))
    except Unreadable as error:
        yield Problem(error.message, "initial")
    if kind == "choice" and typed and typed not in {o.get("code") for o in children.get("options", ())}:
        yield Problem(T("“{value}” is none of the options.", value=typed), "initial")


def name_it(ctx: Ctx, row: CustomField, is_new: bool) -> None:
    """A field without a code gets one: f1, f2 …"""
    if row.code:
        return
    taken = set(ctx.session.scalars(select(CustomField.code)))
    row.code = next(code for n in range(1, len(taken) + 2) if (code := f"f{n}") not in taken)


def show_it(ctx: Ctx, row: CustomField, is_new: bool) -> None:
    """From here every request knows that this kind of document has fields of its own."""
    if is_new:
        switch_part(ctx, part_of("base_fields", row.entity), True)


@hookimpl
def before_save(ctx: Ctx, entity: str, row: Any, change: SaveChange) -> Sequence[Problem] | None:
    """A field goes while nothing stands in it; afterwards it is retired."""
    if entity != FIELD or change.verb != "delete":
        return None
    held = ctx.session.scalar(select(CustomValue.id).where(CustomValue.field_id == row.id).limit(1))
    return None if held is None else [Problem(T("Something stands in this field: retire it instead."))]


def kinds(ctx: Ctx) -> Sequence[tuple[str, Any]]:
    """Kinds of fields."""
    return KINDS


def extendable(ctx: Ctx) -> Sequence[tuple[str, Any]]:
    """Kinds of documents that have a form."""
    return [
        (e.name, e.plural)
        for e in ctx.registry.entities.values()
        if ctx.is_on(e.plugin) and e.model is not CustomField and any(not f.readonly for f in e.fields)
    ]


def referable(ctx: Ctx) -> Sequence[tuple[str, Any]]:
    """Kinds of rows that are called by a code or number."""
    return [
        (e.name, e.label) for e in ctx.registry.entities.values() if ctx.is_on(e.plugin) and e.key != "id"
    ]
