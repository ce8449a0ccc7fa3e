"""What the columns of a sheet can be: the fields of a kind of document, and those of its lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.api import LOCALE_NAMES, Ctx, EntityType, Field, PayloadTable, T, Text
from kit.sheets import Heading, heading_key, match_headings
from kit.sheets.words import WORDS
from plugins.imports.services.intakes import intake_of
from plugins.imports.words import SIZE_RUNS

SIZE = "size"
"""The first column of a table of sizes, which stand across in a sheet."""
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
    """Where a column may go: ``name`` is ``code``, ``names.en``, ``addresses.city``, ``lines.rolls.lot``, or ``lines.*sizes``:
    a number for each size that the sheet has a column for. ``table`` is the table it is a column of, "" for the document
    itself; ``inner`` the table within its rows."""

    name: str
    label: Text | str
    field: Field | None
    table: str = ""
    required: bool = False
    inner: str = ""


def list_targets(ctx: Ctx, entity: EntityType) -> list[Target]:
    """All of a kind that this person may fill, in the order of its form; the key first."""
    intake = intake_of(ctx, entity)
    found: list[Target] = []
    fields = {f.name: f for f in intake.fields}
    if intake.source is None and entity.key != "id" and entity.key not in fields:
        label = (
            entity.field(entity.key).label if entity.key in {f.name for f in entity.fields} else T("Number")
        )
        found.append(Target(entity.key, label, None))
    found += [t for f in fields.values() for t in _of_field(ctx, f, "")]
    for table in intake.tables:
        found += [
            replace(t, label=T("{table}: {column}", table=table.label, column=t.label))
            if len(intake.tables) > 1
            else t
            for t in _of_table(ctx, table)
        ]
    return found


def _of_table(ctx: Ctx, table: PayloadTable) -> Iterator[Target]:
    """Columns of a table, then those of the tables within its rows: one for each size, or one for each field."""
    for spec in table.fields:
        yield from _of_field(ctx, spec, table.name)
    for inner in table.tables:
        if inner.fields[0].name == SIZE and inner.fields[1].numeric:
            yield Target(f"{table.name}.*{inner.name}", inner.label, inner.fields[1], table.name)
            continue
        for spec in inner.fields:
            for each in _of_field(ctx, spec, f"{table.name}.{inner.name}"):
                label = T("{table}: {column}", table=inner.label, column=each.label)
                yield replace(each, label=label, table=table.name, inner=inner.name)


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
        for t in sorted(targets, key=lambda t: _overshadowed(t, targets))
    )  # fmt: skip
    found = match_headings(headings, words)
    memory = {heading_key(h): name for h, name in (before or {}).items()}
    for at, heading in enumerate(headings):
        remembered = memory.get(heading_key(heading))
        if remembered is not None and (remembered in known or not remembered):
            found[at] = remembered
    spread = next((t.name for t in targets if ".*" in t.name), "")
    if spread and any(name.startswith(spread.partition(".*")[0] + ".") for name in found):
        sizes = {code.upper() for code in size_codes(ctx)}
        found = [
            spread if not name and heading.upper() in sizes else name
            for name, heading in zip(found, headings, strict=True)
        ]
    return found


def _overshadowed(target: Target, targets: Sequence[Target]) -> bool:
    """Does a column of a table have the better claim to its name: the material of a line before the one the BOM is of?"""
    field = target.field
    return not target.table and field is not None and field.kind == "ref" and not field.required and any(
        t.table and t.name == f"{t.table}.{target.name}" for t in targets
    )  # fmt: skip


def _trade_words(entity: EntityType, target: Target) -> tuple[str, ...]:
    """Rows of the trade's words that mean a target; a code is also called as what it is the code of (料號, style no)."""
    noun = entity.name.partition(".")[2]
    if target.name == entity.key and noun in WORDS:
        return (noun,)
    return FIELD_WORDS.get(target.name.rpartition(".")[2], ())


def size_codes(ctx: Ctx) -> list[str]:
    """Codes of sizes, each once, in the order of their runs, where a plugin has any."""
    from sqlalchemy import select

    if SIZE_RUNS not in ctx.registry.entities:
        return []
    table = next(t for t in ctx.registry.get(SIZE_RUNS).children if t.name == "sizes")
    model: Any = table.model  # another plugin's
    return list(dict.fromkeys(ctx.session.scalars(select(model.code).order_by(model.id))))
