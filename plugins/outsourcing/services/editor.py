"""The page where quantities and prices of a draft are edited together: everything is checked, then saved, or nothing.

The same page proposes a revision of an issued factory order; :func:`differences` says what changed there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from core.api import Change, Ctx, EntityName, Problem, Refused, T, check_version, recording
from core.db import among
from core.values import Unreadable, parse_date, parse_decimal
from kit.papers import check_editable
from plugins.catalog.pieces import pieces
from plugins.outsourcing.models import FactoryOrder, FactoryOrderLine, FactoryOrderPrice
from plugins.outsourcing.services import allocation, amounts, lines, milestones, prices, quantities, rows
from plugins.outsourcing.services.rows import Cell

ENTITY = EntityName("outsourcing.order")


@dataclass
class Typed:
    """What stands in the inputs, as text: pieces by cell id, prices and reasons by style id and line id, ship dates and
    removals by line id. What is left out stays as it is."""

    cells: dict[int, str] = field(default_factory=dict)
    style_prices: dict[int, str] = field(default_factory=dict)
    style_reasons: dict[int, str] = field(default_factory=dict)
    line_prices: dict[int, str] = field(default_factory=dict)
    line_reasons: dict[int, str] = field(default_factory=dict)
    ship_dates: dict[int, str] = field(default_factory=dict)
    removed: set[int] = field(default_factory=set)


@dataclass
class Read:
    """The same as values; only what differs from what is stored."""

    cells: dict[int, int] = field(default_factory=dict)
    style_prices: dict[int, Decimal | None] = field(default_factory=dict)
    style_reasons: dict[int, str] = field(default_factory=dict)
    line_prices: dict[int, Decimal | None] = field(default_factory=dict)
    line_reasons: dict[int, str] = field(default_factory=dict)
    ship_dates: dict[int, date] = field(default_factory=dict)


class Sheet:
    """A factory order as the editor sees it: lines, cells, style prices; four queries."""

    def __init__(self, ctx: Ctx, order: FactoryOrder) -> None:
        self.order = order
        self.lines: dict[int, FactoryOrderLine] = {line.id: line for line in rows.lines(ctx, order)}
        self.cells: Sequence[Cell] = rows.cells(ctx, [order.id])
        self.prices: dict[int, FactoryOrderPrice] = prices.of_order(ctx, order)


def read(sheet: Sheet, typed: Typed) -> Read:
    """Values of what was typed, only where it differs. Raises Refused with a problem at every wrong input."""
    found, problems = Read(), list[Problem]()
    stored = {cell.id: cell for cell in sheet.cells}
    for cell_id, raw in typed.cells.items():
        cell = stored.get(cell_id)
        if cell is None:
            problems.append(Problem(T("A line was removed by somebody else. Open the document again.")))
            continue
        if cell.line_id in typed.removed:
            continue
        try:
            qty = pieces(raw, f"cell-{cell_id}")
        except Refused as refused:
            problems += refused.problems
            continue
        if qty != cell.qty:
            found.cells[cell_id] = qty
    for style_id, raw in typed.style_prices.items():
        row, name = sheet.prices.get(style_id), f"price-{style_id}"
        price = _price(raw, name, problems)
        reason = typed.style_reasons.get(style_id, "").strip()
        if row is None or (price == row.price and reason == row.zero_reason):
            continue
        if price == 0 and not reason:
            problems.append(Problem(T("A price of zero needs a reason."), f"zero-{style_id}"))
        found.style_prices[style_id], found.style_reasons[style_id] = price, reason
    for line_id, raw in typed.line_prices.items():
        line, name = sheet.lines.get(line_id), f"override-{line_id}"
        price = _price(raw, name, problems)
        reason = typed.line_reasons.get(line_id, "").strip()
        if line is None or line_id in typed.removed:
            continue
        if price == line.override_price and (price is None or reason == line.override_reason):
            continue
        if price is not None and not reason:
            problems.append(Problem(T("Say why this line has a price of its own."), f"why-{line_id}"))
        found.line_prices[line_id], found.line_reasons[line_id] = price, reason
    for line_id, raw in typed.ship_dates.items():
        line = sheet.lines.get(line_id)
        try:
            day = parse_date(raw) if raw.strip() else None
        except Unreadable as error:
            problems.append(Problem(str(error), f"ship-{line_id}"))
            continue
        if line is not None and day is not None and day != line.ship_date:
            found.ship_dates[line_id] = day
    if problems:
        raise Refused(problems)
    return found


def _price(raw: str, name: str, problems: list[Problem]) -> Decimal | None:
    if not raw.strip():
        return None
    try:
        price = parse_decimal(raw, 6)
    except Unreadable as error:
        problems.append(Problem(str(error), name))
        return None
    if price < 0:
        problems.append(Problem(T("A price is not negative."), name))
    return price


def save(ctx: Ctx, order: FactoryOrder, typed: Typed, version: int | None = None) -> None:
    """Save everything that was typed for a draft, with one entry in the audit trail.

    Raises Denied, Stale or Refused (at each input); then nothing has been saved.
    """
    ctx.require(f"{ENTITY}.edit")
    entity = ctx.registry.get(ENTITY)
    check_version(ctx, entity, order, version)
    check_editable(ctx, order, "draft")
    sheet = Sheet(ctx, order)
    allocation.lock(ctx, {line.customer_order_id for line in sheet.lines.values()})
    found = read(sheet, typed)
    quantities.check_allocation(ctx, order, sheet.cells, found.cells)
    changes = quantities.write(ctx, sheet.lines, sheet.cells, found.cells)
    changes += _write_prices(ctx, sheet, found)
    amounts.reprice(ctx, order, sheet.lines.values())
    rows.changed(ctx, order)
    with recording(ctx, order, "edit_lines") as entry:
        entry.changes += changes
        for line_id in sorted(typed.removed & set(sheet.lines), key=lambda i: -sheet.lines[i].position):
            lines.remove(ctx, order, sheet.lines[line_id].position)
        if not entry.changes:
            return
        amounts.refresh(ctx, order)
    milestones.moved(ctx, [order.id])


def _write_prices(ctx: Ctx, sheet: Sheet, found: Read) -> list[Change]:
    if not found.style_prices and not found.line_prices:
        return []
    changes: list[Change] = []
    codes = style_codes(ctx, found.style_prices)
    for style_id, price in found.style_prices.items():
        row = sheet.prices[style_id]
        if row.price != price:
            changes.append((f"price {codes[style_id]}", row.price, price))
        row.price, row.zero_reason = price, found.style_reasons[style_id] if not price else ""
    for line_id, price in found.line_prices.items():
        line = sheet.lines[line_id]
        changes.append((f"price line {line.position}", line.override_price, price))
        line.override_price = price
        line.override_reason = found.line_reasons[line_id][:400] if price is not None else ""
    for line in sheet.lines.values():
        own = line.override_price
        line.price = own if own is not None else sheet.prices[line.style_id].price
    return changes


def style_codes(ctx: Ctx, style_ids: Any) -> dict[int, str]:
    """Codes of styles; one query."""
    from sqlalchemy import select

    from plugins.catalog.models import Style

    found = ctx.session.execute(select(Style.id, Style.code).where(among(Style.id, style_ids)))
    return dict(found.all())


def differences(ctx: Ctx, sheet: Sheet, typed: Typed) -> Mapping[str, Any]:
    """What a revision changes, as the payload of the action "revise". Raises Refused at each wrong input."""
    found = read(sheet, typed)
    codes = style_codes(ctx, found.style_prices)
    stored = {cell.id: cell for cell in sheet.cells}
    sizes: dict[int, list[dict[str, Any]]] = {}
    for cell_id, qty in found.cells.items():
        sizes.setdefault(stored[cell_id].line_id, []).append({"cell": cell_id, "pcs": qty})
    changed: list[dict[str, Any]] = []
    given: dict[int, dict[str, Any]] = {
        line_id: {"line": line.position} for line_id, line in sheet.lines.items()
    }
    problems = []
    for style_id, price in found.style_prices.items():
        if price is None:
            problems.append(Problem(T("This is needed."), f"price-{style_id}"))
        elif price != sheet.prices[style_id].price:
            changed.append({"style": codes[style_id], "price": price})
    for line_id, price in found.line_prices.items():
        if price is not None and price != sheet.lines[line_id].override_price:
            given[line_id]["price"] = price
    if problems:
        raise Refused(problems)
    for line_id, day in found.ship_dates.items():
        given[line_id]["ship_date"] = day
    for line_id, rows_of_line in sizes.items():
        given[line_id]["sizes"] = rows_of_line
    return {"style_prices": changed, "lines": [row for row in given.values() if len(row) > 1]}


def grid(ctx: Ctx, sheet: Sheet) -> list[dict[str, Any]]:
    """How the page draws the lines: by line its sizes across, a row per colour (and customer order line), with what the
    customer ordered and what other factory orders took."""
    codes = quantities.Codes(ctx, sheet.cells)
    order_lines = {c.order_line_id for c in sheet.cells}
    bought = allocation.ordered(ctx, order_lines)
    elsewhere = allocation.allocated(ctx, order_lines, without=sheet.order.id)
    by_line = rows.by_line(sheet.cells)
    found = []
    for line in sheet.lines.values():
        sizes: list[int] = []
        grouped: dict[tuple[int, int], dict[int, Cell]] = {}
        for cell in by_line.get(line.id, []):
            if cell.size_id not in sizes:
                sizes.append(cell.size_id)
            grouped.setdefault((cell.color_id, cell.order_line_id), {})[cell.size_id] = cell
        found.append(
            {
                "line": line,
                "sizes": [codes.size[s] for s in sizes],
                "rows": [
                    {
                        "color": codes.color[color],
                        "cells": [
                            None if s not in cells else {
                                "id": cells[s].id, "qty": cells[s].qty,
                                "ordered": bought.get((order_line, s), 0),
                                "left": bought.get((order_line, s), 0) - elsewhere.get((order_line, s), 0),
                            }
                            for s in sizes
                        ],
                        "total": sum(c.qty for c in cells.values()),
                    }
                    for (color, order_line), cells in grouped.items()
                ],
            }
        )  # fmt: skip
    return found
