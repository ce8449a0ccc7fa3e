"""進貨: posting and reversing pieces that came from the factory, and what follows from them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from core import ledger
from core.api import Ctx, EntityName, Problem, Refused, T, Text, enter_state, follow, note_changes
from core.db import flush_rows
from kit.papers import future_problems, stamp_posted
from plugins.factory_stock.models import GoodsIn, GoodsInLine, GoodsInSize
from plugins.factory_stock.services import factory_orders, goods_lines, places, usage
from plugins.factory_stock.words import FACTORY_ORDER
from plugins.outsourcing.api import Codes, FactoryOrder, checks, fixed, lifecycle, rows
from plugins.stock.api import groups, incoming, keepers, stamps, stores, taking_back
from plugins.stock.api import places as stock_places

ENTITY = EntityName("factory_stock.goods_in")
CUSTOMER = EntityName("orders.order")
OVER = "factory_stock.goods_in.over"
OPEN = ("in_production", "completed")
SECONDS = "B"
"""The lot that garments kept as seconds have."""


def post(ctx: Ctx, row: GoodsIn, over_reason: str = "") -> Text | None:
    """Post a draft: accepted pieces to the store, rejected ones apart; our material in accepted pieces counts as used.

    Refused: no line, not in production, above ordered × (1 + FG-over %) without the right and a reason, more rework or
    seconds than were rejected, a date in the future or in a closed period. Completes the factory order with the last pieces.
    """
    order = factory_orders.lock_order(ctx, row.factory_order_id)
    factory_orders.in_state(
        order, OPEN, T("{number} is {state}: no goods can come in.", number=order.number,
                       state=ctx.registry.get(FACTORY_ORDER).state(order.state).label),
    )  # fmt: skip
    if not row.lines:
        raise Refused(T("There is no line yet."))
    problems = future_problems(ctx, row.day, "day")
    problems += _over(ctx, row, over_reason) if row.kind == "goods_in" else _beyond(ctx, row)
    if problems:
        raise Refused(problems)
    moves = _moves(ctx, row, order)
    if row.kind == "goods_in":
        fresh = {
            (line.fo_line_id, line.color_id, size.size_id): size.received - size.rejected
            for line in row.lines
            for size in line.sizes
        }
        moves += usage.consume(ctx, order, row.day, fresh)
    with stamps.said_at("day"):
        ledger.post(ctx, moves, entity=ENTITY, entity_id=row.id, on=row.day, key=f"{ENTITY}:{row.id}:post")
    stamp_posted(ctx, row)
    enter_state(ctx, row, "posted")  # before what has come is counted
    flush_rows(ctx.session)
    return _complete(ctx, order) if row.kind == "goods_in" else None


def _label(ctx: Ctx, row: GoodsIn) -> Any:
    """Words for a cell: line number, colour, size."""
    order = row.factory_order
    numbers = {line.id: line.position for line in rows.lines(ctx, order)}
    codes = Codes(ctx, rows.cells(ctx, [order.id]))
    return lambda cell: f"{numbers[cell[0]]} {codes.color[cell[1]]} {codes.size[cell[2]]}"


def _over(ctx: Ctx, row: GoodsIn, reason: str) -> list[Problem]:
    known = goods_lines.figures(ctx, row.factory_order_id)
    above = []
    for line in row.lines:
        for size in line.sizes:
            cell = (line.fo_line_id, line.color_id, size.size_id)
            total = known[cell].accepted + size.received - size.rejected
            if total > known[cell].most:
                above.append((cell, total, known[cell]))
    if not above:
        return []
    if ctx.can(OVER) and reason.strip():
        row.over_reason, row.over_by = reason.strip()[:400], ctx.actor
        note_changes(ctx, row, ("over_reason", None, row.over_reason))
        return []
    label = _label(ctx, row)
    problems = [
        Problem(T("Line {cell}: {total} pieces, at most {most} ({ordered} ordered).",
                  cell=label(cell), total=total, most=at.most, ordered=at.ordered), f"cell-{'-'.join(map(str, cell))}")
        for cell, total, at in above
    ]  # fmt: skip
    if ctx.can(OVER):
        problems.append(Problem(T("You may accept more: say why."), "over_reason"))
    return problems


def _beyond(ctx: Ctx, row: GoodsIn) -> list[Problem]:
    known = goods_lines.figures(ctx, row.factory_order_id)
    label = _label(ctx, row)
    return [
        Problem(
            T("Line {cell}: only {n} rejected pieces are left.", cell=label(cell), n=known[cell].waiting),
            f"cell-{'-'.join(map(str, cell))}",
        )
        for line in row.lines
        for size in line.sizes
        if size.received > known[cell := (line.fo_line_id, line.color_id, size.size_id)].waiting
    ]


def _moves(ctx: Ctx, row: GoodsIn, order: FactoryOrder) -> list[ledger.Move]:
    output = places.output(order.factory_id, order.id)
    good, bad = stores.place(row.store_id), stores.rejected(row.store_id)
    made = {line.id: line for line in rows.lines(ctx, order)}
    styles: dict[int, int] = {line.id: line.style_id for line in made.values()}
    known = goods_lines.figures(ctx, order.id) if row.kind == "goods_in" else {}
    keeping = keepers.live(ctx, CUSTOMER, {line.customer_order_id for line in made.values()})
    moves = []
    for line in row.lines:
        for size in line.sizes:
            item = groups.garment(styles[line.fo_line_id], line.color_id, size.size_id)
            came = Decimal(size.received)
            if row.kind == "rework":
                moves.append(ledger.Move("rework", item, bad, output, came, line.id))
            elif row.kind == "seconds":
                second = groups.garment(item.id, item.color_id, item.size_id, SECONDS)
                moves.append(ledger.Move("regrade", item, bad, output, came, line.id))
                moves.append(ledger.Move("regrade", second, output, good, came, line.id))
            else:
                if size.received > size.rejected:
                    move = ledger.Move("goods_in", item, output, good, came - size.rejected, line.id)
                    sold = made[line.fo_line_id].customer_order_id
                    open_ = (
                        known[line.fo_line_id, line.color_id, size.size_id].balance if sold in keeping else 0
                    )
                    moves += _for_order(move, Decimal(open_), row.store_id, sold)
                if size.rejected:
                    moves.append(ledger.Move("reject", item, output, bad, Decimal(size.rejected), line.id))
    return moves


def _for_order(move: ledger.Move, open_: Decimal, store_id: int, customer_order_id: int) -> list[ledger.Move]:
    """Pieces made for a customer order are kept for it, as many as were ordered and did not come yet; the rest is free."""
    mine, rest = incoming.cut(move, min(move.qty, open_))
    mine = replace(mine, target=stock_places.reserved(store_id, CUSTOMER, customer_order_id))
    return [part for part in (mine, rest) if part.qty]


def reverse(ctx: Ctx, row: GoodsIn, reason: str) -> None:
    """Take posted goods in back, with the use of material that followed from its pieces. Refused: the pieces are no longer
    there, the factory order is closed."""
    order = factory_orders.lock_order(ctx, row.factory_order_id)
    factory_orders.in_state(order, OPEN, T("{number} is closed.", number=order.number))
    on = max(ctx.today(), row.day)
    gone = _gone(ctx, row) if row.kind == "goods_in" else {}
    taking_back.reverse(ctx, ENTITY.ref(row.id), on=on, reason=reason)
    enter_state(ctx, row, "reversed")  # before what has come is counted
    flush_rows(ctx.session)
    if row.kind == "goods_in":
        ledger.post(
            ctx, usage.give_back(ctx, order), entity=ENTITY, entity_id=row.id, on=on, key=f"{ENTITY}:{row.id}:reverse",
            reason=reason,
        )  # fmt: skip
        fixed.taken_back(ctx, order, gone)
    if (
        row.kind == "goods_in"
        and order.state == "completed"
        and checks.unfinished(ctx, order, rows.lines(ctx, order))
    ):
        follow(ctx, order, "in_production", because="reopen", reason=reason)


def _gone(ctx: Ctx, row: GoodsIn) -> dict[int, fixed.Gone]:
    """The accepted pieces of a document by line of the factory order, and those that stand of documents posted before it."""
    head, line, size = GoodsIn, GoodsInLine, GoodsInSize
    first = (head.posted_at < row.posted_at) | ((head.posted_at == row.posted_at) & (head.id < row.id))
    earlier = dict(
        ctx.session.execute(
            select(line.fo_line_id, func.sum(size.received - size.rejected))
            .join(head, (head.id == line.goods_in_id) & (head.tenant_id == line.tenant_id))
            .join(size, (size.line_id == line.id) & (size.tenant_id == line.tenant_id))
            .where(
                head.factory_order_id == row.factory_order_id,
                head.state == "posted",
                head.kind == "goods_in",
                first,
            )
            .group_by(line.fo_line_id)
        ).all()
    )
    mine: dict[int, int] = defaultdict(int)
    for each in row.lines:
        mine[each.fo_line_id] += sum(s.received - s.rejected for s in each.sizes)
    return {line_id: fixed.Gone(int(earlier.get(line_id, 0)), n) for line_id, n in mine.items()}


def _complete(ctx: Ctx, order: FactoryOrder) -> Text | None:
    """The last pieces complete the factory order."""
    if order.state != "in_production" or checks.unfinished(ctx, order, rows.lines(ctx, order)):
        return None
    lifecycle.complete(ctx, order)
    follow(ctx, order, "completed", because="complete")
    return T("{number} is complete.", number=order.number)
