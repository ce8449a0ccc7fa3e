"""Settings and inputs of labels."""

from __future__ import annotations

from core.api import Field, T
from kit.labels import SHEETS

CHOICES = [(name, sheet.title) for name, sheet in SHEETS.items()]
SHEET = Field("sheet", T("Sheet or roll"), "choice", required=True, choices=CHOICES, default="a4-21")
FIELDS = (
    SHEET,
    Field("first", T("First place on the sheet"), "int", default=1, min=1, max=60,
          help=T("Where the first label goes on a sheet of which some are used; counted row by row.")),
    Field("copies", T("Copies of each"), "int", default=1, min=1, max=100),
)  # fmt: skip
