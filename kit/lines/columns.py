"""The kinds of columns that a table of lines may have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.api import Ctx, Field, Text
from core.values import code_key

if TYPE_CHECKING:
    from kit.lines.declared import LineRow


@dataclass(frozen=True)
class Typed:
    """A field of the payload that people type, choose or tick.

    label         what its column is called; without it, what the field is
    kinds, words  what sheets call it beside its label: rows of :mod:`kit.sheets.words`, and further words
    sum           it is added up at the foot while somebody types
    where         for a reference: which rows are offered, from the document (attribute → value)
    fixed         it cannot be typed in rows that are there already
    all_from      the value of ``LineRow.shown`` that is all there is to type: a button takes it over, for a row and for all
    unit          the value of ``LineRow.shown`` that is printed behind the input
    unit_field    the field of the payload that takes a unit typed behind the number: ``350 kg``
    asked         only there where a message stands at it, or something was typed
    named         for a reference: the name of its row stands below it
    """

    name: str
    kinds: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    sum: bool = False
    where: Callable[[Any], Mapping[str, Any]] | None = None
    fixed: bool = False
    all_from: str = ""
    unit: str = ""
    unit_field: str = ""
    asked: bool = False
    label: Text | None = None
    named: bool = False


@dataclass(frozen=True)
class Shown:
    """A value that is read, not typed: what is ordered, what is left, a name. It comes with the row (``LineRow.shown``): a
    text, number or day, or Markup where it is a link.

    unit  another value of ``LineRow.shown``, printed behind it
    note  another one, printed small below it; ``tone``: as a word of this colour and icon (``bad``, ``warn``)
    head  it is what the row is called: on a phone it stands above the rest
    """

    name: str
    label: Text
    numeric: bool = False
    sum: bool = False
    unit: str = ""
    note: str = ""
    tone: str = ""
    head: bool = False


@dataclass(frozen=True)
class Nested:
    """Rows within a row, in one cell as text: ``ST-1, ST-2``; of a field of kind ``long``, lines pasted from a sheet.

    ``rows`` makes the payload's rows of what was typed, given the line and the document, or None where the payload leaves them
    out; what it refuses stands at the cell. ``skips``: unknown columns of a pasted sheet may be skipped; the row then says so
    (``LineRow.skips``), once somebody ticked it.
    """

    field: Field
    rows: Callable[[str, LineRow, Any], list[dict[str, Any]] | None]
    kinds: tuple[str, ...] = ()
    help: Text | None = None
    placeholder: Text | None = None
    skips: bool = False


@dataclass(frozen=True)
class Spread:
    """Rows within a row, a column for each: sizes across. ``key`` and ``value`` are fields of the nested table.

    across  the columns for a document, (key, heading) in their order
    alike   a key as it is compared with headings of a sheet: ``2XL`` and ``XXL``
    hint    the column whose text stands grey in cells that are empty
    sum     each column is added up at the foot
    """

    table: str
    key: str
    value: str
    across: Callable[[Ctx, Any], Sequence[tuple[str, Text | str]]]
    alike: Callable[[str], str] = code_key
    hint: str = ""
    sum: bool = True

    def cell(self, key: str) -> str:
        """The name of a cell in ``LineRow.typed``."""
        return f"{self.table}.{key}"


@dataclass(frozen=True)
class Ticks:
    """Rows within a row, each a tick: the rolls of a line. ``LineRow.ticks`` names them by the nested table's ``key`` field;
    the ticked ones go into the payload."""

    table: str
    key: str
    label: Text
    help: Text | None = None


@dataclass(frozen=True)
class Chosen:
    """A tick for the row itself: a row that has it (``LineRow.chosen``) goes into the payload where it is ticked, whatever was
    typed in it."""

    label: Text


@dataclass(frozen=True)
class Together:
    """Columns in one cell, each with its label where that is another than the cell's; those of ``behind`` under the words
    ``folded`` until something is typed there."""

    label: Text
    columns: tuple[Typed | Nested | Ticks | Chosen, ...]
    behind: tuple[Typed | Nested | Ticks | Chosen, ...] = ()
    folded: Text | None = None


Leaf = Typed | Shown | Nested | Spread | Ticks | Chosen
Column = Leaf | Together


def input_name(column: Leaf) -> str:
    """The name of a column's one input; "" where it has none of its own, or many."""
    match column:
        case Typed():
            return column.name
        case Nested():
            return column.field.name
        case Ticks():
            return column.table
        case _:
            return ""


def leaves_of(columns: Iterable[Column]) -> Iterable[Leaf]:
    """Columns, those of cells that hold several each for itself."""
    for column in columns:
        if isinstance(column, Together):
            yield from (*column.columns, *column.behind)
        else:
            yield column
