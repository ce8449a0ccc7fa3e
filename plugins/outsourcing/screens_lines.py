"""Lines of a factory order as its pages show them and read them back: added work, prices, pieces."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.api import Ctx
from core.db import among
from plugins.catalog.models import Destination, Style
from plugins.orders.models import CustomerOrder
from plugins.outsourcing.models import FactoryOrderLine
from plugins.outsourcing.services import editor

INPUT = re.compile(r"^(cell|price|zero|override|why|ship|remove)-(\d{1,12})$")


def typed_lines(form: Mapping[str, str]) -> editor.Typed:
    """What was typed into the table of lines."""
    found = editor.Typed()
    places: dict[str, dict[int, str]] = {
        "cell": found.cells, "price": found.style_prices, "zero": found.style_reasons, "override": found.line_prices,
        "why": found.line_reasons, "ship": found.ship_dates,
    }  # fmt: skip
    for name, value in form.items():
        match = INPUT.match(name)
        if match and match[1] == "remove":
            found.removed.add(int(match[2]))
        elif match:
            places[match[1]][int(match[2])] = value[:400]
    return found


def work_by_order(found: list[Any], have: set[tuple[int, int]]) -> list[dict[str, Any]]:
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


def style_blocks(context: Ctx, sheet: editor.Sheet) -> list[dict[str, Any]]:
    """Lines under their style, with the style's price."""
    lines = list(sheet.lines.values())
    styles = {
        s.id: s
        for s in context.session.scalars(select(Style).where(among(Style.id, {x.style_id for x in lines})))
    }
    orders = {
        o.id: o
        for o in context.session.scalars(
            select(CustomerOrder)
            .where(among(CustomerOrder.id, {x.customer_order_id for x in lines}))
            .options(selectinload(CustomerOrder.customer))
        )
    }
    places = {
        d.id: d
        for d in context.session.scalars(
            select(Destination).where(among(Destination.id, {x.destination_id for x in lines}))
        )
    }
    blocks: dict[int, dict[str, Any]] = {}
    for part in editor.grid(context, sheet):
        line: FactoryOrderLine = part["line"]
        block = blocks.setdefault(
            line.style_id,
            {"style": styles[line.style_id], "price": sheet.prices.get(line.style_id), "lines": []},
        )
        block["lines"].append(
            {**part, "order": orders[line.customer_order_id], "destination": places[line.destination_id]}
        )
    return list(blocks.values())


def price_text(price: Any) -> str:
    """As it is typed: at least two decimals, no needless zeros."""
    if price is None:
        return ""
    text = f"{price.normalize():f}"
    whole, _, part = text.partition(".")
    return f"{whole}.{part.ljust(2, '0')}"
