"""The grids in which quantities and prices of a factory order are typed and revised, and the work it may take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import selectinload

from core.api import Ctx, T, pick
from core.db import keyed_rows
from core.values import decimal_text
from kit.lines import LineRow, LineTable, Shown, Typed
from kit.sheets import Heading
from kit.sizes import Cell, CellValue, GridBlock, GridRow, SizeGrid
from plugins.catalog.api import Destination, Style
from plugins.orders.api import CustomerOrder
from plugins.outsourcing.models import FactoryOrder, FactoryOrderLine
from plugins.outsourcing.services import allocation, editor, payloads, prices, quantities, rows


def _blocks(ctx: Ctx, order: FactoryOrder) -> list[GridBlock]:
    """A block for each line: a row per colour and customer order line, with what is left to order of it."""
    sheet = editor.Sheet(ctx, order)
    codes = quantities.Codes(ctx, sheet.cells)
    order_lines = {c.order_line_id for c in sheet.cells}
    bought = allocation.ordered(ctx, order_lines)
    elsewhere = allocation.allocated(ctx, order_lines, without=order.id)
    lines = list(sheet.lines.values())
    styles = keyed_rows(ctx.session, Style, (line.style_id for line in lines))
    places = keyed_rows(ctx.session, Destination, (line.destination_id for line in lines))
    sold = keyed_rows(
        ctx.session,
        CustomerOrder,
        (line.customer_order_id for line in lines),
        selectinload(CustomerOrder.customer),
    )
    at_price = {style_id: f"style_prices-{n}-price" for n, style_id in enumerate(sheet.prices)}
    cells = rows.by_line(sheet.cells)
    blocks = []
    for line in lines:
        style, bought_by = styles[line.style_id], sold[line.customer_order_id]
        place = places[line.destination_id].code
        who = bought_by.customer  # None for those whom customers are hidden from
        customer = pick(who.names, who.name) if who is not None else "–"
        note = f"{bought_by.number} · {line.customer_po} · {customer} → {place} · {_day(line)}"
        block = GridBlock(
            f"{line.position} · {style.code}", pick(style.names, style.name), note, key=str(line.id),
            given={"line": line.position}, typed=_typed(line), price=at_price.get(line.style_id, ""),
        )  # fmt: skip
        names = {
            "style": (style.code,),
            "order": (bought_by.number,),
            "po": (line.customer_po,),
            "destination": (place,),
        }
        found: dict[tuple[int, int], GridRow] = {}
        sizes: dict[str, str] = {}
        for cell in cells.get(line.id, []):
            color, size = codes.color[cell.color_id], codes.size[cell.size_id]
            sizes[size] = size
            at = cell.color_id, cell.order_line_id
            if at not in found:
                found[at] = GridRow(label=color, names={**names, "color": (color,)})
            stand = cell.order_line_id, cell.size_id
            left = bought.get(stand, 0) - elsewhere.get(stand, 0)
            found[at].cells[size] = Cell(
                {"pcs": str(cell.qty)}, key=str(cell.id), hint=f"/ {left:,}",
                why=str(T("Ordered, less what is on other factory orders")), left=max(0, left), at=f"cell-{cell.id}",
            )  # fmt: skip
        block.rows, block.sizes = list(found.values()), list(sizes.items())
        blocks.append(block)
    return blocks


def _typed(line: FactoryOrderLine) -> dict[str, str]:
    return {
        "price": price_text(line.override_price),
        "price_reason": line.override_reason or "",
        "ship_date": _day(line),
        "remove": "",
    }


def _day(line: FactoryOrderLine) -> str:
    return line.ship_date.isoformat() if line.ship_date else ""


def _prices(ctx: Ctx, order: FactoryOrder) -> list[LineRow]:
    """The style prices of a factory order."""
    held = prices.of_order(ctx, order)
    styles = keyed_rows(ctx.session, Style, held)
    return [
        LineRow(
            row.id,
            styles[style_id].code,
            {"price": price_text(row.price), "zero_reason": row.zero_reason or ""},
            {"style": styles[style_id].code, "name": pick(styles[style_id].names, styles[style_id].name)},
            stays=True,
        )
        for style_id, row in held.items()
    ]


STYLE = (Shown("style", T("Style")), Shown("name", T("Name")))
DRAFT_PRICES = LineTable(
    payloads.DRAFT_PRICES, (*STYLE, Typed("price"), Typed("zero_reason")), _prices, spare=0
)
REVISED_PRICES = LineTable(payloads.STYLE_PRICES, (*STYLE, Typed("price")), _prices, spare=0)
DRAFT = SizeGrid(
    payloads.DRAFT_LINES,
    (CellValue("pcs", T("Pieces"), empty="0"),),
    _blocks,
    key="cell",
    block_columns=(Typed("price"), Typed("price_reason"), Typed("remove")),
    line="block",
    changed=True,
    left=T("All that is left"),
    sheet=(
        Heading("style", T("Style"), ("style",)),
        Heading("color", T("Colour"), ("color",)),
        Heading("order", T("Customer order")),
        Heading("po", T("Customer PO"), ("po",)),
        Heading("destination", T("Destination"), ("destination",)),
    ),
    price="price",
)
REVISED = replace(DRAFT, payload=payloads.LINES, block_columns=(Typed("price"), Typed("ship_date")))


def work_by_order(found: Sequence[Any], have: set[tuple[int, int]]) -> list[dict[str, Any]]:
    """Candidates under their customer order, as the page of adding work shows them."""
    orders: dict[int, dict[str, Any]] = {}
    for item in found:
        group = orders.setdefault(
            item.order_id,
            {"number": item.order_number, "customer": item.customer, "po": item.customer_po, "rows": []},
        )
        sizes: dict[str, int] = {}
        for size in item.sizes:
            code = item.size_codes[size.size_id]
            sizes[code] = sizes.get(code, 0) + size.unallocated
        group["rows"].append(
            {
                "value": f"{item.order_number}/{item.style}/{item.destination}",
                "item": item,
                "sizes": sizes,
                "here": (item.order_style_id, item.destination_id) in have,
            }
        )
    return list(orders.values())


def price_text(price: Decimal | None) -> str:
    """As it is typed: at least two decimals, no needless zeros."""
    if price is None:
        return ""
    text = decimal_text(price)
    whole, _, part = text.partition(".")
    return f"{whole}.{part.ljust(2, '0')}"
