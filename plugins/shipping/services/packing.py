"""裝箱單: how the pieces of a shipment fill cartons, and the values of the packing list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.api import Ctx, pick
from core.db import among
from plugins.base_company.api import company
from plugins.catalog.api import Size
from plugins.shipping import words
from plugins.shipping.models import Shipment, ShipmentLine
from plugins.shipping.services import shipping_lines


@dataclass
class Box:
    """Cartons with the same contents: numbers ``first``-``last``, ``contents`` (colour, size id, pieces) of each."""

    style: int
    first: int
    last: int
    contents: list[tuple[str, int, int]]

    @property
    def count(self) -> int:
        """How many cartons."""
        return self.last - self.first + 1

    @property
    def each(self) -> int:
        """Pieces in one."""
        return sum(qty for _color, _size, qty in self.contents)

    @property
    def total(self) -> int:
        """Pieces in all."""
        return self.each * self.count


def boxes(wanted: list[tuple[int, str, int, int]], per_carton: dict[int, int | None]) -> list[Box]:
    """Cartons for (style, colour, size, pieces): full ones of one size, then the rest of the style mixed, in order.

    That is never more than ⌈pieces of the style ÷ pieces per carton⌉. A style without packing goes into one carton.
    """
    found: list[Box] = []
    number = 1
    for style in dict.fromkeys(w[0] for w in wanted):
        mine = [(color, size, qty) for s, color, size, qty in wanted if s == style and qty]
        most = per_carton.get(style) or sum(qty for _c, _s, qty in mine) or 1
        rest: list[tuple[str, int, int]] = []
        for color, size, qty in mine:
            full = qty // most
            if full:
                found.append(Box(style, number, number + full - 1, [(color, size, most)]))
                number += full
            if qty % most:
                rest.append((color, size, qty % most))
        mixed: list[tuple[str, int, int]] = []
        room = most
        for color, size, left in rest:
            qty = left
            while qty:
                part = min(qty, room)
                mixed.append((color, size, part))
                qty, room = qty - part, room - part
                if not room:
                    found.append(Box(style, number, number, mixed))
                    number, mixed, room = number + 1, [], most
        if mixed:
            found.append(Box(style, number, number, mixed))
            number += 1
    return found


def context(ctx: Ctx, row: Shipment) -> dict[str, Any]:
    """Values of the packing list, in the language it is made in."""
    lines = list(
        ctx.session.scalars(
            select(ShipmentLine)
            .where(ShipmentLine.shipment_id == row.id)
            .order_by(ShipmentLine.position)
            .options(
                selectinload(ShipmentLine.style),
                selectinload(ShipmentLine.color),
                selectinload(ShipmentLine.sizes),
            )
        )
    )
    size_ids = {s.size_id for line in lines for s in line.sizes}
    sizes = {s.id: s for s in ctx.session.scalars(select(Size).where(among(Size.id, size_ids)))}
    styles = {line.style_id: line.style for line in lines}
    colors = {line.color.code: pick(line.color.names, line.color.name) for line in lines}
    wanted = [
        (line.style_id, line.color.code, s.size_id, s.qty)
        for line in lines
        for s in sorted(line.sizes, key=lambda s: sizes[s.size_id].position)
    ]
    packed = boxes(wanted, {s.id: s.pcs_per_carton for s in styles.values()})
    summary: dict[tuple[int, str], dict[str, int]] = {}
    for style, color, size, qty in wanted:
        at = summary.setdefault((style, color), {})
        at[sizes[size].code] = at.get(sizes[size].code, 0) + qty
    order = row.customer_order
    return {
        "row": row, "order": order, "customer_name": pick(order.customer.names, order.customer.name),
        "mode": words.MODES[row.mode], "us": company(ctx), "styles": styles,
        "colors": colors, "sizes": {i: s.code for i, s in sizes.items()}, "boxes": packed,
        "size_codes": [s.code for s in sorted(sizes.values(), key=lambda s: (s.position, s.id))],
        "summary": [(styles[style], color, cells) for (style, color), cells in summary.items()],
        "cartons": sum(b.count for b in packed), "pieces": shipping_lines.pieces(row), "foot": row.number,
    }  # fmt: skip
