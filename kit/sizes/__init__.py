"""Colours × sizes of documents: typed, pasted, shown again with their messages, and read. Declared once beside the entity."""

from kit.sizes.declared import Cell, CellValue, Free, GridBlock, GridRow, SizeGrid
from kit.sizes.editor import edit_grid
from kit.sizes.free import FreeBlocks, posted_blocks
from kit.sizes.matrix import matrices

__all__ = [
    "Cell",
    "CellValue",
    "Free",
    "FreeBlocks",
    "GridBlock",
    "GridRow",
    "SizeGrid",
    "edit_grid",
    "matrices",
    "posted_blocks",
]
