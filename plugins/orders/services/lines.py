"""Saving the lines of an order: one function, whatever the way they were typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import set_committed_value

from core.api import Change, Ctx, EntityName, Problem, Refused, T, check_version, record_save
from core.db import flush_rows, json_value
from kit.papers import check_editable
from plugins.catalog.api import Size, SizeRun, Style
from plugins.orders.models import CustomerOrder, OrderLine, OrderSize, OrderStyle
from plugins.orders.services import allocation, checks, milestones
from plugins.orders.services.inputs import LineInput

ENTITY = EntityName("orders.order")
EDITABLE = ("draft", "confirmed")


def order_lines(ctx: Ctx, order: CustomerOrder) -> list[OrderLine]:
    """The lines of an order in their order, with style, colour, destination and sizes: a fixed number of queries."""
    lines = list(
        ctx.session.scalars(
            select(OrderLine)
            .where(OrderLine.order_id == order.id)
            .order_by(OrderLine.position, OrderLine.id)
            .options(
                selectinload(OrderLine.sizes).selectinload(OrderSize.size),
                selectinload(OrderLine.order_style)
                .selectinload(OrderStyle.style)
                .selectinload(Style.size_run)
                .selectinload(SizeRun.sizes),
                selectinload(OrderLine.color),
                selectinload(OrderLine.destination),
            )
        )
    )
    styles = {line.order_style_id: line.order_style for line in lines}
    set_committed_value(order, "lines", lines)
    set_committed_value(order, "styles", sorted(styles.values(), key=lambda s: (s.position, s.id)))
    return lines


def may_edit(ctx: Ctx, order: CustomerOrder) -> None:
    """Raise Denied or Refused unless this person may change the lines of this order now."""
    ctx.require(f"{ENTITY}.edit")
    check_editable(ctx, order, *EDITABLE)


def save_lines(
    ctx: Ctx,
    order: CustomerOrder,
    typed: Sequence[LineInput],
    version: int | None = None,
    *,
    reason: str = "",
) -> list[OrderLine]:
    """Make the order's lines be exactly these. Returns the lines in their order.

    ``version`` is the one the person saw; ``reason`` is kept with the change (a confirmed order needs one for a price
    of 0). Raises Denied, Stale, or Refused with every problem at the name of its input; then nothing has been saved.
    """
    may_edit(ctx, order)
    if allocation.lock(ctx, [order.id]).get(order.id) != order.version:
        ctx.session.refresh(order)  # somebody saved while we waited
        may_edit(ctx, order)
    check_version(ctx, ctx.registry.get(ENTITY), order, version)
    have = order_lines(ctx, order)
    lines, problems = checks.check(ctx, have, typed)
    if not problems:
        lines = _bind(have, lines)
        problems = checks.against_allocations(ctx, order, have, lines)
    if not problems and order.state == "confirmed":
        problems = confirm_problems(
            [(line.qty, line.price, line.ship_date, line.typed.input) for line in lines],
            order.order_date,
            reason,
        )
    if problems:
        raise Refused(problems)
    before = _picture(have)
    rows = _store(ctx, order, have, lines)
    changes = _changes(before, _picture(rows))
    if changes:
        record_save(ctx, order, "lines", changes, reason=reason)
    set_committed_value(order, "lines", rows)
    if changes:
        milestones.customer_order_changed(ctx, order.id)
    return rows


LineFacts = tuple[int, Any, date, Callable[[str], str]]


def confirm_problems(lines: Sequence[LineFacts], order_date: date, reason: str) -> list[Problem]:
    """What stands against a confirmed order with these lines: (pieces, price, ship date, names of inputs)."""
    problems: list[Problem] = []
    if not any(qty for qty, *_rest in lines):
        problems.append(Problem(T("An order needs at least one line with pieces.")))
    for qty, price, day, name in lines:
        if not qty:
            continue
        if price is None:
            problems.append(Problem(T("The price is missing."), name("price")))
        elif price == 0 and not reason.strip():
            problems.append(Problem(T("A price of 0 needs a reason."), name("price")))
        if day < order_date:
            problems.append(
                Problem(
                    T("Ship date {day} lies before the order date {date}.", day=day, date=order_date),
                    name("ship_date"),
                )
            )
    return list({(p.field, str(p)): p for p in problems}.values())


def _bind(have: Sequence[OrderLine], lines: Sequence[checks.Line]) -> list[checks.Line]:
    """A new line that equals one which was taken out is that line; a line whose style changed is a new one."""
    bound = [
        replace(line, existing=None)
        if line.existing is not None and line.existing.order_style.style_id != line.style.id
        else line
        for line in lines
    ]
    claimed = {line.existing.id for line in bound if line.existing is not None}
    free = {
        (old.order_style.style_id, old.color_id, old.destination_id, old.ship_date): old
        for old in have
        if old.id not in claimed
    }
    return [
        replace(line, existing=free[line.key]) if line.existing is None and line.key in free else line
        for line in bound
    ]


def _store(
    ctx: Ctx, order: CustomerOrder, have: Sequence[OrderLine], lines: Sequence[checks.Line]
) -> list[OrderLine]:
    kept = {line.existing.id for line in lines if line.existing is not None}
    withdrawn = _take_out(ctx, order, [old for old in have if old.id not in kept])
    _make_way(ctx, have, lines)
    styles = _styles(ctx, order, lines, {old.order_style_id for old in withdrawn})
    rows: list[OrderLine] = []
    for position, line in enumerate(lines):
        row = line.existing
        if row is None:
            row = OrderLine(order_id=order.id)
            order.lines.append(row)
        row.position = position
        row.order_style_id, row.order_style = styles[line.style.id].id, styles[line.style.id]
        row.color_id, row.color = line.color.id, line.color
        row.destination_id, row.destination = line.destination.id, line.destination
        row.ship_date, row.price, row.qty = line.ship_date, line.price, line.qty
        _store_sizes(row, line.sizes)
        rows.append(row)
    for position, row in enumerate(withdrawn, len(rows)):
        row.position = position
    order.qty = sum(row.qty for row in rows)
    order.ship_date = min((row.ship_date for row in rows if row.qty), default=None)
    return rows + withdrawn


def _take_out(ctx: Ctx, order: CustomerOrder, gone: Sequence[OrderLine]) -> list[OrderLine]:
    """Delete lines, those without any document behind them; the others stay with 0 pieces and are returned."""
    if not gone:
        return []
    pointed_at = allocation.referenced(ctx, [line.id for line in gone])
    stay = [line for line in gone if line.id in pointed_at]
    for line in stay:
        line.qty = 0
        for size in line.sizes:
            size.qty = 0
    for line in gone:
        if line.id not in pointed_at:
            order.lines.remove(line)
    return stay


def _make_way(ctx: Ctx, have: Sequence[OrderLine], lines: Sequence[checks.Line]) -> None:
    """Where lines take the place of others (two ship dates exchanged) the database would see a duplicate half-way:
    park them first."""
    places = {(o.order_style.style_id, o.color_id, o.destination_id, o.ship_date): o.id for o in have}
    parked = [
        line.existing
        for line in lines
        if line.existing is not None and places.get(line.key, line.existing.id) != line.existing.id
    ]
    for number, row in enumerate(parked):
        row.ship_date = date.fromordinal(date.max.toordinal() - number)
    if parked:
        flush_rows(ctx.session)


def _styles(
    ctx: Ctx, order: CustomerOrder, lines: Sequence[checks.Line], needed: set[int]
) -> dict[int, OrderStyle]:
    """The order's styles in the order of its lines; those without lines go."""
    have = {
        row.style_id: row
        for row in ctx.session.scalars(
            select(OrderStyle).where(OrderStyle.order_id == order.id).options(selectinload(OrderStyle.style))
        )
    }
    wanted = {line.style.id: line.style for line in lines}
    for position, (style_id, style) in enumerate(wanted.items()):
        if style_id not in have:
            have[style_id] = OrderStyle(order_id=order.id, style_id=style_id, style=style)
            ctx.session.add(have[style_id])
        have[style_id].position = position
    flush_rows(ctx.session)
    for style_id in [s for s, row in have.items() if s not in wanted and row.id not in needed]:
        ctx.session.delete(have.pop(style_id))
    set_committed_value(order, "styles", sorted(have.values(), key=lambda s: s.position))
    return have


def _store_sizes(row: OrderLine, sizes: Sequence[tuple[Size, int]]) -> None:
    have = {size.size_id: size for size in row.sizes}
    for position, (size, pieces) in enumerate(sizes):
        cell = have.get(size.id)
        if cell is None:
            cell = OrderSize(size_id=size.id, size=size, position=position, qty=pieces)
            row.sizes.append(cell)
        cell.position, cell.qty = position, pieces


def _picture(lines: Iterable[OrderLine]) -> dict[str, str]:
    """Lines as the audit trail keeps them: label → sizes and price."""
    return {
        checks.label(line): " ".join(f"{s.size.code} {s.qty}" for s in line.sizes if s.qty)
        + (f" @ {json_value(line.price)}" if line.price is not None else "")
        for line in lines
    }


def _changes(before: dict[str, str], after: dict[str, str]) -> list[Change]:
    names = list(dict.fromkeys([*before, *after]))
    return [(n, before.get(n), after.get(n)) for n in names if before.get(n) != after.get(n)]
