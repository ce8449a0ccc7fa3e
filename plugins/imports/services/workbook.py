"""An empty workbook to fill in: what goes into a column stands on its heading, choices are offered in its cells."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from plugins.imports.words import MOST_ROWS

CHOICES = "choices"
"""The hidden page that holds what cells offer."""
FORMATS = {"text": "@", "number": "General", "day": "yyyy-mm-dd"}
"""Codes stay as they are typed (``@``): 007 is no number."""
Kind = Literal["text", "number", "day"]


@dataclass(frozen=True)
class Head:
    """A column of an empty sheet: its ``name``, what its heading says when one points at it, what its cells offer."""

    name: str
    note: str = ""
    needed: bool = False
    choices: Sequence[str] = field(default_factory=tuple)
    kind: Kind = "text"


def write_workbook(title: str, heads: Sequence[Head]) -> bytes:
    """The workbook; its first page is the sheet that comes back filled in."""
    from openpyxl import Workbook  # a fifth of a second, for the few that ask for one
    from openpyxl.comments import Comment
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    page: Any = book.active
    page.title = "".join(c for c in title if c not in r"[]:*?/\'")[:31] or "List"
    page.freeze_panes = "A2"
    offered: Any = book.create_sheet(CHOICES)
    offered.sheet_state = "hidden"
    for at, head in enumerate(heads, 1):
        letter = get_column_letter(at)
        cell = page.cell(1, at, head.name)
        cell.data_type = "s"
        cell.font = Font(bold=True, color="C00000" if head.needed else None)
        if head.note:
            cell.comment = Comment(head.note, "OEM Hub", width=280, height=120)
        dimension = page.column_dimensions[letter]
        dimension.width, dimension.number_format = max(10, min(40, 2 * len(head.name))), FORMATS[head.kind]
        if head.choices:
            for line, text in enumerate(head.choices, 1):
                offered.cell(line, at, text).data_type = "s"
            rule = DataValidation(
                "list", f"{CHOICES}!${letter}$1:${letter}${len(head.choices)}", allow_blank=True
            )
            rule.add(f"{letter}2:{letter}{MOST_ROWS + 1}")
            page.add_data_validation(rule)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
