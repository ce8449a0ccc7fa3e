"""What an author declares of colours × sizes: blocks of rows with an input for each size, over the table of an action."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from core.api import Ctx, Field, PayloadTable, Text
from kit.lines import Shown, Typed
from kit.sheets import Heading

Column = Typed | Shown


@dataclass(frozen=True)
class CellValue:
    """One of the inputs of a cell: a field of the table of sizes. ``empty`` is what the payload gets where nothing stands in
    it; None leaves it out, and a cell with nothing in any of its inputs altogether."""

    name: str
    label: Text
    empty: str | None = None


@dataclass
class Cell:
    """A size of a row.

    texts  by the name of a :class:`CellValue`
    key    what the payload calls it, where that is not the key of the size
    hint   figures below the inputs; ``why`` says what they are
    left   what "=" writes into the first input: all that is left
    at     how services that know no page name this cell in a Problem
    """

    texts: dict[str, str] = field(default_factory=dict)
    key: str = ""
    hint: str = ""
    why: str = ""
    left: int | None = None
    at: str = ""
    was: Mapping[str, str] = field(default_factory=dict)


@dataclass
class GridRow:
    """A colour of a block.

    key    names it from one request to the next, so that what was typed finds its row again; "" for a new one
    given  fields of the payload that name the line
    label  what it is called, ``name`` in words
    typed  texts of typed columns, ``shown`` values of those that are read
    cells  by the key of the size; a size that is not there has no input
    names  how a pasted sheet may name it, by column of ``SizeGrid.sheet``
    index  the number in the names of its inputs; ``posted``: its inputs were sent
    """

    key: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    label: str = ""
    name: str = ""
    typed: dict[str, str] = field(default_factory=dict)
    shown: Mapping[str, Any] = field(default_factory=dict)
    cells: dict[str, Cell] = field(default_factory=dict)
    names: Mapping[str, Sequence[str]] = field(default_factory=dict)
    index: int = 0
    posted: bool = False
    was: Mapping[str, str] = field(default_factory=dict)


@dataclass
class GridBlock:
    """A table of the page: rows that share sizes. Where it is the line itself (``SizeGrid.line`` "block") it has key, given
    and typed as a row has.

    sizes   (key of the size, what stands above it), in their order
    offers  what may be typed into the column that names a row: (code, name)
    price   the name of an input elsewhere on the page that holds the price where the block has none of its own
    """

    title: str = ""
    name: str = ""
    note: str = ""
    sizes: Sequence[tuple[str, str]] = ()
    rows: list[GridRow] = field(default_factory=list)
    key: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    shown: Mapping[str, Any] = field(default_factory=dict)
    offers: Sequence[tuple[str, str]] = ()
    price: str = ""
    index: int = 0
    posted: bool = False
    was: Mapping[str, str] = field(default_factory=dict)


Line = GridRow | GridBlock


@dataclass(frozen=True)
class Free:
    """Blocks and rows are typed too: ``by`` is the column of a block on which its sizes depend, ``name`` the column of a row
    that names it (offered is ``GridBlock.offers``); ``block`` and ``row`` are the words of the buttons that add one."""

    by: str
    name: str
    block: Text
    row: Text


@dataclass(frozen=True)
class SizeGrid:
    """Colours × sizes of a document over ``payload``, the table of the action that saves it.

    blocks         what is there, or proposed, for a document: blocks with rows with cells
    values         the inputs of a cell; the first is what sums count and "=" fills
    sizes, key     the table within ``payload`` that holds the cells, and its field that names the size
    block_columns, row_columns  what is typed or read beside the sizes
    line           what a row of the payload is: a row of the grid (typed block columns go into each), or a whole block
    changed        the payload holds only what differs from what is there; lines without a difference are left out
    left           the words of the button that takes all that is left; without it there is none
    sheet          columns by which a pasted sheet, sizes across, says which row it means
    price          the typed column of a block that holds the price of a piece: amounts are shown while somebody types
    free           where blocks and rows are added on the page
    most, most_cells  most rows and cells of one form
    help           a sentence below the blocks
    """

    payload: PayloadTable
    values: tuple[CellValue, ...]
    blocks: Callable[[Ctx, Any], Sequence[GridBlock]]
    sizes: str = "sizes"
    key: str = "size"
    block_columns: tuple[Column, ...] = ()
    row_columns: tuple[Column, ...] = ()
    line: Literal["row", "block"] = "row"
    changed: bool = False
    left: Text | None = None
    sheet: tuple[Heading, ...] = ()
    price: str = ""
    free: Free | None = None
    most: int = 500
    most_cells: int = 8000
    help: Text | None = None

    @cached_property
    def fields(self) -> dict[str, Field]:
        """The payload's fields by name."""
        return {spec.name: spec for spec in self.payload.fields}

    @cached_property
    def shared(self) -> list[str]:
        """Names of the typed columns of blocks."""
        return [c.name for c in self.block_columns if isinstance(c, Typed)]

    @cached_property
    def counted(self) -> set[str]:
        """Names of the typed columns of rows that hold pieces and are added up; the others are words and prices."""
        typed = {c.name for c in self.row_columns if isinstance(c, Typed)}
        return {name for name in typed if self.fields[name].kind in ("pieces", "int")}

    @cached_property
    def inputs(self) -> list[str]:
        """Names of the typed columns of a line."""
        own = self.row_columns if self.line == "row" else self.block_columns
        return [c.name for c in own if isinstance(c, Typed)]

    def lines(self, blocks: Sequence[GridBlock]) -> Iterator[tuple[GridBlock, Line]]:
        """The lines of a page with their blocks."""
        for block in blocks:
            if self.line == "block":
                yield block, block
            else:
                for row in block.rows:
                    yield block, row

    def prefix(self, index: int) -> str:
        """How the names of a line's inputs begin, as those of a table of lines do: ``lines-3-``."""
        return f"{self.payload.name}-{index}-"

    def cell(self, index: int, value: str, key: str) -> str:
        """The name of an input of a cell: ``lines-3-sizes.received.M``."""
        return f"{self.payload.name}-{index}-{self.sizes}.{value}.{key}"


def cells_of(line: Line) -> dict[str, Cell]:
    """The cells of a line by the key in its payload: of a block, those of all its rows."""
    rows = [line] if isinstance(line, GridRow) else line.rows
    return {cell.key or size: cell for row in rows for size, cell in row.cells.items()}
