"""What an author declares of a table of lines: columns over the table of an action's payload, and the rows it starts with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from core.api import Ctx, Field, PayloadTable, T, Text
from core.values import code_key


@dataclass(frozen=True)
class Typed:
    """A field of the payload that people type, choose or tick.

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
    named: bool = False


@dataclass(frozen=True)
class Shown:
    """A value that is read, not typed: what is ordered, what is left, a name. It comes with the row (``LineRow.shown``): a
    text, number or day, or Markup where it is a link.

    unit  another value of ``LineRow.shown``, printed behind it
    head  it is what the row is called: on a phone it stands above the rest
    """

    name: str
    label: Text
    numeric: bool = False
    sum: bool = False
    unit: str = ""
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
    """Columns in one cell, each with its label; ``folded`` under these words until something is typed there."""

    label: Text
    columns: tuple[Typed | Nested | Ticks, ...]
    folded: Text | None = None


Leaf = Typed | Shown | Nested | Spread | Ticks | Chosen
Column = Leaf | Together


@dataclass
class LineRow:
    """A row of the editor.

    own     the id of the line where it is there already, 0 for a new one
    key     the value of the payload's key field that names it
    typed   texts by column name; of a :class:`Spread` by ``<table>.<key>``; of :class:`Ticks` what is ticked, a line each
    shown   values of :class:`Shown` columns, and units
    stays   it cannot be removed
    index   the number in the names of its inputs; set by the reader of a form

    A row that is *offered* (open, left, may go back) is no line yet: it becomes one when something is typed in it.

    offer   what names it, the same whenever the page is opened again: the id of what is open, ``12:stock:LOT 7``
    name    what it is called in messages and to screen readers
    sends   values that go into the payload with it; they come from here, never from the form
    lacks   names of columns that it does not have
    ticks   by nested table, (key, label) of what can be ticked
    chosen  whether its tick is set (:class:`Chosen`); None: it has none
    skips   unknown columns of its pasted rows are skipped
    scan    what a scanner may say for it, words with blanks between
    """

    own: int = 0
    key: Any = None
    typed: dict[str, str] = field(default_factory=dict)
    shown: Mapping[str, Any] = field(default_factory=dict)
    stays: bool = False
    index: int = 0
    offer: str = ""
    name: str = ""
    sends: Mapping[str, Any] = field(default_factory=dict)
    lacks: frozenset[str] = frozenset()
    ticks: Mapping[str, Sequence[tuple[str, Text | str]]] = field(default_factory=dict)
    chosen: bool | None = None
    skips: bool = False
    scan: str = ""

    @property
    def blank(self) -> bool:
        """Nothing was typed in it."""
        return not any(text.strip() for text in self.typed.values())


GONE = T("This line is not there any more.")


@dataclass(frozen=True)
class LineTable:
    """The lines of a document as one table of inputs over ``payload``, the table of the action that saves them.

    columns   in their order
    rows      the lines that are there, or are offered, for a document
    starts    texts a new row begins with; such a text alone makes no line
    spare     empty rows at the end; 0: lines are not added here
    most      most rows of one form
    help      a sentence below the table
    again     the rows of these offers, whatever became of them; without it those of ``rows``
    gone      what is said of an offer that is not there any more
    none      what stands there instead of a table without rows
    cards     on a phone each row is a card
    settle    makes of a row's texts what they mean where two cells hang together (``fixed:BLK``)
    """

    payload: PayloadTable
    columns: tuple[Column, ...]
    rows: Callable[[Ctx, Any], Sequence[LineRow]]
    starts: Mapping[str, str] = field(default_factory=dict)
    spare: int = 4
    most: int = 500
    help: Text | None = None
    again: Callable[[Ctx, Any, Sequence[str]], Sequence[LineRow]] | None = None
    gone: Text = GONE
    none: Text | None = None
    cards: bool = False
    settle: Callable[[dict[str, str]], dict[str, str]] | None = None

    @cached_property
    def fields(self) -> dict[str, Field]:
        """The payload's fields by name, and those of cells that hold rows."""
        own = {f.name: f for f in self.payload.fields}
        return own | {c.field.name: c.field for c in self.leaves if isinstance(c, Nested)}

    @property
    def removes(self) -> bool:
        """Whether rows can be removed: where they can be added."""
        return bool(self.spare)

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """The columns, each for itself."""
        return tuple(_leaves(self.columns))

    @cached_property
    def inputs(self) -> list[str]:
        """Names of the columns that are typed, those of a spread apart."""
        return [name for c in self.leaves if (name := input_name(c))]

    def across(self, ctx: Ctx, document: Any) -> dict[str, Sequence[tuple[str, Text | str]]]:
        """The columns of each :class:`Spread` for a document, by the name of its table."""
        return {c.table: c.across(ctx, document) for c in self.leaves if isinstance(c, Spread)}


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


def _leaves(columns: Iterable[Column]) -> Iterable[Leaf]:
    for column in columns:
        if isinstance(column, Together):
            yield from column.columns
        else:
            yield column


@dataclass(frozen=True)
class ActionTable:
    """The page of an action that takes a table: which one, and what goes with it.

    table     the table, or what makes it for a person
    always    goes into the payload beside the rows and the action's fields
    save      the words of the button; without them the action's own, or Save where it edits
    then      a further button carries out this action too, in the same transaction; its fields stand on the page
    start     what fields of the page start with, for a document
    note      a sentence above the table
    below     the fields of the page stand below the table
    template  extends :data:`kit.lines.editor.TEMPLATE` in its blocks
    """

    table: LineTable | Callable[[Ctx], LineTable]
    always: Mapping[str, Any] = field(default_factory=dict)
    save: Text | None = None
    then: str = ""
    start: Callable[[Ctx, Any], Mapping[str, Any]] | None = None
    note: Callable[[Ctx, Any], Text | str] | None = None
    below: bool = False
    template: str = ""
