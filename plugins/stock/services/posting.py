"""Posting and reversing stock documents: what each kind moves, and what it refuses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from decimal import Decimal

from sqlalchemy import select

from core.api import Ctx, Problem, Refused, T, Text, ledger, note_changes
from plugins.inventory.models import StockDocument, StockLine
from plugins.inventory.services import items, orders
from plugins.inventory.words import CAUSE_LISTS, COUNT, RELEASE, RESERVE, RETURN, SURPLUS, TRANSFER
from plugins.orders.models import CustomerOrder
from plugins.outsourcing.models import FactoryOrder
from plugins.stock import places, stores
from plugins.stock.services import stamps

ENTITY = "inventory.document"
ZERO = orders.ZERO
COUNTED = ledger.Place("counted")
"""What a count finds comes from here, what it misses goes here."""
Lines = Sequence[tuple[StockLine, ledger.Item]]


def post(ctx: Ctx, row: StockDocument) -> Text | None:
    """Post a draft through the ledger.

    Refused: no line, a line without quantity, no reason where the kind needs one, a date in the future or in a closed
    period, more than is there, kept, needed or returnable.
    """
    if not row.lines:
        raise Refused(T("There is no line yet."))
    problems = stamps.check_day(ctx, row.day)
    problems += [
        Problem(T("Line {n} is not counted yet.", n=i + 1) if row.kind == COUNT else T("How many?"), f"lines-{i}-qty")
        for i, line in enumerate(row.lines) if line.qty is None
    ]  # fmt: skip
    if row.kind in CAUSE_LISTS and row.kind != COUNT and not row.cause:
        problems.append(Problem(T("Say why."), "cause"))
    if problems:
        raise Refused(problems)
    _lock(ctx, row)
    lines = list(zip(row.lines, items.of_lines(ctx, row.lines), strict=True))
    moves = _MOVES[row.kind](ctx, row, lines)
    with stamps.said_at("day"):
        ledger.post(
            ctx,
            moves,
            entity=ENTITY,
            entity_id=row.id,
            on=row.day,
            key=f"{ENTITY}:{row.id}:post",
            reason=row.cause or row.notes,
        )
    stamps.posted(ctx, row)
    if row.kind == COUNT:
        return T("Posted. {n} of {all} items differ from the books.", n=len(moves), all=len(lines))
    return None


def reverse(ctx: Ctx, row: StockDocument, reason: str) -> None:
    """Take a posted document back. Refused where the stock is no longer where it went."""
    _lock(ctx, row)
    on = max(ctx.today(), row.day)
    if row.kind != COUNT or ledger.movements(ctx, entity=ENTITY, entity_id=row.id, limit=1):
        ledger.reverse(ctx, entity=ENTITY, entity_id=row.id, on=on, reason=reason)


def _lock(ctx: Ctx, row: StockDocument) -> None:
    """Limits of an order are checked one after the other."""
    model: type[CustomerOrder] | type[FactoryOrder]
    for model, key in ((CustomerOrder, row.customer_order_id), (FactoryOrder, row.factory_order_id)):
        if key is not None:
            ctx.session.execute(select(model.id).where(model.id == key).with_for_update())


def _refuse(ctx: Ctx, lines: Lines, over: Callable[[StockLine, str], Text | None]) -> None:
    """Refused with a sentence at the quantity of each line that ``over`` finds fault with."""
    called = ledger.names(ctx, [item for _line, item in lines])
    problems = []
    for index, (line, item) in enumerate(lines):
        text = over(line, called[item].name)
        if text is not None:
            problems.append(Problem(text, f"lines-{index}-qty"))
    if problems:
        raise Refused(problems)


def _simple(kind: str, lines: Lines, source: ledger.Place, target: ledger.Place) -> list[ledger.Move]:
    return [ledger.Move(kind, item, source, target, line.qty or ZERO, line.id) for line, item in lines]


def _count(ctx: Ctx, row: StockDocument, lines: Lines) -> list[ledger.Move]:
    """What was counted replaces what the books said at the end of the day; the difference needs a reason."""
    place = stores.place(row.store_id)
    # one reading for all lines: as of the day, so that later movements keep their meaning
    there = ledger.balances(ctx, items=[item for _l, item in lines], places=[place], on=row.day)
    moves = []
    for line, item in lines:
        line.book = there.get((item, place), ZERO)
        more = (line.qty or ZERO) - line.book
        if more > 0:
            moves.append(ledger.Move("count", item, COUNTED, place, more, line.id))
        elif more < 0:
            moves.append(ledger.Move("count", item, place, COUNTED, -more, line.id))
    if moves and not row.cause:
        raise Refused(T("{n} items differ from the books. Say why.", n=len(moves)), "cause")
    called = ledger.names(ctx, [move.item for move in moves])
    by_id = {line.id: line for line, _item in lines}
    note_changes(
        ctx, row, *((called[m.item].name, by_id[m.line_id].book, by_id[m.line_id].qty) for m in moves)
    )
    return moves


def _transfer(ctx: Ctx, row: StockDocument, lines: Lines) -> list[ledger.Move]:
    if row.target_store_id is None or row.target_store_id == row.store_id:
        raise Refused(T("Choose another store to move to."), "target_store")
    return _simple("transfer", lines, stores.place(row.store_id), stores.place(row.target_store_id))


def _owner(row: StockDocument) -> tuple[str, CustomerOrder | FactoryOrder]:
    owner = orders.owner_of(row)
    if owner is None:
        raise Refused(T("For which order?"), "customer_order")
    return owner


def _reserve(ctx: Ctx, row: StockDocument, lines: Lines) -> list[ledger.Move]:
    """Free stock is kept for an order, at most what it still needs and does not have yet."""
    entity, order = _owner(row)
    if order.state not in orders.LIVE[entity]:
        state = ctx.registry.get(entity).state(order.state).label
        raise Refused(T("{number} is {state}: nothing can be kept for it.", number=order.number, state=state))
    open_ = orders.still_needed(ctx, entity, order)
    have = orders.by_plain(
        (item, qty) for (item, _store), qty in orders.reserved(ctx, entity, order.id).items()
    )
    left = {item: qty - have.get(item, ZERO) for item, qty in open_.items()}
    _within(
        ctx, lines, left,
        lambda item, qty, most: T("{item}: {qty} to keep, the order still needs {most}.", item=item, qty=qty, most=most),
    )  # fmt: skip
    return _simple(
        "reserve", lines, stores.place(row.store_id), places.reserved(row.store_id, entity, order.id)
    )


def _release(ctx: Ctx, row: StockDocument, lines: Lines) -> list[ledger.Move]:
    entity, order = _owner(row)
    return _simple(
        "release", lines, places.reserved(row.store_id, entity, order.id), stores.place(row.store_id)
    )


def _surplus(ctx: Ctx, row: StockDocument, lines: Lines) -> list[ledger.Move]:
    """Only what is kept beyond the order's need becomes free; all of it once the order is closed or cancelled."""
    entity, order = _owner(row)
    open_ = orders.still_needed(ctx, entity, order)
    have = orders.by_plain(
        (item, qty) for (item, _store), qty in orders.reserved(ctx, entity, order.id).items()
    )
    left = {item: qty - open_.get(item, ZERO) for item, qty in have.items()}
    _within(
        ctx, lines, left,
        lambda item, qty, most: T("{item}: {qty} to set free, {most} are kept beyond what the order needs.",
                                  item=item, qty=qty, most=most),
    )  # fmt: skip
    return _simple(
        "surplus", lines, places.reserved(row.store_id, entity, order.id), stores.place(row.store_id)
    )


def _return(ctx: Ctx, row: StockDocument, lines: Lines) -> list[ledger.Move]:
    """Pieces come back from the customer, at most those shipped and not returned yet."""
    order = row.customer_order
    if order is None:
        raise Refused(T("Against which customer order?"), "customer_order")
    back = orders.returned(ctx, [order.id], without=row.id)
    left = {item: qty - back.get(item, ZERO) for item, qty in orders.shipped(ctx, [order.id]).items()}
    _within(
        ctx, lines, left,
        lambda item, qty, most: T("{item}: {qty} to take back, {most} were shipped and not returned.",
                                  item=item, qty=qty, most=most),
    )  # fmt: skip
    source = ledger.Place("customer", order.customer_id)
    target = stores.place(row.store_id) if row.quality == "good" else stores.rejected(row.store_id)
    return _simple("customer_return", lines, source, target)


def _within(
    ctx: Ctx, lines: Lines, left: dict[ledger.Item, Decimal], say: Callable[[str, str, str], Text]
) -> None:
    """Refused where lines together take more of an item than is left."""
    remaining = defaultdict(lambda: ZERO, left)

    def over(line: StockLine, name: str) -> Text | None:
        item, qty = orders.plain(found[line.id]), line.qty or ZERO
        most = max(ZERO, remaining[item])
        remaining[item] -= qty
        return say(name, text(qty), text(most)) if qty > most else None

    found = {line.id: item for line, item in lines}
    _refuse(ctx, lines, over)


def text(qty: Decimal) -> str:
    """A quantity without needless zeros."""
    return f"{qty.normalize():f}" if qty else "0"


_MOVES: dict[str, Callable[[Ctx, StockDocument, Lines], list[ledger.Move]]] = {
    COUNT: _count, TRANSFER: _transfer, RESERVE: _reserve, RELEASE: _release, SURPLUS: _surplus, RETURN: _return,
}  # fmt: skip
