"""Lines of documents: how they are typed, pasted, shown again with their messages. Declared once beside the entity."""

from kit.lines.columns import Chosen, Nested, Shown, Spread, Ticks, Together, Typed
from kit.lines.declared import LineRow, LineTable
from kit.lines.editor import ActionTable, TableView, edit_lines
from kit.lines.form import TableForm

__all__ = [
    "ActionTable",
    "Chosen",
    "LineRow",
    "LineTable",
    "Nested",
    "Shown",
    "Spread",
    "TableForm",
    "TableView",
    "Ticks",
    "Together",
    "Typed",
    "edit_lines",
]
