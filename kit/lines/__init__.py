"""Lines of documents: how they are typed, pasted, shown again with their messages. Declared once beside the entity."""

from kit.lines.declared import FormTable, LineRow, LineTable, Nested, Shown, Spread, Typed
from kit.lines.editor import edit_lines

__all__ = ["FormTable", "LineRow", "LineTable", "Nested", "Shown", "Spread", "Typed", "edit_lines"]
