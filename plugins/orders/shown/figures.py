"""What the page of an order shows beyond its fields: pieces by size, style and destination, value, what is unallocated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from core.api import Ctx, pick
from core.money import currency_decimals, line_amount, round_half_up
from plugins.orders.models import CustomerOrder, OrderLine
from plugins.orders.services import allocation, lines


def figures(ctx: Ctx, order: CustomerOrder) -> dict[str, Any]:
    """All totals of an order, exact. Line amount = round half up(pieces × price, currency decimals), subtotal = sum of
    those, tax on the subtotal, rounded once. A line whose price is open counts with no amount; ``prices_open`` says so.

    Pieces are whole numbers, amounts Decimals in the order's currency. ``sizes`` of a line carry ``allocated`` (on live
    factory orders) and ``unallocated`` (neither there nor bought finished, never below 0; 0 throughout once the order is closed
    or cancelled). ``made``: factories are asked for it; False where all of it is bought finished.
    """
    rows = lines.order_lines(ctx, order)
    taken, bought = allocation.allocated(ctx, [order.id]), allocation.bought(ctx, [order.id])
    live = order.state in allocation.LIVE
    shown = [_line(ctx, order, row, taken, bought, live) for row in rows]
    subtotal = sum((line["amount"] for line in shown if line["amount"] is not None), Decimal(0))
    tax = round_half_up(subtotal * order.tax_pct / 100, currency_decimals(ctx, order.currency))
    return {
        "qty": sum(line["qty"] for line in shown),
        "allocated": sum(line["allocated"] for line in shown),
        "unallocated": sum(line["unallocated"] for line in shown),
        "made": bool(taken) or not bought or any(line["unallocated"] for line in shown),
        "currency": order.currency,
        "subtotal": subtotal,
        "tax_pct": order.tax_pct,
        "tax": tax,
        "total": subtotal + tax,
        "prices_open": any(line["price"] is None for line in shown),
        "sizes": _by_size(shown),
        "styles": _grouped(shown, "style", "style_name"),
        "destinations": _grouped(shown, "destination", "destination_name"),
        "lines": shown,
    }


def _line(
    ctx: Ctx,
    order: CustomerOrder,
    row: OrderLine,
    taken: dict[allocation.Cell, int],
    bought: dict[allocation.Cell, int],
    live: bool,
) -> dict[str, Any]:
    style = row.order_style.style
    sizes = []
    for size in row.sizes:
        cell = (row.id, size.size_id)
        held = taken.get(cell, 0)
        sizes.append(
            {"size": size.size.code, "size_id": size.size_id, "qty": size.qty, "allocated": held,
             "unallocated": max(0, size.qty - held - bought.get(cell, 0)) if live else 0}
        )  # fmt: skip
    return {
        "id": row.id,
        "order_style_id": row.order_style_id,
        "style": style.code,
        "style_name": pick(style.names, style.name),
        "color": row.color.code,
        "color_name": pick(row.color.names, row.color.name),
        "destination": row.destination.code,
        "destination_name": row.destination.name,
        "ship_date": row.ship_date,
        "price": row.price,
        "qty": row.qty,
        "amount": None if row.price is None else line_amount(ctx, row.qty, row.price, order.currency),
        "allocated": sum(s["allocated"] for s in sizes),
        "unallocated": sum(s["unallocated"] for s in sizes),
        "sizes": sizes,
    }


def _by_size(shown: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Pieces by size over all styles; sizes of the same name in different runs are one column."""
    totals: dict[str, dict[str, Any]] = {}
    for line in shown:
        for size in line["sizes"]:
            total = totals.setdefault(
                size["size"], {"size": size["size"], "qty": 0, "allocated": 0, "unallocated": 0}
            )
            for name in ("qty", "allocated", "unallocated"):
                total[name] += size[name]
    return list(totals.values())


def _grouped(shown: Iterable[dict[str, Any]], code: str, name: str) -> list[dict[str, Any]]:
    groups: dict[str, dict[str, Any]] = {}
    for line in shown:
        group = groups.setdefault(
            line[code],
            {
                code: line[code],
                "name": line[name],
                "qty": 0,
                "allocated": 0,
                "unallocated": 0,
                "amount": Decimal(0),
            },
        )
        for total in ("qty", "allocated", "unallocated"):
            group[total] += line[total]
        group["amount"] += line["amount"] or Decimal(0)
    return list(groups.values())


def matrices(shown: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines for the eye: one table per style, a row per line, sizes across, with totals per size and row.

    Each has ``sizes`` (codes), ``lines`` with ``cells`` in that order (None where a line lacks the size), the totals
    ``qty`` and ``unallocated`` with their lists ``…_by_size``, and ``amount`` (None while no price is known, or seen).
    """
    styles: dict[str, dict[str, Any]] = {}
    for line in shown:
        style = styles.setdefault(
            line["style"],
            {"style": line["style"], "style_name": line["style_name"], "sizes": [], "lines": []},
        )
        style["sizes"] += [s["size"] for s in line["sizes"] if s["size"] not in style["sizes"]]
        style["lines"].append(line)
    for style in styles.values():
        columns = []
        for line in style["lines"]:
            cells = {s["size"]: s for s in line["sizes"]}
            line["cells"] = [cells.get(code) for code in style["sizes"]]
            columns.append(line["cells"])
        for name in ("qty", "unallocated"):
            style[f"{name}_by_size"] = [
                sum(c[name] for c in column if c) for column in zip(*columns, strict=True)
            ]
            style[name] = sum(line[name] for line in style["lines"])
        known = [amount for line in style["lines"] if (amount := line.get("amount")) is not None]
        style["amount"] = sum(known, Decimal(0)) if known else None
    return list(styles.values())
