"""Pages of returns and settlements: the document, and the grid in which its pieces are typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from core.api import Ctx, Declare, T
from core.values import decimal_text
from core.web.api import EntityView, route
from kit.lines import Shown, Typed
from kit.sizes import Cell, CellValue, GridBlock, GridRow, SizeGrid, edit_grid, matrices
from plugins.catalog.api import CUSTOMER_PRICES
from plugins.fulfilment.models import GoodsReturn, Settlement, SettlementLine
from plugins.fulfilment.screens import grids
from plugins.fulfilment.services import explaining, returns, settling
from plugins.fulfilment.services.rows import Row
from plugins.fulfilment.words import RETURN, SETTLEMENT, SETTLEMENTS


def _return_blocks(ctx: Ctx, paper: GoodsReturn, saved_only: bool = False) -> list[GridBlock]:
    mine = {(line.order_line_id, line.purchase_order_id or 0): line for line in paper.lines}
    pieces = {key: {size.size_id: size.qty for size in line.sizes} for key, line in mine.items()}
    called = dict(returns.TABLE.fields[2].options(ctx))

    def row_of(key: tuple[int, int], row: Row) -> GridRow:
        line = mine.get(key)
        return GridRow(
            f"{key[0]}-{key[1]}",
            {"line": row.position + 1, "purchase_order": row.po},
            typed={"reason": line.reason, "note": line.note} if line else {},
            shown={"left": row.total("returnable")}
            | ({"reason": str(called.get(line.reason, line.reason))} if line else {}),
        )

    def cell_of(key: tuple[int, int], size_id: int, at: explaining.Cell) -> Cell:
        text = grids.text_of(pieces.get(key, {}).get(size_id, 0))
        return Cell(
            {"qty": text}, hint=f"≤ {at.returnable:,}", why=str(T("Accepted finally")), left=at.returnable
        )

    found = {(row.line_id, row.po_id): row for row in returns.open_rows(ctx, paper)}
    lines = [(key, row) for key, row in found.items() if not saved_only or key in mine]
    return grids.blocks_of(ctx, lines, row_of, cell_of, several=False)


def _settlement_blocks(ctx: Ctx, paper: Settlement, saved_only: bool = False) -> list[GridBlock]:
    mine = {line.order_line_id: line for line in paper.lines}
    pieces = {key: {size.size_id: size.qty for size in line.sizes} for key, line in mine.items()}

    def row_of(key: int, row: Row) -> GridRow:
        line = mine.get(key)
        return GridRow(
            str(key),
            {"line": row.position + 1},
            typed=_typed(line) if line else {},
            shown={"left": row.total("open")}
            | ({"kind": str(dict(SETTLEMENTS).get(line.kind, line.kind))} if line else {}),
        )

    def cell_of(key: int, size_id: int, at: explaining.Cell) -> Cell:
        text = grids.text_of(pieces.get(key, {}).get(size_id, 0))
        return Cell({"qty": text}, hint=f"≤ {at.open:,}", why=str(T("Open")), left=at.open)

    lines = [
        (row.line_id, row)
        for row in settling.order_rows(ctx, paper.customer_order_id)
        if row.line_id in mine or (not saved_only and row.total("open"))
    ]
    return grids.blocks_of(ctx, lines, row_of, cell_of, several=False, sourced=False)


def _typed(line: SettlementLine) -> dict[str, str]:
    other = {size.by_size.code for size in line.sizes if size.by_size and size.by_size.code != size.size.code}
    return {
        "kind": line.kind,
        "note": line.note,
        "style": line.style.code if line.style else "",
        "color": line.color.code if line.color else "",
        "by_size": ", ".join(sorted(other)),
        "price": "" if line.price is None else decimal_text(line.price),
    }


LEFT = Shown("left", T("At most"), numeric=True)
RETURN_GRID = SizeGrid(
    returns.TABLE,
    (CellValue("qty", T("Pieces")),),
    _return_blocks,
    row_columns=(LEFT, Typed("reason"), Typed("note")),
    left=T("All that is left"),
    sheet=grids.HEADINGS,
)
SETTLEMENT_GRID = SizeGrid(
    settling.TABLE,
    (CellValue("qty", T("Pieces")),),
    _settlement_blocks,
    row_columns=(LEFT, *(Typed(name) for name in ("kind", "style", "color", "by_size", "price", "note"))),
    left=T("All that is left"),
)


class _PiecesView(EntityView):
    """A document of one customer order with pieces in a grid."""

    document_template = "fulfilment/pieces.html"
    grid: SizeGrid
    empty = T("Nothing of this order is left.")

    def document_values(self, context: Ctx, row: Any) -> dict[str, Any]:
        """What is on it."""
        columns = [
            c for c in self.grid.row_columns[1:] if c.name != "price" or context.can(CUSTOMER_PRICES)
        ]  # without what is left, and without what this person may not see
        grid = replace(self.grid, row_columns=tuple(columns))
        return {"pieces": matrices(grid, self.saved(context, row)) if row.lines else ""}

    def saved(self, context: Ctx, row: Any) -> Sequence[GridBlock]:
        """The saved lines."""
        raise NotImplementedError

    def saved_url(self, row: Any, is_new: bool) -> str:
        """A new document goes straight on to its pieces."""
        return self.url_for_row(row, "/lines" if is_new else "")

    @route("/<int:row_id>/lines", right="edit", methods=("GET", "POST"))
    def lines(self, row_id: int) -> Any:
        """Type the pieces; saved together or not at all, and posted where that is asked."""
        row = self.row(row_id)
        return edit_grid(
            self,
            row,
            "lines",
            self.grid,
            "post",
            about=row.customer_order.number,
            empty=self.empty,
        )


class ReturnView(_PiecesView):
    """Returns."""

    grid = RETURN_GRID
    empty = T("Nothing of this order can come back: only what was accepted on a finalised sheet does.")

    def saved(self, context: Ctx, row: Any) -> Sequence[GridBlock]:
        """The saved lines."""
        return _return_blocks(context, row, saved_only=True)


class SettlementView(_PiecesView):
    """Settlements."""

    grid = SETTLEMENT_GRID

    def saved(self, context: Ctx, row: Any) -> Sequence[GridBlock]:
        """The saved lines."""
        return _settlement_blocks(context, row, saved_only=True)


def register(registry: Declare) -> None:
    """The views."""
    registry.screen(RETURN, ReturnView)
    registry.screen(SETTLEMENT, SettlementView)
