"""到貨作業: the page of a fulfilment sheet, and the one where what came of all vendors is typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.api import TC, Ctx, Declare, T
from core.web.api import EntityView, route
from kit.lines import Shown, Typed
from kit.sizes import Cell, CellValue, GridBlock, GridRow, SizeGrid, edit_grid, matrices
from plugins.fulfilment.models import Sheet
from plugins.fulfilment.screens import grids
from plugins.fulfilment.services import explaining, posting, sheet_rows
from plugins.fulfilment.services.rows import Row
from plugins.fulfilment.services.sheet_payload import TABLE
from plugins.fulfilment.services.sheet_rows import Key
from plugins.fulfilment.words import PLACES, SHEET

FIGURES = (
    Shown("ordered", T("Ordered"), numeric=True),
    Shown("received", T("Received"), numeric=True),
    Shown("done", T("Accepted"), numeric=True),
    Shown("returned", TC("goods", "Returned"), numeric=True),
    Shown("balance", T("QTY BALANCE"), numeric=True),
)


def _blocks(ctx: Ctx, sheet: Sheet, saved_only: bool = False) -> list[GridBlock]:
    """Rows of all vendors with what is on the sheet."""
    mine = {sheet_rows.key_of_line(line): line for line in sheet.lines}
    typed = {key: {size.size_id: size for size in line.sizes} for key, line in mine.items()}
    known = sheet_rows.of_sheet(ctx, sheet)
    why = str(T("Accepted of ordered"))

    def row_of(key: Key, row: Row) -> GridRow:
        line, again = mine.get(key), key[-1]
        figures = {name: row.total(name) for name in ("ordered", "received", "returned")}
        figures |= {"done": row.total("accepted") + row.total("replaced"), "balance": row.total(_left(again))}
        given = {"purchase_order": row.po, "replacement": again}
        if row.line_id:
            given |= {"order": row.order, "line": row.position + 1}
        else:
            given |= {"style": row.style, "color": row.color, "destination": row.destination}
        return GridRow(
            "-".join(str(int(part)) for part in key),
            given,
            name=str(T("Replacement")) if again else "",
            typed={"short": grids.text_of(line.short), "note": line.note} if line else {},
            shown=figures,
        )

    def cell_of(key: Key, size_id: int, at: explaining.Cell) -> Cell:
        size = typed.get(key, {}).get(size_id)
        texts = {name: grids.text_of(getattr(size, name)) if size else "" for name in ("received", "damaged")}
        left = getattr(at, _left(key[-1]))
        return Cell(
            texts,
            hint=f"{at.accepted + at.replaced:,} / {at.ordered:,}",
            why=why,
            left=left,
        )

    found = {key: row for key, row in known.items() if not saved_only or key in mine}
    several = sheet.customer_order_id is None
    return grids.blocks_of(ctx, found.items(), row_of, cell_of, several)


def _left(again: bool) -> str:
    return "to_replace" if again else "balance"


GRID = SizeGrid(
    TABLE,
    (CellValue("received", T("Received")), CellValue("damaged", T("Damaged"))),
    _blocks,
    row_columns=(*FIGURES, Typed("short"), Typed("note")),
    left=T("All that is left"),
    sheet=grids.HEADINGS,
)
READ = SizeGrid(TABLE, GRID.values, _blocks, row_columns=(Typed("short"), Typed("note")))


def _asks(ctx: Ctx, row: Sheet) -> Sequence[str]:
    """Who may accept more than is allowed is asked why."""
    return ("over_reason",) if ctx.can(posting.OVER) else ()


class SheetView(EntityView):
    """Fulfilment sheets."""

    document_template = "fulfilment/sheet.html"

    def document_values(self, context: Ctx, row: Sheet) -> dict[str, Any]:
        """Pieces by vendor, style, colour and size."""
        return {"pieces": matrices(READ, _blocks(context, row, saved_only=True)) if row.lines else ""}

    def saved_url(self, row: Any, is_new: bool) -> str:
        """A new document goes straight on to its pieces."""
        return self.url_for_row(row, "/lines" if is_new else "")

    @route("/<int:row_id>/lines", right="edit", methods=("GET", "POST"))
    def lines(self, row_id: int) -> Any:
        """Type the pieces that came; saved together or not at all, and posted where that is asked."""
        row = self.row(row_id)
        return edit_grid(
            self, row, "lines", GRID, "post", asks=_asks, template="fulfilment/lines.html", about=_about(row),
            empty=T("Nothing is expected here."),
        )  # fmt: skip


def _about(row: Sheet) -> str:
    if row.customer_order is not None:
        what = row.customer_order.number
    else:
        what = row.customer.code if row.customer is not None else str(T("Everything that is open"))
    return f"{dict(PLACES).get(row.place, row.place)} · {what}"


def register(registry: Declare) -> None:
    """The view."""
    registry.screen(SHEET, SheetView)
