"""Colours × sizes as they are read: a table for each block, with sums of rows, sizes and the whole."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask import current_app
from markupsafe import Markup, escape

from core.api import T
from kit.lines import Shown, Typed
from kit.sizes.declared import Column, GridBlock, GridRow, SizeGrid
from kit.sizes.render import pieces_of


def matrices(grid: SizeGrid, blocks: Sequence[GridBlock], more: Sequence[Shown] = ()) -> Markup:
    """A card for each block: what is shown of a row, sizes, their sum, sums of further values, typed and ``more`` columns."""
    return _Matrix(grid, more).html(blocks)


class _Matrix:
    """Writes the blocks of one grid."""

    def __init__(self, grid: SizeGrid, more: Sequence[Shown]) -> None:
        self.grid = grid
        self.number = current_app.jinja_env.filters["number"]
        typed = [c for c in grid.row_columns if isinstance(c, Typed)]
        self.words = [c for c in grid.row_columns if isinstance(c, Shown)]
        self.figures: list[Column] = [c for c in typed if c.name in grid.counted] + [*more]
        self.remarks = [c for c in typed if c.name not in grid.counted]

    def html(self, blocks: Sequence[GridBlock]) -> Markup:
        return Markup("".join(self._block(block) for block in blocks))  # noqa: S704 - escaped

    def _block(self, block: GridBlock) -> str:
        first, *others = self.grid.values
        title = escape(block.title)
        about = " · ".join(filter(None, (str(escape(block.name)), str(escape(block.note)))))
        head = [f"<th>{escape(T('Colour'))}</th>", *(f"<th>{self._label(c)}</th>" for c in self.words)]
        head += [f'<th class="num">{escape(size)}</th>' for _key, size in block.sizes]
        head.append(f'<th class="num total">{escape(T("Total"))}</th>')
        head += [f'<th class="num">{escape(value.label)}</th>' for value in others]
        head += [f'<th class="num">{self._label(c)}</th>' for c in self.figures]
        head += [f"<th>{self._label(c)}</th>" for c in self.remarks]
        foot = ""
        if len(block.rows) > 1:
            sums = [self._pieces(block.rows, first.name, key) for key, _size in block.sizes]
            totals: list[Decimal | int] = [self._pieces(block.rows, value.name) for value in others]
            totals += [sum(self._figure(c, row) for row in block.rows) for c in self.figures]
            foot = (
                f'<tfoot><tr><th scope="row" colspan="{1 + len(self.words)}">{escape(T("Total"))}</th>{self._cells(sums)}'
                f'<td class="num total">{self.number(sum(sums))}</td>{self._cells(totals)}'
                f"{'<td></td>' * len(self.remarks)}</tr></tfoot>"
            )
        return (
            f'<section class="card"><h2>{title} <span class="muted">{about}</span></h2>'
            f'<div class="scroll" tabindex="0" role="group" aria-label="{title}"><table class="grid matrix"><thead><tr>'
            f"{''.join(head)}</tr></thead>\n<tbody>{''.join(self._row(block, row) for row in block.rows)}</tbody>{foot}"
            "</table></div></section>\n"
        )

    def _row(self, block: GridBlock, row: GridRow) -> str:
        first, *others = self.grid.values
        parts = [
            f'<tr><th scope="row"><b>{escape(row.label)}</b> <span class="muted">{escape(row.name)}</span></th>'
        ]
        parts += [f"<td>{escape(row.shown.get(c.name, ''))}</td>" for c in self.words]
        for key, _size in block.sizes:
            cell = row.cells.get(key)
            qty = pieces_of(cell.texts.get(first.name, "")) if cell else 0
            parts.append(f'<td class="num">{self.number(qty) if qty else ""}')
            for value in others:
                if cell and (part := pieces_of(cell.texts.get(value.name, ""))):
                    parts.append(
                        f'<small class="bad-text" title="{escape(value.label)}">−{self.number(part)}</small>'
                    )
            parts.append("</td>")
        parts.append(f'<td class="num total">{self.number(self._pieces([row], first.name))}</td>')
        parts.append(self._cells([self._pieces([row], value.name) for value in others]))
        parts.append(self._cells([self._figure(c, row) for c in self.figures]))
        parts += [
            f"<td>{escape(row.shown.get(c.name) or row.typed.get(c.name, ''))}</td>" for c in self.remarks
        ]
        return "".join([*parts, "</tr>\n"])

    def _cells(self, figures: Sequence[Any]) -> str:
        return "".join(f'<td class="num">{self.number(n) if n else ""}</td>' for n in figures)

    def _pieces(self, rows: Sequence[GridRow], value: str, key: str | None = None) -> int:
        cells = (cell for row in rows for size, cell in row.cells.items() if key in (None, size))
        return sum(pieces_of(cell.texts.get(value, "")) for cell in cells)

    def _figure(self, column: Column, row: GridRow) -> Decimal | int:
        if isinstance(column, Typed):
            return pieces_of(row.typed.get(column.name, ""))
        value: Decimal | int = row.shown.get(column.name) or 0
        return value

    def _label(self, column: Column) -> str:
        return str(escape(column.label if isinstance(column, Shown) else self.grid.fields[column.name].label))
