"""Sheets as people paste them or save them as CSV: rows, headings in the trade's words, rows of totals."""

from kit.sheets.columns import SheetColumns, SheetLine, sheet_lines
from kit.sheets.headings import Heading, heading_key, match_headings, quoted, unknown_headings
from kit.sheets.sheet import PastedSheet, SheetRow, parse_sheet
from kit.sheets.totals import compare_totals, is_total_row

__all__ = [
    "Heading",
    "PastedSheet",
    "SheetColumns",
    "SheetLine",
    "SheetRow",
    "compare_totals",
    "heading_key",
    "is_total_row",
    "match_headings",
    "parse_sheet",
    "quoted",
    "sheet_lines",
    "unknown_headings",
]
