"""Pages of shipments: the document, and the grid of its pieces."""

from __future__ import annotations

from typing import Any

from core.api import Ctx, Declare, T, pick
from core.web.api import EntityView, route
from kit.lines import Shown
from kit.sheets import Heading
from kit.sizes import Cell, CellValue, GridBlock, GridRow, SizeGrid, edit_grid, matrices
from plugins.shipping.models import Shipment
from plugins.shipping.services import shipping, shipping_lines
from plugins.shipping.services.shipment_payload import TABLE


def register(registry: Declare) -> None:
    """Use these pages."""
    registry.screen("shipping.shipment", ShipmentView)


def _blocks(ctx: Ctx, paper: Shipment, saved_only: bool = False) -> list[GridBlock]:
    """Lines of the customer order by style; an empty draft proposes what is ready."""
    mine = {(line.order_line_id, s.size_id): s.qty for line in paper.lines for s in line.sizes}
    kept = {line.order_line_id for line in paper.lines}
    blocks: dict[int, GridBlock] = {}
    sizes: dict[int, dict[str, str]] = {}
    for each in shipping_lines.sheet(ctx, paper):
        if saved_only and each.line.id not in kept:
            continue
        style, color, day = each.line.order_style.style, each.line.color, each.line.ship_date.isoformat()
        block = blocks.setdefault(style.id, GridBlock(style.code, pick(style.names, style.name)))
        row = GridRow(
            str(each.line.id), {"line": each.line.position + 1}, color.code, pick(color.names, color.name),
            shown={"ship_date": day, "ordered": sum(cell.ordered for cell in each.cells.values()),
                   "shipped": sum(cell.shipped for cell in each.cells.values())},
            names={"style": (style.code,), "color": (color.code, color.name, *(color.names or {}).values()),
                   "ship_date": (day,)},
        )  # fmt: skip
        for size in each.line.sizes:
            code, cell = size.size.code, each.cells[size.size_id]
            sizes.setdefault(style.id, {})[code] = code
            qty = mine.get((each.line.id, size.size_id), 0) if paper.lines or saved_only else cell.ready
            row.cells[code] = Cell(
                {"pcs": str(qty) if qty else ""},
                hint=f"{cell.open:,} / {cell.ordered:,} · {cell.kept:,} + {cell.free:,}",
                why=str(T("Open of ordered; kept for this order + free")),
                left=cell.ready,
                at=f"cell-{each.line.id}-{size.size_id}",
            )
        block.rows.append(row)
    for style_id, block in blocks.items():
        block.sizes = list(sizes[style_id].items())
    return list(blocks.values())


GRID = SizeGrid(
    TABLE,
    (CellValue("pcs", T("Pieces")),),
    _blocks,
    row_columns=(Shown("ship_date", T("Ship date")),),
    left=T("All that is ready"),
    sheet=(
        Heading("style", T("Style"), ("style",)),
        Heading("color", T("Colour"), ("color",)),
        Heading("ship_date", T("Ship date"), ("ship_date",)),
    ),
    help=T(
        "Under each cell: open / ordered · kept for this order + free. What is kept for other orders is not offered."
    ),
)
READ = (
    Shown("ordered", T("Ordered"), numeric=True, sum=True),
    Shown("shipped", T("Shipped before"), numeric=True, sum=True),
)


class ShipmentView(EntityView):
    """Shipments to customers."""

    document_template = "shipping/shipment.html"

    def document_values(self, context: Ctx, row: Shipment) -> dict[str, Any]:
        """Pieces by line and size, and what is beyond the tolerance."""
        blocks = _blocks(context, row, saved_only=True) if row.lines else []
        return {"pieces": matrices(GRID, blocks, READ), "notes": shipping.warnings(context, row)}

    def saved_url(self, row: Any, is_new: bool) -> str:
        """A new document goes straight on to its pieces."""
        return self.url_for_row(row, "/lines" if is_new else "")

    @route("/<int:row_id>/lines", right="edit", methods=("GET", "POST"))
    def lines(self, row_id: int) -> Any:
        """Type the pieces that go; saved together or not at all, and confirmed where that is asked."""
        row = self.row(row_id)
        customer = row.customer_order.customer
        about = (
            f"{row.customer_order.number} · {pick(customer.names, customer.name)} → {row.destination.code}"
        )
        return edit_grid(
            self, row, "lines", GRID, "confirm", about=about,
            empty=T("The customer order has no lines to this destination."),
        )  # fmt: skip
