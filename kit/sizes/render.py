"""Blocks of colours × sizes as HTML with inputs: thousands of inputs are most of the page, and a template takes longer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from core.api import Ctx, T
from core.values import Unreadable, parse_pieces
from kit.lines import LineTable, Shown, Typed
from kit.lines.render import Rows
from kit.sizes.declared import Cell, CellValue, Column, GridBlock, GridRow, SizeGrid


class Blocks:
    """Writes the blocks of one grid for one document; ``errors`` are messages by input, ``filters`` the template's."""

    sums_one = False
    """Sums stand below a single row too: others may follow."""

    def __init__(
        self,
        grid: SizeGrid,
        ctx: Ctx,
        document: Any,
        errors: Mapping[str, Sequence[str]],
        filters: Mapping[str, Callable[..., Any]],
    ) -> None:
        self.grid, self.number = grid, filters["number"]
        typed = tuple(c for c in (*grid.block_columns, *grid.row_columns) if isinstance(c, Typed))
        table = LineTable(grid.payload, typed, lambda ctx, document: ())
        self.controls = Rows(table, ctx, document, errors, filters)
        self.wrong, self.messages = self.controls.wrong, self.controls.messages
        self.several = len(grid.values) > 1
        self.called_value = {value.name: str(escape(value.label)) for value in grid.values}
        self.beside = [c for c in grid.row_columns if isinstance(c, Typed)]
        self.words = {
            name: escape(text)
            for name, text in {
                "color": T("Colour"),
                "total": T("Total"),
                "left": grid.left or "",
                "remove": T("Remove this row"),
            }.items()
        }

    def html(self, blocks: Sequence[GridBlock]) -> Markup:
        """A card for each block."""
        return Markup("".join(self.block(block) for block in blocks))  # noqa: S704 - escaped

    def total(self, blocks: Sequence[GridBlock]) -> str:
        """Pieces of all blocks."""
        return self._sum([row for block in blocks for row in block.rows], self.grid.values[0])

    def block(self, block: GridBlock) -> str:
        """The card of a block."""
        price = f' data-price-at="{escape(block.price)}"' if block.price else ""
        label = escape(block.title or self.words["color"])
        rows = block.rows
        parts = [f'<section class="card block" data-block="{block.index}"{price}>', self.head(block)]
        parts += [
            f'<div class="scroll" tabindex="0" role="group" aria-label="{label}"><table class="grid edit sizes"><thead><tr>',
            f"<th>{self.words['color']}</th>", "<th></th>" if self.several else "",
            *(f'<th{self._num(c)}>{self._label(c)}</th>' for c in self.grid.row_columns if isinstance(c, Shown)),
            *(f'<th class="num">{escape(size)}</th>' for _key, size in block.sizes),
            f'<th class="num total">{self.words["total"]}</th>',
            *(f'<th{self._num(c)}>{self._label(c)}</th>' for c in self.beside),
            "<th></th></tr></thead>\n<tbody>",
            *(self._row(block, row) for row in rows), "</tbody>\n", self._foot(block) if self.sums_one or len(rows) > 1 else "",
            "</table></div>", self.after(block), "</section>\n",
        ]  # fmt: skip
        return "".join(parts)

    def head(self, block: GridBlock) -> str:
        """What stands above the table of a block."""
        parts = ['<div class="block-head">']
        if block.title:
            more = " · ".join(filter(None, (str(escape(block.name)), str(escape(block.note)))))
            parts.append(f'<h2>{escape(block.title)} <span class="muted">{more}</span></h2>')
        by_block = self.grid.line == "block"
        start = self.grid.prefix(block.index) if by_block else f"blocks-{block.index}-"
        if by_block:
            parts.append(f'<input type="hidden" name="{start}id" value="{escape(block.key)}">')
        for column in self.grid.block_columns:
            if isinstance(column, Shown):
                parts.append(f'<span class="muted">{self._shown(column, block.shown)}</span>')
                continue
            mark = self.mark(column)
            control = self.controls.control(column.name, start, block.typed.get(column.name, ""), mark)
            tick = ' class="tick"' if self.grid.fields[column.name].kind == "bool" else ""
            parts.append(f"<label{tick}>{self._label(column)} {control}</label>")
        if not block.title:
            parts.append(f'<span class="block-name muted">{escape(block.name)}</span>')
        if by_block:
            parts.append(self.messages(start + self.grid.sizes))
        if self.grid.left and len(block.rows) > 1:
            parts.append(self._take(f"block:{block.index}", block.title))
        return "".join([*parts, "</div>"])

    def _row(self, block: GridBlock, row: GridRow) -> str:
        grid, several = self.grid, self.several
        line = row.index if grid.line == "row" else block.index
        start, over = grid.prefix(line), f' rowspan="{len(grid.values)}"' if several else ""
        name = self.called(block, row)
        parts = []
        for n, value in enumerate(grid.values):
            parts.append(f'<tr data-row="{row.index}" data-value="{value.name}">')
            if n == 0:
                parts.append(self.row_head(block, row, start, over))
            if several:
                parts.append(f'<td class="muted">{self.called_value[value.name]}</td>')
            if n == 0:
                parts += [
                    f"<td{self._num(c)}{over}>{self._shown(c, row.shown)}</td>"
                    for c in grid.row_columns
                    if isinstance(c, Shown)
                ]
            parts += [
                self._cell(value, row.cells.get(key), line, key, f"{name} {escape(size)}", n == 0)
                for key, size in block.sizes
            ]
            parts.append(f'<td class="num total" data-row-total>{self._sum([row], value)}</td>')
            if n == 0:
                parts += [
                    f"<td{self._num(c)}{over}>{self._typed(c, start, row, name)}</td>" for c in self.beside
                ]
                parts.append(f"<td{over}>{self.row_tools(row, start)}</td>")
            parts.append("</tr>\n")
        return "".join(parts)

    def called(self, block: GridBlock, row: GridRow) -> str:
        """How the labels of a row's inputs begin."""
        return f"{escape(block.title)} {escape(row.label)}"

    def row_head(self, block: GridBlock, row: GridRow, start: str, over: str) -> str:
        """The cell that says what a row is."""
        by_row = self.grid.line == "row"
        own = f'<input type="hidden" name="{start}id" value="{escape(row.key)}">' if by_row else ""
        slot = self.messages(start + self.grid.sizes) if by_row else ""
        head = f'<b>{escape(row.label)}</b> <span class="muted">{escape(row.name)}</span>'
        return f'<th scope="row"{over}>{own}{head}{slot}</th>'

    def row_tools(self, row: GridRow, start: str) -> str:
        """What stands at the end of a row."""
        return self._take(f"row:{row.index}", row.label) if self.grid.left else ""

    def mark(self, column: Typed) -> str:
        """What the script knows the input of a block's column by."""
        return " data-price" if column.name == self.grid.price else ""

    def after(self, block: GridBlock) -> str:
        """What follows the table of a block."""
        return ""

    def _cell(
        self, value: CellValue, cell: Cell | None, line: int, size: str, label: str, first: bool
    ) -> str:
        if cell is None:
            return '<td class="num"></td>'
        at = self.grid.cell(line, value.name, cell.key or size)
        left = f' data-left="{cell.left}"' if first and cell.left is not None and self.grid.left else ""
        called = f"{label} {self.called_value[value.name]}" if self.several else label
        hint = (
            f'<small class="muted" title="{escape(cell.why)}">{escape(cell.hint)}</small>'
            if first and cell.hint
            else ""
        )
        return (
            f'<td class="num"><input name="{escape(at)}" value="{escape(cell.texts.get(value.name, ""))}" '
            f'aria-label="{called}" inputmode="numeric" autocomplete="off" class="num pcs" data-size="{escape(size)}"'
            f"{left}{self.wrong(at)}>{self.messages(at)}{hint}</td>"
        )

    def _typed(self, column: Typed, start: str, row: GridRow, name: str) -> str:
        at = start + column.name
        if column.name not in self.grid.counted:
            text = row.typed.get(column.name, "")
            return self.controls.control(column.name, start, text, row_name=name)
        return (
            f'<input name="{at}" value="{escape(row.typed.get(column.name, ""))}" aria-label="{name} {self._label(column)}" '
            f'inputmode="numeric" autocomplete="off" class="num pcs"{self.wrong(at)}>{self.messages(at)}'
        )

    def _foot(self, block: GridBlock) -> str:
        value, columns = self.grid.values[0], self.grid.row_columns
        shown = sum(isinstance(c, Shown) for c in columns)
        sizes = "".join(
            f'<td class="num" data-size-total="{escape(key)}">{self._sum(block.rows, value, key)}</td>'
            for key, _size in block.sizes
        )
        return (
            f'<tfoot><tr><th scope="row" colspan="{1 + self.several + shown}">{self.words["total"]}</th>{sizes}'
            f'<td class="num total" data-block-total>{self._sum(block.rows, value)}</td>'
            f"{'<td></td>' * (len(self.beside) + 1)}</tr></tfoot>"
        )

    def _sum(self, rows: Sequence[GridRow], value: CellValue, key: str | None = None) -> str:
        cells = (cell for row in rows for size, cell in row.cells.items() if key in (None, size))
        return str(self.number(sum(pieces_of(cell.texts.get(value.name, "")) for cell in cells)))

    def _take(self, what: str, label: str) -> str:
        words = f"{self.words['left']} {escape(label)}"
        return (
            f'<button class="small take" name="_take" value="{what}" formnovalidate title="{words}" '
            f'aria-label="{words}">=</button>'
        )

    def _label(self, column: Column) -> str:
        return str(escape(column.label if isinstance(column, Shown) else self.grid.fields[column.name].label))

    def _num(self, column: Column) -> str:
        numeric = column.numeric if isinstance(column, Shown) else self.grid.fields[column.name].numeric
        return ' class="num"' if numeric else ""

    def _shown(self, column: Shown, values: Mapping[str, Any]) -> str:
        value = values.get(column.name)
        return "" if value is None else str(escape(self.number(value) if column.numeric else value))


def pieces_of(text: str) -> int:
    """Pieces for a sum; what cannot be read counts as none, its message says so."""
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    try:
        return parse_pieces(text)
    except Unreadable:
        return 0
