"""Packing lists pasted from a spreadsheet: the rolls of a line."""

from __future__ import annotations

from decimal import Decimal

from core.api import Problem, Refused, T, Text
from core.values import Unreadable, parse_decimal
from kit.sheets import Heading, SheetColumns, SheetLine, sheet_lines
from plugins.receiving.services.receiving import Roll

TICKS = {"x", "1", "y", "yes", "是", "✓"}
MOST_LETTERS = 40
COLUMNS = ("roll", "lot", "qty", "stock_qty", "net_kg", "length_m", "width_in", "rejected")
"""The columns of a list without headings, in their order."""
COLOR = "color"
"""A column that packing lists have and the receipt does not need."""


def parse_rolls(text: str, field: str, unit: str = "", leave_out: bool = False) -> list[Roll]:
    """The rolls of a packing list for a line that counts in ``unit``; with headings the columns may stand in any order.

    A column of the line's unit (``YDS`` for yards) is the quantity where none is called so. Rows of totals are no rolls; they
    must agree with the rolls above them. ``leave_out``: columns that are not known are skipped instead of refused.
    Raises Refused with every line that is not understood.
    """
    if not text.strip():
        return []
    lines, problems = sheet_lines(text, _columns(unit), field, leave_out=leave_out)
    rolls = []
    for line in lines:
        roll = _roll(line, field)
        if isinstance(roll, Problem):
            problems.append(roll)
        else:
            rolls.append(roll)
    if problems:
        raise Refused(problems)
    return rolls


def _columns(unit: str) -> SheetColumns:
    """The columns of a packing list; what is measured in the line's own unit is its quantity."""
    own = (unit,) if unit in ("yd", "m", "kg") else ()
    headings = (
        Heading("roll", T("Roll"), ("roll",)),
        Heading("lot", T("Lot"), ("lot",)),
        Heading("qty", T("Quantity"), ("quantity", *own), number=True, sum=True),
        Heading("stock_qty", T("Stock quantity"), (), ("stock", "stock qty"), number=True, sum=True),
        Heading("net_kg", None, ("kg",), number=True, sum=True),
        Heading("length_m", None, ("m",), number=True, sum=True),
        Heading("width_in", T("Width"), ("width_in",), number=True),
        Heading("rejected", T("Rejected"), ("rejected",)),
    )
    color = Heading(COLOR, None, (), ("color", "colour", "顏色", "颜色", "shade"))
    return SheetColumns((*headings, color), COLUMNS, unknown=_unknown)


def _unknown(names: str) -> Text:
    return T("{names}: no column of a packing list that is known here.", names=names)


def _roll(line: SheetLine, field: str) -> Roll | Problem:
    texts = line.texts
    try:
        found = {h.name: _decimal(texts.get(h.name, "")) for h in _columns("").headings if h.number}
    except Unreadable as error:
        return line.problem(error.message, field)
    qty = found.pop("qty")
    if qty is None:
        return line.problem(T("A quantity is needed."), field)
    rejected = texts.get("rejected", "").lower() in TICKS
    roll, lot = (texts.get(name, "")[:MOST_LETTERS] for name in ("roll", "lot"))
    return Roll(roll=roll, lot=lot, qty=qty, rejected=rejected, **found)


def _decimal(text: str) -> Decimal | None:
    return parse_decimal(text, 6) if text else None
