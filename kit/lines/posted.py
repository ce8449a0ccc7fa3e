"""Between the inputs of a page and the payload of an action: ``lines-3-qty`` and ``{"lines": [{"qty": …}]}``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.api import Ctx, Problem, Refused, T, Text
from core.values import fold, parse_id
from core.web.api import at_inputs, by_input, row_indices
from kit.lines.columns import Chosen, Nested, Spread, Ticks, Typed
from kit.lines.declared import LineRow, LineTable

_WITH_UNIT = re.compile(r"([^A-Za-z]*\d) ?([A-Za-z]{1,10})")


def prefix(table: LineTable, index: int) -> str:
    """How the names of a row's inputs begin."""
    return f"{table.payload.name}-{index}-"


def numbered(rows: Sequence[LineRow], first: int) -> list[LineRow]:
    """Rows with the numbers of their inputs from ``first`` on."""
    return [replace(row, index=first + n) for n, row in enumerate(rows)]


def opened_rows(table: LineTable, rows: Sequence[LineRow], first: int = 0) -> list[LineRow]:
    """Rows with the numbers of their inputs. Where lines are not added and every offer is a number, that is the row's."""
    if not table.spare and all(numbers_itself(row) for row in rows):
        return [replace(row, index=int(row.offer)) for row in rows]
    return numbered(rows, first)


def numbers_itself(row: LineRow) -> bool:
    """Whether the number in the names of its inputs can say which offer it is."""
    return row.offer.isascii() and row.offer.isdigit() and len(row.offer) <= 12 and row.offer[0] != "0"


def posted_rows(table: LineTable, form: Mapping[str, str]) -> list[LineRow]:
    """The rows that were posted, in the order of their numbers, without those ticked for removal and new ones left empty.

    Raises Refused beyond the most rows a form may have.
    """
    indices = row_indices(form, table.payload.name)
    if len(indices) > table.most:
        raise Refused(T("At most {n} rows at once; these are {many}.", n=table.most, many=len(indices)))
    cells = _spread_cells(table, form)
    ticks = [c.table for c in table.leaves if isinstance(c, Ticks)]
    chosen = any(isinstance(c, Chosen) for c in table.leaves)
    found = []
    for index in indices:
        start = prefix(table, index)
        if form.get(f"{start}_delete"):
            continue
        typed = {name: form.get(start + name, "").strip() for name in table.inputs} | cells.get(index, {})
        typed |= {name: "\n".join(_all(form, start + name)) for name in ticks}
        typed = table.settle(typed) if table.settle else typed
        row = LineRow(parse_id(form.get(f"{start}id")) or 0, typed=typed, index=index)
        if not row.own:
            row.offer = form.get(f"{start}_offer") or ("" if table.spare else str(index))
        row.name = form.get(f"{start}_name", "")[:200]
        row.skips = bool(form.get(f"{start}_skips"))
        row.chosen = bool(form.get(f"{start}_take")) if chosen else None
        if row.own or row.offer or _says_something(table, row):
            found.append(row)
    return found


def sent_rows(table: LineTable, rows: Sequence[LineRow]) -> list[LineRow]:
    """The rows that go into the payload: an offer only where it is chosen, or something was typed in it."""
    return [row for row in rows if not row.offer or _taken(table, row)]


def payload_rows(table: LineTable, rows: Sequence[LineRow], document: Any) -> list[dict[str, Any]]:
    """The rows of ``document`` as the action takes them; one that is there already is named by the payload's key.

    Raises Refused with what cells that hold rows refuse, at ``lines.3.rolls``.
    """
    problems: list[Problem] = []
    found = []
    for i, row in enumerate(rows):
        found.append(_payload_row(table, row, document, f"{table.payload.name}.{i}.", problems))
    if problems:
        raise Refused(problems)
    return found


def dress_rows(
    table: LineTable,
    ctx: Ctx,
    document: Any,
    rows: Sequence[LineRow],
    current: Sequence[LineRow] | None = None,
) -> list[LineRow]:
    """Give posted rows what belongs to their lines and offers: the key, what is shown beside what was typed, what goes with it.

    ``current``: the rows that there are, where they are known. Returns those of ``rows`` whose line or offer is gone and in
    which something was typed.
    """
    if current is None and not any(row.own or row.offer for row in rows):
        return []
    if current is None:
        asked = [row.offer for row in rows if row.offer and _touched(table, row)]
        current = table.again(ctx, document, asked) if table.again else table.rows(ctx, document)
    own = {row.own: row for row in current if row.own}
    offers = {row.offer: row for row in current if row.offer}
    lost = []
    for row in rows:
        there = own.get(row.own) if row.own else offers.get(row.offer) if row.offer else None
        if there is not None:
            row.key, row.shown, row.stays = there.key, there.shown, there.stays
            row.name, row.sends, row.lacks, row.ticks = there.name, there.sends, there.lacks, there.ticks
            row.scan, row.chosen = there.scan, None if there.chosen is None else row.chosen
        elif row.own or (row.offer and _touched(table, row)):
            lost.append(row)
    return lost


def gone_problems(table: LineTable, lost: Sequence[LineRow]) -> list[Problem]:
    """What is said of rows whose line or offer is gone: at the row where it can be saved as a new one, else with all that was
    typed in it, for it does not come back."""
    problems = []
    for row in lost:
        if row.own and table.spare:
            message = T(
                "Somebody else removed this line meanwhile. Save again to keep it as a new one, or remove it."
            )
            problems.append(Problem(message, prefix(table, row.index) + table.inputs[0]))
        else:
            typed = " · ".join(text for text in [row.name, *row.typed.values()] if text)
            problems.append(Problem(T("{what} It was: {typed}", what=table.gone, typed=typed)))
    return problems


def placed(
    table: LineTable,
    problems: Sequence[Problem],
    rows: Sequence[LineRow],
    others: set[str],
    across: Mapping[str, Sequence[tuple[str, Text | str]]],
) -> dict[str, list[str]]:
    """Messages by input; what belongs to no input of the page (``others``: those beside the table) stands at the top.

    What is wrong with rows within a row that are columns stands at their cell: ``lines.3.sizes.0.pcs`` at that of the first one
    that was filled, ``lines.3.sizes.XL`` at that of this key.
    """
    prefixes = [prefix(table, row.index) for row in rows]
    name, at, inputs = table.payload.name, [], set(others)
    spreads = {c.table: c for c in table.leaves if isinstance(c, Spread)}
    cells = [spreads[name].cell(key) for name, columns in across.items() for key, _label in columns]
    for start, row in zip(prefixes, rows, strict=True):
        inputs |= {start + column for column in (*table.inputs, *cells) if column not in row.lacks}
    for problem in problems:
        found = re.fullmatch(rf"{re.escape(name)}\.(\d+)\.(\w+)\.(?:(\d+)\.\w+|(.+))", problem.field)
        if found and found[2] in spreads and int(found[1]) < len(rows):
            spread, row = spreads[found[2]], rows[int(found[1])]
            cell = _filled(spread, row)[int(found[3])] if found[3] else spread.cell(found[4])
            problem = Problem(problem.message, prefixes[int(found[1])] + cell, problem.params)
        at.append(problem)
    return by_input(at_inputs(at, {name: prefixes}), inputs)


def split_unit(text: str) -> tuple[str, str]:
    """A quantity as typed with or without its unit: ``350 kg`` → ("350", "kg")."""
    found = _WITH_UNIT.fullmatch(fold(text))
    return (found[1], found[2].lower()) if found else (text, "")


def _all(form: Mapping[str, str], name: str) -> list[str]:
    """Every value of an input that may be there several times."""
    values = form.getlist(name) if hasattr(form, "getlist") else [form[name]] if name in form else []
    return [str(value) for value in values]


def _spread_cells(table: LineTable, form: Mapping[str, str]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for spread in (c for c in table.leaves if isinstance(c, Spread)):
        pattern = re.compile(
            rf"{re.escape(table.payload.name)}-(\d{{1,12}})-({re.escape(spread.table)}\..{{1,60}})"
        )
        for name, value in form.items():
            if match := pattern.fullmatch(name):
                found.setdefault(int(match[1]), {})[match[2]] = value.strip()
    return found


def _says_something(table: LineTable, row: LineRow) -> bool:
    """Whether a row makes a line: choices and ticks alone make no new one, but a row that is offered."""
    alone = set() if row.offer else {n for n, spec in table.fields.items() if spec.kind in ("choice", "bool")}
    return any(
        text and text != table.starts.get(name, "") for name, text in row.typed.items() if name not in alone
    )


def _taken(table: LineTable, row: LineRow) -> bool:
    return row.chosen if row.chosen is not None else _says_something(table, row)


def _touched(table: LineTable, row: LineRow) -> bool:
    return bool(row.chosen) or _says_something(table, row)


def _payload_row(
    table: LineTable, row: LineRow, document: Any, path: str, problems: list[Problem]
) -> dict[str, Any]:
    given: dict[str, Any] = {}
    if row.own and table.payload.key:
        given[table.payload.key] = row.key
    for column in table.leaves:
        if isinstance(column, Typed) and column.name not in row.lacks:
            given[column.name] = row.typed.get(column.name, "")
            if column.unit_field:
                given[column.name], given[column.unit_field] = split_unit(given[column.name])
        elif isinstance(column, Nested) and column.field.name not in row.lacks:
            try:
                rows = column.rows(row.typed.get(column.field.name, ""), row, document)
            except Refused as refused:
                problems += [Problem(p.message, path + column.field.name, p.params) for p in refused.problems]
                continue
            if rows is not None:
                given[column.field.name] = rows
        elif isinstance(column, Spread):
            given[column.table] = [
                {column.key: name.partition(".")[2], column.value: row.typed[name]}
                for name in _filled(column, row)
            ]
        elif isinstance(column, Ticks) and column.table in row.ticks:
            given[column.table] = [{column.key: key} for key in row.typed.get(column.table, "").splitlines()]
    return given | dict(row.sends)


def _filled(spread: Spread, row: LineRow) -> list[str]:
    """Names of the cells of a spread in which something was typed, in the order in which they go into the payload."""
    return [name for name, text in row.typed.items() if text and name.startswith(spread.cell(""))]
