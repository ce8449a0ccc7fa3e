"""Sums people look at: pieces by destination, order, style and size; the matrix of sizes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from core.api import Ctx
from core.db import among
from plugins.catalog.api import Partner
from plugins.orders.api import CustomerOrder
from plugins.outsourcing.models import FactoryOrder, FactoryOrderLine


def by(lines: Sequence[dict[str, Any]], name: str) -> dict[str, int]:
    """Pieces by ``order``, ``style`` or ``destination`` of snapshot lines, in the order they appear."""
    found: dict[str, int] = defaultdict(int)
    for line in lines:
        found[line[name]] += line["qty"]
    return dict(found)


def by_size(lines: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Pieces by size code."""
    found: dict[str, int] = defaultdict(int)
    for line in lines:
        for color in line["colors"]:
            for size, qty in color["sizes"]:
                found[size] += qty
    return dict(found)


def matrix(lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Size × destination and colour, one table per style: ``{"style", "sizes": [code…], "rows": [{"destination", "color",
    "qty": {size: pieces}, "pieces"}…], "pieces": {size: pieces}, "qty"}``. Zero sizes are kept."""
    tables: dict[str, dict[str, Any]] = {}
    for line in lines:
        table = tables.setdefault(line["style"], {"style": line["style"], "sizes": [], "cells": {}})
        for color in line["colors"]:
            row = table["cells"].setdefault((line["destination"], color["color"]), defaultdict(int))
            for size, qty in color["sizes"]:
                if size not in table["sizes"]:
                    table["sizes"].append(size)
                row[size] += qty
    return [
        {
            "style": table["style"],
            "sizes": table["sizes"],
            "rows": [
                {"destination": destination, "color": color, "qty": dict(row), "pieces": sum(row.values())}
                for (destination, color), row in table["cells"].items()
            ],
            "pieces": {s: sum(row.get(s, 0) for row in table["cells"].values()) for s in table["sizes"]},
            "qty": sum(sum(row.values()) for row in table["cells"].values()),
        }
        for table in tables.values()
    ]


def customers(ctx: Ctx, orders: Sequence[FactoryOrder]) -> dict[int, str]:
    """Codes of the customers behind each factory order; one query for a page."""
    found: dict[int, list[str]] = defaultdict(list)
    for order_id, code in ctx.session.execute(
        select(FactoryOrderLine.order_id, Partner.code)
        .join(
            CustomerOrder,
            (CustomerOrder.id == FactoryOrderLine.customer_order_id)
            & (CustomerOrder.tenant_id == FactoryOrderLine.tenant_id),
        )
        .join(
            Partner,
            (Partner.id == CustomerOrder.customer_id) & (Partner.tenant_id == CustomerOrder.tenant_id),
        )
        .where(among(FactoryOrderLine.order_id, [order.id for order in orders]))
        .distinct()
        .order_by(FactoryOrderLine.order_id, Partner.code)
    ):
        found[order_id].append(code)
    return {order_id: ", ".join(codes) for order_id, codes in found.items()}
