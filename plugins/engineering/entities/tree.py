"""The whole tree of a version as one table: what the action "tree" is given, a row for each node from top to bottom."""

from __future__ import annotations

from core.api import Field, PayloadTable, T
from plugins.catalog.api import BOM_TABLE
from plugins.engineering.words import SOURCES

DEEPEST = 12

TREE = PayloadTable(
    "lines",
    T("BOM tree"),
    (
        Field("level", T("Level"), "int", required=True, default=1, min=1, max=DEEPEST),
        *BOM_TABLE.fields,
        Field("source", T("Source"), "choice", choices=SOURCES),
    ),
    tables=BOM_TABLE.tables,
)
