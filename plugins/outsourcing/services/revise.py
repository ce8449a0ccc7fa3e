"""Change after issue: one revision takes new prices, quantities and ship dates, with a reason.

The contract becomes void (its files stay in the history), payments stay, progress follows the new total. Pieces that came
in already are repriced with the rest (``all``) or keep the old price (``new``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import select

from core.api import Change, Ctx, Problem, Refused, T
from core.db import among, flush_rows
from core.values import decimal_text
from kit.papers import add_revision, check_reason
from plugins.catalog.api import Style
from plugins.outsourcing.models import FactoryOrder, FactoryOrderLine, Revision
from plugins.outsourcing.services import (
    allocation,
    amounts,
    checks,
    lifecycle,
    prices,
    quantities,
    rows,
    snapshot,
)
from plugins.outsourcing.services.payloads import Wanted
from plugins.outsourcing.services.rows import Cell

REPRICE = ("all", "new")


def revise(ctx: Ctx, order: FactoryOrder, wanted: Wanted, reason: str, reprice: str = "all") -> Revision:
    """Make revision R+1. Raises Refused, with every reason, for a change the rules do not allow or for no change."""
    check_reason(reason)
    if reprice not in REPRICE:
        raise Refused(T("Reprice all pieces, or new receipts only."), "reprice")
    found = {line.position: line for line in rows.lines(ctx, order)}
    problems = checks.four_eyes(ctx, order)
    for number in {*wanted.line_prices, *wanted.ship_dates, *wanted.sizes} - set(found):
        missing = T("{number} has no line {line}.", number=order.number, line=number)
        problems.append(Problem(missing, f"{wanted.places[number]}line"))
    if problems:
        raise Refused(problems)
    allocation.lock(ctx, {line.customer_order_id for line in found.values()})
    came = rows.accepted(ctx, [order.id]) or {}
    before = order.total
    changes = _quantities(ctx, order, found, wanted, came)
    changes += _prices(ctx, order, found, wanted, reason, reprice, came)
    for number, day in wanted.ship_dates.items():
        if found[number].ship_date != day:
            changes.append((f"line {number} ship date", found[number].ship_date, day))
            found[number].ship_date = day
    return _record(ctx, order, found, changes, reason, reprice, before)


def drop_line(ctx: Ctx, order: FactoryOrder, position: int, reason: str) -> Revision:
    """Take a line whose customer order was cancelled off an issued factory order, where nothing of it has come in."""
    line = rows.line_at(ctx, order, position)
    came = sum(q for (lid, _c, _s), q in (rows.accepted(ctx, [order.id]) or {}).items() if lid == line.id)
    if came:
        raise Refused(
            T("{n} pieces of line {line} have come in: short-close it instead.", n=came, line=position),
            "line",
        )
    before = order.total
    changes: list[Change] = [(f"line {position}", f"{line.customer_po}: {line.qty}", None)]
    ctx.session.delete(line)
    flush_rows(ctx.session)
    left = {other.position: other for other in rows.lines(ctx, order)}
    if not left:
        raise Refused(T("This is the only line: cancel the factory order instead."), "line")
    return _record(ctx, order, left, changes, reason, "all", before)


def _quantities(
    ctx: Ctx,
    order: FactoryOrder,
    found: Mapping[int, FactoryOrderLine],
    wanted: Wanted,
    came: Mapping[tuple[int, int, int], int],
) -> list[Change]:
    if not wanted.sizes:
        return []
    every = rows.cells(ctx, [order.id])
    cells, codes = rows.by_line(every), quantities.Codes(ctx, every)
    new: dict[int, int] = {}
    problems: list[Problem] = []
    touched: list[Cell] = []
    for number, sizes in wanted.sizes.items():
        line, place = found[number], wanted.places[number]
        own = cells.get(line.id, [])
        try:
            asked = quantities.given(sizes, own, codes, place)
        except Refused as refused:
            problems += refused.problems
            continue
        problems += _below_accepted(ctx, line, own, asked, came, f"{place}sizes")
        if not sum(asked.get(c.id, c.qty) for c in own):
            problems.append(Problem(T("Line {line}: the quantity is 0.", line=number), f"{place}sizes"))
        new.update(asked)
        touched += own
    if problems:
        raise Refused(problems)
    quantities.check_allocation(ctx, order, touched, new)
    return quantities.write(ctx, {line.id: line for line in found.values()}, touched, new)


def _below_accepted(
    ctx: Ctx,
    line: FactoryOrderLine,
    cells: list[Cell],
    asked: Mapping[int, int],
    came: Mapping[tuple[int, int, int], int],
    place: str,
) -> list[Problem]:
    total: dict[tuple[int, int], int] = defaultdict(int)
    lowered = set()
    for cell in cells:
        key = (cell.color_id, cell.size_id)
        total[key] += asked.get(cell.id, cell.qty)
        if asked.get(cell.id, cell.qty) < cell.qty:
            lowered.add(key)
    low = {key for key in lowered if total[key] < came.get((line.id, *key), 0)}
    if not low:
        return []
    codes = quantities.Codes(ctx, cells)
    return [
        Problem(T("Line {line} {color}/{size}: {n} pieces have been accepted, {qty} are fewer.",
                  line=line.position, color=codes.color[c], size=codes.size[s], n=came[(line.id, c, s)],
                  qty=total[(c, s)]), place)
        for c, s in sorted(low)
    ]  # fmt: skip


def _prices(
    ctx: Ctx,
    order: FactoryOrder,
    found: Mapping[int, FactoryOrderLine],
    wanted: Wanted,
    reason: str,
    reprice: str,
    came: Mapping[tuple[int, int, int], int],
) -> list[Change]:
    if not wanted.style_prices and not wanted.line_prices:
        return []
    have = prices.of_order(ctx, order)
    codes = {
        code.upper(): style
        for style, code in ctx.session.execute(select(Style.id, Style.code).where(among(Style.id, have)))
    }
    accepted: dict[int, int] = defaultdict(int)
    for (line_id, _color, _size), qty in came.items():
        accepted[line_id] += qty
    changes: list[Change] = []
    for code, price in wanted.style_prices.items():
        if code not in codes:
            raise Refused(
                T("{number} has no line of style {style}.", number=order.number, style=code), "style_prices"
            )
        prices.check_price(price, reason, "style_prices")
        row = have[codes[code]]
        if row.price == price:
            continue
        changes.append((f"price {code}", row.price, price))
        row.price, row.zero_reason = price, "" if price else reason
        for line in found.values():
            if line.style_id == row.style_id and line.override_price is None:
                _new_price(line, price, reprice, accepted[line.id])
    for number, price in wanted.line_prices.items():
        line = found[number]
        prices.check_price(price, reason, f"{wanted.places[number]}price")
        if line.price != price:
            changes.append((f"price line {number}", line.price, price))
            line.override_price, line.override_reason = price, reason[:400]
            _new_price(line, price, reprice, accepted[line.id])
    return changes


def _new_price(line: FactoryOrderLine, price: Decimal, reprice: str, accepted: int) -> None:
    if reprice == "all":
        line.parts = None
    else:
        kept = [list(part) for part in line.parts or []]
        more = accepted - sum(int(part[0]) for part in kept)
        if more > 0 and line.price is not None:
            kept.append([more, decimal_text(line.price)])
        line.parts = kept or None
    line.price = price


def _record(
    ctx: Ctx,
    order: FactoryOrder,
    found: Mapping[int, FactoryOrderLine],
    changes: list[Change],
    reason: str,
    reprice: str,
    before: Decimal,
) -> Revision:
    amounts.reprice(ctx, order, found.values())
    rows.factory_order_changed(ctx, order)
    amounts.refresh(ctx, order)
    if order.total != before:
        changes.append(("total", before, order.total))
    revision = Revision(order_id=order.id, snapshot=order.snapshot, reprice=reprice)
    add_revision(ctx, order, revision, changes, reason)
    lifecycle.void_contracts(ctx, order)
    snapshot.keep_snapshot(ctx, order)
    flush_rows(ctx.session)
    return revision
