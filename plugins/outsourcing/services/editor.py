"""Quantities and prices of a draft, changed together: everything is checked, then saved, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.api import Change, Ctx, Problem, Refused, T, recording
from core.db import among
from plugins.catalog.api import Style
from plugins.outsourcing.models import FactoryOrder, FactoryOrderLine, FactoryOrderPrice
from plugins.outsourcing.services import allocation, amounts, lines, prices, quantities, rows
from plugins.outsourcing.services.rows import Cell


class Sheet:
    """A factory order with its lines, cells and style prices; three queries."""

    def __init__(self, ctx: Ctx, order: FactoryOrder) -> None:
        self.order = order
        self.lines: dict[int, FactoryOrderLine] = {line.id: line for line in rows.lines(ctx, order)}
        self.cells: Sequence[Cell] = rows.cells(ctx, [order.id])
        self.prices: dict[int, FactoryOrderPrice] = prices.of_order(ctx, order)


@dataclass
class _Wanted:
    """What is asked for, only where it differs: pieces by cell id, prices and reasons by style id and line id."""

    cells: dict[int, int] = field(default_factory=dict)
    style_prices: dict[int, Decimal | None] = field(default_factory=dict)
    style_reasons: dict[int, str] = field(default_factory=dict)
    line_prices: dict[int, Decimal | None] = field(default_factory=dict)
    line_reasons: dict[int, str] = field(default_factory=dict)
    removed: set[int] = field(default_factory=set)


def save(ctx: Ctx, order: FactoryOrder, data: Mapping[str, Any]) -> None:
    """What the action "edit_lines" does with its tables, with one entry in the audit trail.

    Raises Refused at each row of the payload that is wrong; then nothing has been saved.
    """
    sheet = Sheet(ctx, order)
    allocation.lock(ctx, {line.customer_order_id for line in sheet.lines.values()})
    found, problems = _Wanted(), list[Problem]()
    _read_styles(sheet, data["style_prices"], found, problems)
    _read_lines(ctx, sheet, data["lines"], found, problems)
    if problems:
        raise Refused(problems)
    quantities.check_allocation(ctx, order, sheet.cells, found.cells)
    changes = quantities.write(ctx, sheet.lines, sheet.cells, found.cells)
    changes += _write_prices(ctx, sheet, found)
    amounts.reprice(ctx, order, sheet.lines.values())
    rows.factory_order_changed(ctx, order)
    with recording(ctx, order, "edit_lines") as entry:
        entry.changes += changes
        for line_id in sorted(found.removed, key=lambda i: -sheet.lines[i].position):
            lines.remove(ctx, order, sheet.lines[line_id].position)
        if not entry.changes:
            return
        amounts.refresh(ctx, order)


def _read_styles(
    sheet: Sheet, given: Sequence[Mapping[str, Any]], found: _Wanted, problems: list[Problem]
) -> None:
    for i, row in enumerate(given):
        style, path = row["style"], f"style_prices.{i}"
        held = sheet.prices.get(style.id)
        if held is None or style.id in found.style_prices:
            missing = T("{number} has no line of style {style}.", number=sheet.order.number, style=style.code)
            problems.append(Problem(missing, f"{path}.style"))
            continue
        price, reason = row.get("price", held.price), (row.get("zero_reason", held.zero_reason) or "").strip()
        if price == 0 and not reason and (price, reason) != (held.price, held.zero_reason):
            problems.append(Problem(T("A price of zero needs a reason."), f"{path}.zero_reason"))
        found.style_prices[style.id], found.style_reasons[style.id] = price, reason


def _read_lines(
    ctx: Ctx, sheet: Sheet, given: Sequence[Mapping[str, Any]], found: _Wanted, problems: list[Problem]
) -> None:
    by_number = {line.position: line for line in sheet.lines.values()}
    cells, codes = rows.by_line(sheet.cells), quantities.Codes(ctx, sheet.cells)
    seen = set()
    for i, row in enumerate(given):
        number, path = row["line"], f"lines.{i}."
        line = by_number.get(number)
        if line is None or number in seen:
            missing = T("{number} has no line {line}.", number=sheet.order.number, line=number)
            twice = T("Line {line} stands here twice.", line=number)
            problems.append(Problem(missing if line is None else twice, f"{path}line"))
            continue
        seen.add(number)
        if row.get("remove"):
            found.removed.add(line.id)
            continue
        try:
            found.cells |= quantities.given(row.get("sizes") or (), cells.get(line.id, []), codes, path)
        except Refused as refused:
            problems += refused.problems
        price = row.get("price", line.override_price)
        reason = (row.get("price_reason", line.override_reason) or "").strip()
        if price == line.override_price and (price is None or reason == line.override_reason):
            continue
        if price is not None and not reason:
            problems.append(Problem(T("Say why this line has a price of its own."), f"{path}price_reason"))
        found.line_prices[line.id], found.line_reasons[line.id] = price, reason


def _write_prices(ctx: Ctx, sheet: Sheet, found: _Wanted) -> list[Change]:
    if not found.style_prices and not found.line_prices:
        return []
    changes: list[Change] = []
    codes = _style_codes(ctx, found.style_prices)
    for style_id, price in found.style_prices.items():
        row = sheet.prices[style_id]
        reason = found.style_reasons[style_id] if not price else ""
        if (row.price, row.zero_reason) != (price, reason):
            changes.append((f"price {codes[style_id]}", row.price, price))
        row.price, row.zero_reason = price, reason
    for line_id, price in found.line_prices.items():
        line = sheet.lines[line_id]
        changes.append((f"price line {line.position}", line.override_price, price))
        line.override_price = price
        line.override_reason = found.line_reasons[line_id][:400] if price is not None else ""
    for line in sheet.lines.values():
        own = line.override_price
        line.price = own if own is not None else sheet.prices[line.style_id].price
    return changes


def _style_codes(ctx: Ctx, style_ids: Any) -> dict[int, str]:
    found = ctx.session.execute(select(Style.id, Style.code).where(among(Style.id, style_ids)))
    return dict(found.all())
