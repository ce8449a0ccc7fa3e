"""What an author declares of a table of lines: columns over the table of an action's payload, and the rows it starts with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from core.api import Ctx, Field, PayloadTable, Text


@dataclass(frozen=True)
class Typed:
    """A field of the payload that people type.

    kinds, words  what sheets call it beside its label: rows of :mod:`kit.sheets.words`, and further words
    sum           it is added up at the foot while somebody types
    where         for a reference: which rows are offered, from the document (attribute → value)
    fixed         it cannot be typed in rows that are there already
    """

    name: str
    kinds: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    sum: bool = False
    where: Callable[[Any], Mapping[str, Any]] | None = None
    fixed: bool = False


@dataclass(frozen=True)
class Shown:
    """A value that is read, not typed: what is ordered, what is left, a name. It comes with the row (``LineRow.shown``)."""

    name: str
    label: Text
    numeric: bool = False
    sum: bool = False


@dataclass(frozen=True)
class Nested:
    """Rows within a row, in one cell as text: ``ST-1, ST-2``.

    ``rows`` makes the payload's rows of what was typed, given the line and the document, or None where the payload leaves them
    out.
    """

    field: Field
    rows: Callable[[str, LineRow, Any], list[dict[str, Any]] | None]
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Spread:
    """Rows within a row, a column for each: sizes across. ``key`` and ``value`` are fields of the nested table."""

    table: str
    key: str
    value: str
    sum: bool = True


Column = Typed | Shown | Nested | Spread


@dataclass
class LineRow:
    """A row of the editor.

    own     the id of the line where it is there already, 0 for a new one
    key     the value of the payload's key field that names it
    typed   texts by column name; of a :class:`Spread` by ``<table>.<column>``
    shown   values of :class:`Shown` columns
    spread  the columns of a :class:`Spread` that this row has, (key, label) in their order
    stays   it cannot be removed
    index   the number in the names of its inputs; set by the reader of a form
    """

    own: int = 0
    key: Any = None
    typed: dict[str, str] = field(default_factory=dict)
    shown: Mapping[str, Any] = field(default_factory=dict)
    spread: Sequence[tuple[str, str]] = ()
    stays: bool = False
    index: int = 0

    @property
    def blank(self) -> bool:
        """Nothing was typed in it."""
        return not any(text.strip() for text in self.typed.values())


@dataclass(frozen=True)
class LineTable:
    """The lines of a document as one table of inputs over ``payload``, the table of the action that saves them.

    columns   in their order
    rows      the lines that are there, or are proposed, for a document
    starts    texts a new row begins with; such a text alone makes no line
    spare     empty rows at the end; 0: lines are not added here
    most      most rows of one form
    help      a sentence below the table
    """

    payload: PayloadTable
    columns: tuple[Column, ...]
    rows: Callable[[Ctx, Any], Sequence[LineRow]]
    starts: Mapping[str, str] = field(default_factory=dict)
    spare: int = 4
    most: int = 500
    help: Text | None = None

    @cached_property
    def fields(self) -> dict[str, Field]:
        """The payload's fields by name, and those of cells that hold rows."""
        own = {f.name: f for f in self.payload.fields}
        return own | {c.field.name: c.field for c in self.columns if isinstance(c, Nested)}

    @cached_property
    def inputs(self) -> list[str]:
        """Names of the columns that are typed, those of a spread apart."""
        return [
            c.name if isinstance(c, Typed) else c.field.name
            for c in self.columns
            if isinstance(c, Typed | Nested)
        ]


@dataclass(frozen=True)
class FormTable:
    """A table with what a page of it shows: rows, how many empty ones follow, messages."""

    table: LineTable
    rows: Sequence[LineRow]
    blank: Sequence[LineRow]
