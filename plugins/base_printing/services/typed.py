"""Texts of documents that are printed, looked at while they are typed: what the fonts lack is refused at its field.

Master data may be written in any script; what of it comes onto a document is looked at when the document is issued.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from core.api import Block, Ctx, Field, PayloadTable, Problem, SaveChange
from core.remote import every_field
from kit.printing.glyphs import unprintable, unprintable_words

KINDS = ("text", "long", "names")
NEVER_PRINTED = ("reason",)
"""Why something was done is for the activity."""
Found = tuple[str, str, str]
"""(input, place in words, text)."""


def is_printed(ctx: Ctx, entity: str) -> bool:
    """Is there a document to be printed of this entity?"""
    return any(kind.entity == entity for kind in ctx.registry.documents.all_standing(ctx.enabled))


def save_problems(ctx: Ctx, entity: str, change: SaveChange) -> list[Problem]:
    """What of a save cannot be printed, each at its input. Only what differs: an old text never stops another change."""
    if (not change.new and not change.lines) or not is_printed(ctx, entity):
        return []
    declared = ctx.registry.get(entity)
    found = list(_of_fields(every_field(ctx, declared), change.new, "", ""))
    for table in declared.children:
        if table.name in change.lines:
            found += _of_rows(table.fields, change.lines[table.name].new, f"{table.name}-", str(table.label))
    return [Problem(words, place) for place, words in _lacking(ctx, found)]


def action_blocks(ctx: Ctx, entity: str, action: str, data: Mapping[str, Any], plugin: str) -> list[Block]:
    """What of an action's payload cannot be printed, with the place in words."""
    if not data or not is_printed(ctx, entity):
        return []
    declared = ctx.registry.actions[entity].standing(action, ctx.enabled)
    if declared is None:
        return []
    fields = [f for f in declared.all_fields() if f.name not in NEVER_PRINTED]
    found = list(_of_fields(fields, data, "", ""))
    for table in declared.tables:
        found += _of_table(table, data.get(table.name) or (), str(table.label))
    return [Block(words, plugin) for _place, words in _lacking(ctx, found)]


def _of_table(table: PayloadTable, rows: Sequence[Mapping[str, Any]], label: str) -> Iterator[Found]:
    yield from _of_rows(table.fields, rows, "", label)
    for number, row in enumerate(rows, 1):
        for inner in table.tables:
            yield from _of_table(inner, row.get(inner.name) or (), f"{label} {number}, {inner.label}")


def _of_rows(
    fields: Sequence[Field], rows: Sequence[Mapping[str, Any]], prefix: str, label: str
) -> Iterator[Found]:
    for number, row in enumerate(rows):
        yield from _of_fields(fields, row, f"{prefix}{number}-", f"{label} {number + 1}, ")


def _of_fields(
    fields: Iterable[Field], values: Mapping[str, Any], prefix: str, label: str
) -> Iterator[Found]:
    for spec in fields:
        value = values.get(spec.name)
        if spec.kind not in KINDS or not value:
            continue
        for text in value.values() if isinstance(value, Mapping) else (value,):
            if isinstance(text, str):
                yield f"{prefix}{spec.name}", f"{label}{spec.label}", text


def _lacking(ctx: Ctx, found: Sequence[Found]) -> Iterator[tuple[str, Any]]:
    lacking = unprintable(ctx, {text for _input, _place, text in found})
    for place, words, text in found:
        if text in lacking:
            yield place, unprintable_words(text, lacking[text], words)
