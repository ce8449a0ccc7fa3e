"""Between the inputs of a page and the payload of an action: ``lines-3-qty`` and ``{"lines": [{"qty": …}]}``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from core.api import Ctx, Problem, Refused, T
from core.values import parse_id
from core.web.api import at_inputs, by_input, row_indices
from kit.lines.declared import LineRow, LineTable, Nested, Spread, Typed


def prefix(table: LineTable, index: int) -> str:
    """How the names of a row's inputs begin."""
    return f"{table.payload.name}-{index}-"


def posted_rows(table: LineTable, form: Mapping[str, str]) -> list[LineRow]:
    """The rows that were posted, in the order of their numbers, without those ticked for removal and new ones left empty.

    Raises Refused beyond the most rows a form may have.
    """
    indices = row_indices(form, table.payload.name)
    if len(indices) > table.most:
        raise Refused(T("At most {n} rows at once; these are {many}.", n=table.most, many=len(indices)))
    cells = _spread_cells(table, form)
    found = []
    for index in indices:
        start = prefix(table, index)
        if form.get(f"{start}_delete"):
            continue
        typed = {name: form.get(start + name, "").strip() for name in table.inputs} | cells.get(index, {})
        row = LineRow(parse_id(form.get(f"{start}id")) or 0, typed=typed, index=index)
        if row.own or _says_something(table, row):
            found.append(row)
    return found


def payload_rows(table: LineTable, rows: Sequence[LineRow], document: Any) -> list[dict[str, Any]]:
    """The rows of ``document`` as the action takes them; one that is there already is named by the payload's key."""
    return [_payload_row(table, row, document) for row in rows]


def dress_rows(table: LineTable, ctx: Ctx, document: Any, rows: Sequence[LineRow]) -> None:
    """Give posted rows what belongs to their lines: the key, what is shown beside what was typed. Refused where one is gone."""
    held = {row.own: row for row in table.rows(ctx, document) if row.own}
    for row in rows:
        if row.own and row.own not in held:
            raise Refused(T("A line was removed by somebody else. Open the document again."))
        if own := held.get(row.own):
            row.key, row.shown, row.spread, row.stays = own.key, own.shown, own.spread, own.stays


def placed(
    table: LineTable, problems: Sequence[Problem], rows: Sequence[LineRow], others: set[str]
) -> dict[str, list[str]]:
    """Messages by input; what belongs to no input of the page (``others``: those beside the table) stands at the top."""
    prefixes = [prefix(table, row.index) for row in rows]
    name, at, inputs = table.payload.name, [], set(others)
    for start, row in zip(prefixes, rows, strict=True):
        inputs |= {start + column for column in (*table.inputs, *row.typed)}
    for problem in problems:
        found = re.fullmatch(rf"{re.escape(name)}\.(\d+)\.(\w+)\.(\d+)\.\w+", problem.field)
        spread = found and next(
            (c for c in table.columns if isinstance(c, Spread) and c.table == found[2]), None
        )
        if found and spread and int(found[1]) < len(rows):
            cell = _filled(spread, rows[int(found[1])])[int(found[3])]
            problem = Problem(problem.message, prefixes[int(found[1])] + cell, problem.params)
        at.append(problem)
    return by_input(at_inputs(at, {name: prefixes}), inputs)


def _spread_cells(table: LineTable, form: Mapping[str, str]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for spread in (c for c in table.columns if isinstance(c, Spread)):
        pattern = re.compile(
            rf"{re.escape(table.payload.name)}-(\d{{1,6}})-({re.escape(spread.table)}\..{{1,60}})"
        )
        for name, value in form.items():
            if match := pattern.fullmatch(name):
                found.setdefault(int(match[1]), {})[match[2]] = value.strip()
    return found


def _says_something(table: LineTable, row: LineRow) -> bool:
    choices = {name for name, spec in table.fields.items() if spec.kind in ("choice", "bool")}
    return any(
        text and text != table.starts.get(name, "") for name, text in row.typed.items() if name not in choices
    )


def _payload_row(table: LineTable, row: LineRow, document: Any) -> dict[str, Any]:
    given: dict[str, Any] = {}
    if row.own:
        given[table.payload.key] = row.key
    for column in table.columns:
        if isinstance(column, Typed):
            given[column.name] = row.typed.get(column.name, "")
        elif isinstance(column, Nested):
            rows = column.rows(row.typed.get(column.field.name, ""), row, document)
            if rows is not None:
                given[column.field.name] = rows
        elif isinstance(column, Spread):
            given[column.table] = [
                {column.key: name.partition(".")[2], column.value: row.typed[name]}
                for name in _filled(column, row)
            ]
    return given


def _filled(spread: Spread, row: LineRow) -> list[str]:
    """Names of the cells of a spread in which something was typed, in the order in which they go into the payload."""
    return [name for name, text in row.typed.items() if name.startswith(f"{spread.table}.") and text]
