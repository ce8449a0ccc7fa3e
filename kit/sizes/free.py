"""Grids whose blocks and rows are typed too: what was posted, and what their pages have more than others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from markupsafe import escape

from core.api import Refused, T
from core.values import parse_id
from kit.lines import Typed
from kit.sizes.declared import Cell, Free, GridBlock, GridRow, SizeGrid
from kit.sizes.posted import GONE, posted_lines
from kit.sizes.render import Blocks


def posted_blocks(grid: SizeGrid, form: Mapping[str, str]) -> list[GridBlock]:
    """Blocks with their rows, but for those ticked for removal; their numbers stay.

    Raises Refused beyond what one form may have, and where something was typed in a row of a block that is not there.
    """
    names = "|".join(map(re.escape, grid.shared))
    pattern = re.compile(rf"blocks-(\d{{1,6}})-({names})")
    blocks: dict[int, GridBlock] = {}
    for name, text in form.items():
        if match := pattern.fullmatch(name):
            blocks.setdefault(int(match[1]), GridBlock(index=int(match[1]))).typed[match[2]] = text
    if len(blocks) > grid.most:
        raise Refused(T("At most {n} rows at once; these are {many}.", n=grid.most, many=len(blocks)))
    for index, line in posted_lines(grid, form).items():
        if line.deleted:
            continue
        number = parse_id(line.block)
        block = blocks.get(-1 if number is None else number)
        if block is None:
            if not line.blank:
                raise Refused(GONE)
            continue
        row = GridRow(line.key, typed=line.typed, index=index, posted=True)
        for (value, size), text in line.cells.items():
            row.cells.setdefault(size, Cell()).texts[value] = text
        block.rows.append(row)
    return [blocks[index] for index in sorted(blocks)]


class FreeBlocks(Blocks):
    """Writes blocks whose rows say themselves what they are, with buttons that add and remove."""

    sums_one = True

    def __init__(self, grid: SizeGrid, *args: Any) -> None:
        if grid.free is None:
            raise TypeError("a grid without Free has no blocks to be typed")
        super().__init__(grid, *args)
        self.free: Free = grid.free
        self.beside = [column for column in self.beside if column.name != self.free.name]

    def block(self, block: GridBlock) -> str:
        """The card of a block; one whose sizes are not known yet keeps what was typed in it."""
        return super().block(block) if block.sizes else self._closed(block)

    def mark(self, column: Typed) -> str:
        """What the script knows the input of a block's column by."""
        return super().mark(column) + (" data-by" if column.name == self.free.by else "")

    def called(self, block: GridBlock, row: GridRow) -> str:
        """How the labels of a row's inputs begin."""
        return str(escape(row.typed.get(self.free.name, "")))

    def row_head(self, block: GridBlock, row: GridRow, start: str, over: str) -> str:
        """The cell in which a row says what it is."""
        spec = self.grid.fields[self.free.name]
        name = start + spec.name
        own = f'<input type="hidden" name="{start}id" value="{escape(row.key)}">' if row.key else ""
        return (
            f'<td class="name"{over}><input type="hidden" name="{start}block" value="{block.index}">{own}'
            f'<input name="{name}" value="{escape(row.typed.get(spec.name, ""))}" aria-label="{escape(spec.label)}" '
            f'autocomplete="off" list="offers-{block.index}"{self.wrong(name)}>{self.messages(name)} '
            f'<span class="muted">{escape(row.name)}</span></td>'
        )

    def row_tools(self, row: GridRow, start: str) -> str:
        """The tick that removes a row."""
        tick = f'<input type="checkbox" name="{start}_delete" value="1" aria-label="{self.words["remove"]}">'
        return f'{super().row_tools(row, start)}<label class="x">{tick} ✕</label>'

    def after(self, block: GridBlock) -> str:
        """What adds a row to a block, and what its rows may be called."""
        offers = "".join(
            f'<option value="{escape(code)}">{escape(name)}</option>' for code, name in block.offers
        )
        return (
            f'<datalist id="offers-{block.index}">{offers}</datalist><div class="row tools"><button class="small" name="do" '
            f'value="row:{block.index}" formnovalidate data-add="row">+ {escape(self.free.row)}</button></div>'
        )

    def _closed(self, block: GridBlock) -> str:
        parts = [f'<section class="card block" data-block="{block.index}">', self.head(block)]
        for row in block.rows:
            start = self.grid.prefix(row.index)
            kept = {f"{start}block": str(block.index), f"{start}id": row.key}
            kept |= {start + name: text for name, text in row.typed.items()}
            for size, cell in row.cells.items():
                kept |= {self.grid.cell(row.index, value, size): text for value, text in cell.texts.items()}
            parts += [
                f'<input type="hidden" name="{escape(name)}" value="{escape(text)}">{self.messages(name)}'
                for name, text in kept.items()
                if text
            ]
        show, say = (
            escape(T("Show its colours and sizes")),
            escape(T("Choose a style to see its colours and sizes.")),
        )
        parts.append(
            f'<p class="row"><button class="small nojs" name="do" value="show" formnovalidate>{show}</button>'
            f'<span class="help js">{say}</span></p></section>\n'
        )
        return "".join(parts)
