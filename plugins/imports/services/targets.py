"""What the columns of a sheet can be: the fields of a kind of document, and those of its lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.api import LOCALE_NAMES, Ctx, EntityType, Field, T, Text
from core.remote import payload_of_verb
from kit.sheets import Heading, heading_key, match_headings
from kit.sheets.words import WORDS
from plugins.imports.words import SIZE_RUNS

LINES = "lines"
"""The action, and its table, through which documents that have no lines in their form take them."""
UNREADABLE = ("file", "password")
FIELD_WORDS = {
    "name": ("description",), "notes": ("remarks",),
    "ship_date": ("ship_date",), "required_date": ("ship_date",), "style": ("style",), "color": ("color",),
    "destination": ("destination",), "price": ("price",), "qty": ("pieces", "quantity"), "material": ("material",),
    "size": ("size",), "customer_po": ("po",), "stock_uom": ("unit",), "uom": ("unit",), "wastage_pct": ("wastage",),
}  # fmt: skip
"""Rows of the trade's words (:mod:`kit.sheets.words`) that mean a field."""


@dataclass(frozen=True)
class Target:
    """Where a column may go: ``name`` is ``code``, ``names.en``, ``addresses.city``, or ``lines.*sizes``: a number for each
    size that the sheet has a column for. ``table`` is the table it is a column of, "" for the document itself."""

    name: str
    label: Text | str
    field: Field | None
    table: str = ""
    required: bool = False


def list_targets(ctx: Ctx, entity: EntityType) -> list[Target]:
    """All of a kind that this person may fill, in the order of its form; the key first."""
    form = payload_of_verb(ctx, entity, "create")
    found: list[Target] = []
    fields = {f.name: f for f in form.all_fields()}
    if entity.key != "id" and entity.key not in fields:
        label = (
            entity.field(entity.key).label if entity.key in {f.name for f in entity.fields} else T("Number")
        )
        found.append(Target(entity.key, label, None))
    found += [t for f in fields.values() for t in _of_field(ctx, f, "")]
    tables = list(form.tables)
    if not tables and line_action(ctx, entity):
        tables = [t for t in payload_of_verb(ctx, entity, LINES).tables if t.name == LINES]
    for table in tables:
        found += [
            replace(t, label=T("{table}: {column}", table=table.label, column=t.label))
            if len(tables) > 1
            else t
            for f in table.fields
            for t in _of_field(ctx, f, table.name)
        ]
        for inner in table.tables:
            if len(inner.fields) >= 2 and inner.fields[1].numeric:
                found.append(Target(f"{table.name}.*{inner.name}", inner.label, inner.fields[1], table.name))
    return found


def line_action(ctx: Ctx, entity: EntityType) -> bool:
    """Does it take lines through the action of that name, for this person?"""
    action = ctx.registry.actions[entity.name].standing(LINES, ctx.enabled)
    return action is not None and ctx.can(action.right) and any(t.name == LINES for t in action.tables)


def importable(ctx: Ctx) -> list[EntityType]:
    """The kinds that this person may bring in."""
    return [e for e in ctx.registry.entities.values() if e.creatable and ctx.can(f"{e.name}.create")]


def _of_field(ctx: Ctx, field: Field, table: str) -> list[Target]:
    if field.readonly or field.kind in UNREADABLE or not field.there(ctx):
        return []
    name = f"{table}.{field.name}" if table else field.name
    if field.kind == "names":
        return [
            Target(f"{name}.{locale}", f"{field.label} ({words})", field, table)
            for locale, words in LOCALE_NAMES.items()
        ]
    return [Target(name, field.label, field, table, field.required)]


def guess_columns(
    ctx: Ctx, entity: EntityType, headings: Sequence[str], before: dict[str, str] | None = None
) -> list[str]:
    """Where each column goes: as the last time (``before``, by heading), else by its name in any of our languages and in the
    trade's words. A heading that is none of these and stands behind the last known column of lines is a size."""
    targets = list_targets(ctx, entity)
    known = {t.name for t in targets}
    words = tuple(
        Heading(t.name, t.label if isinstance(t.label, Text) else None, _trade_words(entity, t),
                (t.name.rpartition(".")[2], str(t.label)))
        for t in targets
    )  # fmt: skip
    found = match_headings(headings, words)
    memory = {heading_key(h): name for h, name in (before or {}).items()}
    for at, heading in enumerate(headings):
        remembered = memory.get(heading_key(heading))
        if remembered is not None and (remembered in known or not remembered):
            found[at] = remembered
    spread = next((t.name for t in targets if ".*" in t.name), "")
    if spread and any(name.startswith(spread.partition(".*")[0] + ".") for name in found):
        sizes = _sizes(ctx)
        found = [
            spread if not name and heading.upper() in sizes else name
            for name, heading in zip(found, headings, strict=True)
        ]
    return found


def _trade_words(entity: EntityType, target: Target) -> tuple[str, ...]:
    """Rows of the trade's words that mean a target; a code is also called as what it is the code of (料號, style no)."""
    noun = entity.name.partition(".")[2]
    if target.name == entity.key and noun in WORDS:
        return (noun,)
    return FIELD_WORDS.get(target.name.rpartition(".")[2], ())


def _sizes(ctx: Ctx) -> frozenset[str]:
    """Codes of sizes in capitals, where a plugin has any."""
    from sqlalchemy import select

    if SIZE_RUNS not in ctx.registry.entities:
        return frozenset()
    table = next(t for t in ctx.registry.get(SIZE_RUNS).children if t.name == "sizes")
    column = getattr(table.model, "code")  # noqa: B009 - the model is another plugin's
    return frozenset(str(code).upper() for code in ctx.session.scalars(select(column)))
