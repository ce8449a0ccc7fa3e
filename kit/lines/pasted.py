"""A sheet pasted beside the table becomes rows of it: columns by their headings, or in the order of the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.api import LOCALE_NAMES, Ctx, Field, Refused, Text
from core.base_api import locale_scope
from core.values import code_key
from kit.lines.columns import Nested, Spread, Typed
from kit.lines.declared import LineRow, LineTable
from kit.sheets import Heading, SheetColumns, sheet_lines

YES = frozenset(["1", "y", "yes", "true", "x", "v", "✓", "是"])


def sheet_columns(
    table: LineTable, across: Mapping[str, Sequence[tuple[str, Text | str]]] | None = None
) -> SheetColumns:
    """What a sheet may call the columns of a table. Where columns stand across, it needs headings."""
    found = []
    for column in table.leaves:
        if isinstance(column, Typed):
            spec = table.fields[column.name]
            found.append(
                Heading(
                    column.name, spec.label, column.kinds, column.words, number=spec.numeric, sum=column.sum
                )
            )
        elif isinstance(column, Nested):
            found.append(Heading(column.field.name, column.field.label, column.kinds))
    names = tuple(heading.name for heading in found)
    first = table.fields.get(names[0]) if names else None
    further = _across(table, across or {})
    return SheetColumns(
        tuple(found),
        order=() if further else names,
        least=min(2, len(names)),
        further=further,
        needed=names[0] if first is not None and first.required else "",
        most=table.most,
    )


def rows_from_sheet(
    table: LineTable, ctx: Ctx, document: Any, text: str, field: str, *, leave_out: bool = False
) -> list[LineRow]:
    """The rows of a pasted sheet for a document.

    Raises Refused at ``field``: columns that are not known (``leave_out`` skips them), totals that differ from what stands
    above them, more rows than a form may have.
    """
    columns = sheet_columns(table, table.across(ctx, document))
    lines, problems = sheet_lines(text, columns, field, leave_out=leave_out)
    if problems:
        raise Refused(problems)
    words = {name: _words(ctx, spec) for name, spec in table.fields.items() if spec.kind == "choice"}
    ticks = {name for name, spec in table.fields.items() if spec.kind == "bool"}
    rows = []
    for line in lines:
        typed = {**table.starts, **{name: text for name, text in line.texts.items() if text}}
        typed = table.settle(typed) if table.settle else typed
        for name in words.keys() & typed.keys():
            typed[name] = words[name].get(typed[name].casefold(), typed[name])
        for name in ticks & typed.keys():
            typed[name] = "1" if typed[name].casefold() in YES else ""
        rows.append(LineRow(typed=typed))
    return rows


def _across(
    table: LineTable, across: Mapping[str, Sequence[tuple[str, Text | str]]]
) -> Callable[[str], str] | None:
    """Which cell a heading means where columns stand across: one that is written so, else one that is alike."""
    spreads = [c for c in table.leaves if isinstance(c, Spread) and across.get(c.table)]
    ways = [code_key, *(c.alike for c in spreads)]
    known = [
        {way(key): c.cell(key) for c in spreads for key, _label in reversed(across[c.table])} for way in ways
    ]

    def cell(title: str) -> str:
        return next(
            (cells[way(title)] for way, cells in zip(ways, known, strict=True) if way(title) in cells), ""
        )

    return cell if spreads else None


def _words(ctx: Ctx, spec: Field) -> dict[str, str]:
    """The codes of a choice by what they are called in any of our languages."""
    found: dict[str, str] = {}
    for locale in LOCALE_NAMES:
        with locale_scope(locale):
            found |= {str(label).casefold(): code for code, label in spec.options(ctx)}
    return found | {code.casefold(): code for code, _label in spec.options(ctx)}
