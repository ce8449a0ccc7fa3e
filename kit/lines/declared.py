"""What an author declares of a table of lines: columns over the table of an action's payload, and the rows it starts with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from core.api import Ctx, Field, PayloadTable, T, Text
from kit.lines.columns import Column, Leaf, Nested, Spread, input_name, leaves_of


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
    lacks   names of columns that are not typed in it; the value of that name in ``shown`` stands there
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
        return tuple(leaves_of(self.columns))

    @cached_property
    def inputs(self) -> list[str]:
        """Names of the columns that are typed, those of a spread apart."""
        return [name for c in self.leaves if (name := input_name(c))]

    def across(self, ctx: Ctx, document: Any) -> dict[str, Sequence[tuple[str, Text | str]]]:
        """The columns of each :class:`Spread` for a document, by the name of its table."""
        return {c.table: c.across(ctx, document) for c in self.leaves if isinstance(c, Spread)}
