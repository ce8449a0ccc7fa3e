"""Pieces as a grid, colours down and sizes across, as pages of documents show them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Cell:
    """One size: what the document says (``qty``, ``bad``), and the figures beside it."""

    name: str
    size: str
    qty: int
    figures: Any
    bad: int = 0
    bad_name: str = ""


@dataclass
class Row:
    """A colour: cells under the block's sizes, None where the size is not ordered."""

    color: str
    color_name: str
    note: str = ""
    key: str = ""
    cartons: int = 0
    inspected: int = 0
    cells: list[Cell | None] = field(default_factory=list)

    def total(self, what: str) -> int:
        """Sum of ``qty``, ``bad`` or of a figure."""
        own = what in ("qty", "bad")
        return sum(getattr(c if own else c.figures, what) for c in self.cells if c)


@dataclass
class Block:
    """A table of the page."""

    title: str
    name: str
    note: str
    sizes: list[str]
    rows: list[Row] = field(default_factory=list)

    def total(self, what: str) -> int:
        """Sum over all rows."""
        return sum(row.total(what) for row in self.rows)

    def inputs(self) -> list[str]:
        """Names of all inputs."""
        found = [name for row in self.rows for c in row.cells if c for name in (c.name, c.bad_name)]
        return found + [f"{what}-{row.key}" for row in self.rows for what in ("cartons", "inspected")]
