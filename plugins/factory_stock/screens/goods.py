"""Pages of goods in: the document, and the grid of its pieces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from core.api import Ctx, T, pick
from core.db import keyed_rows
from core.web.api import EntityView, route
from kit.lines import Typed
from kit.sheets import Heading
from kit.sizes import Cell, CellValue, GridBlock, GridRow, SizeGrid, edit_grid, matrices
from plugins.catalog.api import Color, Destination, Size, Style
from plugins.factory_stock import words
from plugins.factory_stock.models import GoodsIn
from plugins.factory_stock.services import goods, goods_lines
from plugins.factory_stock.services.goods_payload import TABLE
from plugins.outsourcing.api import rows


def _blocks(ctx: Ctx, paper: GoodsIn, saved_only: bool = False) -> list[GridBlock]:
    """Lines of the factory order with a row per colour, and what the document says."""
    lines = {line.id: line for line in rows.lines(ctx, paper.factory_order)}
    known, mine = goods_lines.figures(ctx, paper.factory_order_id), goods_lines.by_line(paper)
    wanted = {key: at for key, at in known.items() if not saved_only or key[:2] in mine}
    colors = keyed_rows(ctx.session, Color, (key[1] for key in wanted))
    sizes = keyed_rows(ctx.session, Size, (key[2] for key in wanted))
    styles = keyed_rows(ctx.session, Style, (line.style_id for line in lines.values()))
    places = keyed_rows(ctx.session, Destination, (line.destination_id for line in lines.values()))
    blocks: dict[int, GridBlock] = {}
    found: dict[tuple[int, int], GridRow] = {}
    for key, figures in sorted(wanted.items(), key=lambda item: lines[item[0][0]].position):
        line_id, color_id, size_id = key
        line, color, typed = lines[line_id], colors[color_id], mine.get((line_id, color_id))
        style, place = styles[line.style_id], places[line.destination_id].code
        if line_id not in blocks:
            blocks[line_id] = GridBlock(
                f"{line.position} · {style.code}",
                pick(style.names, style.name),
                f"{line.customer_po} → {place}",
            )
        if (line_id, color_id) not in found:
            found[line_id, color_id] = GridRow(
                f"{line_id}-{color_id}", {"line": line.position, "color": color.code}, color.code,
                pick(color.names, color.name),
                {"cartons": _text(typed.cartons), "inspected": _text(typed.inspected)} if typed else {},
                names={"style": (style.code,), "color": (color.code, color.name, *(color.names or {}).values()),
                       "po": (line.customer_po,), "destination": (place,)},
            )  # fmt: skip
            blocks[line_id].rows.append(found[line_id, color_id])
        came, bad = typed.sizes.get(size_id, (0, 0)) if typed else (0, 0)
        found[line_id, color_id].cells[sizes[size_id].code] = _cell(paper, key, figures, came, bad)
    for line_id, block in blocks.items():
        used = {key[2] for key in wanted if key[0] == line_id}
        block.sizes = [
            (s.code, s.code) for s in sorted((sizes[i] for i in used), key=lambda s: (s.position, s.id))
        ]
    return list(blocks.values())


def _cell(paper: GoodsIn, key: tuple[int, int, int], at: goods_lines.Figures, came: int, bad: int) -> Cell:
    texts = {"received": _text(came), "rejected": _text(bad)}
    name = f"cell-{'-'.join(map(str, key))}"
    if paper.kind == "goods_in":
        hint = f"{at.accepted:,} / {at.ordered:,}"
        return Cell(texts, hint=hint, why=str(T("Accepted of ordered")), left=at.balance, at=name)
    return Cell(texts, hint=f"≤ {at.waiting:,}", why=str(T("Rejected pieces left")), left=at.waiting, at=name)


def _text(pieces: int) -> str:
    return str(pieces) if pieces else ""


GRID = SizeGrid(
    TABLE,
    (CellValue("received", T("Received")), CellValue("rejected", T("Rejected"))),
    _blocks,
    row_columns=(Typed("cartons"), Typed("inspected")),
    left=T("All that is left"),
    sheet=(
        Heading("style", T("Style"), ("style",)),
        Heading("color", T("Colour"), ("color",)),
        Heading("po", T("Customer PO"), ("po",)),
        Heading("destination", T("Destination"), ("destination",)),
    ),
)
REJECTED = replace(GRID, values=(CellValue("received", T("Pieces")),))
"""What becomes of rejected pieces: there is nothing more to reject."""


def _asks(ctx: Ctx, row: GoodsIn) -> Sequence[str]:
    """Who may accept more than is allowed is asked why."""
    return ("over_reason",) if row.kind == "goods_in" and ctx.can(goods.OVER) else ()


class GoodsInView(EntityView):
    """Finished goods from a factory."""

    document_template = "factory_stock/goods_in.html"

    def document_values(self, context: Ctx, row: GoodsIn) -> dict[str, Any]:
        """Pieces by line, colour and size."""
        blocks = _blocks(context, row, saved_only=True) if row.lines else []
        return {"pieces": matrices(_grid(row), blocks)}

    def saved_url(self, row: Any, is_new: bool) -> str:
        """A new document goes straight on to its pieces."""
        return self.url_for_row(row, "/lines" if is_new else "")

    @route("/<int:row_id>/lines", right="edit", methods=("GET", "POST"))
    def lines(self, row_id: int) -> Any:
        """Type the pieces that came; saved together or not at all, and posted where that is asked."""
        row = self.row(row_id)
        about = f"{words.GOODS_KINDS[row.kind]} · {row.factory_order.number} · {pick(row.factory.names, row.factory.name)}"
        return edit_grid(
            self, row, "lines", _grid(row), "post", asks=_asks, about=about,
            empty=T("The factory order has no lines."),
        )  # fmt: skip


def _grid(row: GoodsIn) -> SizeGrid:
    return GRID if row.kind == "goods_in" else REJECTED
