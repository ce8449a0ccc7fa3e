"""Packing lists pasted from a spreadsheet: the rolls of a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.api import Problem, Refused, T
from core.values import Unreadable, parse_decimal
from kit.sheets import (
    Heading,
    PastedSheet,
    SheetRow,
    compare_totals,
    heading_key,
    is_total_row,
    match_headings,
    parse_sheet,
    quoted,
    unknown_headings,
)
from plugins.receiving.services.receiving import Roll

COLUMNS = ("roll", "lot", "qty", "stock_qty", "net_kg", "length_m", "width_in", "rejected")
"""The columns of a list without headings, in their order."""
NUMBERS = ("qty", "stock_qty", "net_kg", "length_m", "width_in")
TICKS = {"x", "1", "y", "yes", "是", "✓"}
MOST_LETTERS = 40


def parse_rolls(text: str, field: str, unit: str = "", leave_out: bool = False) -> list[Roll]:
    """The rolls of a packing list for a line that counts in ``unit``; with headings the columns may stand in any order.

    A column of the line's unit (``YDS`` for yards) is the quantity where none is called so. Rows of totals are no rolls; they
    must agree with the rolls above them. ``leave_out``: columns that are not known are skipped instead of refused.
    Raises Refused with every line that is not understood.
    """
    if not text.strip():
        return []
    try:
        sheet = parse_sheet(text)
    except Unreadable as error:
        raise Refused(error.message, field) from error
    names: Sequence[str] = COLUMNS
    rows: Sequence[SheetRow] = sheet.rows
    headings = rows[0].cells if rows else ()
    found = match_headings(headings, _headings(unit))
    if sum(1 for name in found if name) >= 2:
        names, rows = found, rows[1:]
        unknown = unknown_headings(headings, names, lambda title: heading_key(title) in _COLOR)
        if unknown and not leave_out:
            raise Refused(
                T("{names}: no column of a packing list that is known here.", names=quoted(unknown)), field
            )
    else:
        headings = COLUMNS
    numbers = {
        at: headings[at]
        for at, name in enumerate(names[: len(rows[0].cells) if rows else 0])
        if name in NUMBERS[:4]
    }
    problems = compare_totals(rows, numbers, field, sheet.mark)
    rolls = []
    for row in rows:
        if is_total_row(row.cells):
            continue
        roll = _roll(row, names, field, sheet)
        if isinstance(roll, Problem):
            problems.append(roll)
        else:
            rolls.append(roll)
    if problems:
        raise Refused(problems)
    return rolls


_COLOR = frozenset(heading_key(word) for word in ("color", "colour", "顏色", "颜色", "shade"))


def _headings(unit: str) -> tuple[Heading, ...]:
    """The columns of a packing list; what is measured in the line's own unit is its quantity."""
    own = (unit,) if unit in ("yd", "m", "kg") else ()
    return (
        Heading("roll", T("Roll"), ("roll",)),
        Heading("lot", T("Lot"), ("lot",)),
        Heading("qty", T("Quantity"), ("quantity", *own)),
        Heading("stock_qty", T("Stock quantity"), (), ("stock", "stock qty")),
        Heading("net_kg", None, ("kg",)),
        Heading("length_m", None, ("m",)),
        Heading("width_in", T("Width"), ("width_in",)),
        Heading("rejected", T("Rejected"), ("rejected",)),
    )


def _roll(row: SheetRow, names: Sequence[str], field: str, sheet: PastedSheet) -> Roll | Problem:
    values = {name: cell for name, cell in zip(names, row.cells, strict=False) if name}
    decimals: dict[str, Any] = {}
    try:
        for name in NUMBERS:
            if values.get(name):
                decimals[name] = parse_decimal(values[name], 6, sheet.mark)
        if "qty" not in decimals:
            raise Unreadable(T("A quantity is needed."))
    except Unreadable as error:
        return Problem(T("Line {n}: {message}", n=row.line, message=error.message), field, {"line": row.line})
    rejected = values.get("rejected", "").lower() in TICKS
    roll, lot = (values.get(name, "")[:MOST_LETTERS] for name in ("roll", "lot"))
    return Roll(roll=roll, lot=lot, rejected=rejected, **decimals)
