"""Posting and reversing stock documents: what each kind moves, and what it refuses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from decimal import Decimal

from core import ledger
from core.api import Ctx, EntityName, EntityRef, Problem, Refused, T, Text, note_changes
from core.values import ZERO, decimal_text
from kit.papers import future_problems, stamp_posted
from plugins.stock.models.documents import StockDocument, StockLine
from plugins.stock.services import items, keepers, places, shelf, stamps, stores, taking_back
from plugins.stock.services.keepers import Needs, Owner
from plugins.stock.words.documents import CAUSE_LISTS, COUNT, RELEASE, RESERVE, RETURN, SURPLUS, TRANSFER

ENTITY = EntityName("stock.document")
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
    problems = future_problems(ctx, row.day, "day")
    problems += [
        Problem(T("Line {n} is not counted yet.", n=i + 1) if row.kind == COUNT else T("How many?"), f"lines-{i}-qty")
        for i, line in enumerate(row.lines) if line.qty is None
    ]  # fmt: skip
    if row.kept_until is not None and row.kept_until < ctx.today():
        problems.append(Problem(T("This day is over."), "kept_until"))
    if row.kind in CAUSE_LISTS and row.kind != COUNT and not row.cause:
        problems.append(Problem(T("Say why."), "cause"))
    if problems:
        raise Refused(problems)
    keepers.lock(ctx, row.about)
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
    stamp_posted(ctx, row)
    if row.kind == COUNT:
        wrong = {move.line_id for move in moves}
        return T("Posted. {n} of {all} items differ from the books.", n=len(wrong), all=len(lines))
    return None


def reverse(ctx: Ctx, row: StockDocument, reason: str) -> None:
    """Take a posted document back. Refused where the stock is no longer where it went."""
    keepers.lock(ctx, row.about)
    on = max(ctx.today(), row.day)
    if row.kind != COUNT or ledger.movements(ctx, entity=ENTITY, entity_id=row.id, limit=1):
        taking_back.reverse(ctx, EntityRef(ENTITY, row.id), on=on, reason=reason)


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
    # one reading for all lines: as of the day, so that later movements keep their meaning
    there = shelf.of_store(ctx, row.store_id, items=[item for _l, item in lines], on=row.day)
    moves: list[ledger.Move] = []
    wrong: list[tuple[StockLine, ledger.Item]] = []
    for line, item in lines:
        line.book = there.lying(item)
        more = (line.qty or ZERO) - line.book
        if more > 0:
            moves.append(ledger.Move("count", item, COUNTED, there.store, more, line.id))
        elif more < 0:
            moves += there.take("count", item, -more, line.id, lambda _place: COUNTED)
        if more:
            wrong.append((line, item))
    if wrong and not row.cause:
        raise Refused(T("{n} items differ from the books. Say why.", n=len(wrong)), "cause")
    called = ledger.names(ctx, [item for _line, item in wrong])
    note_changes(ctx, row, *((called[item].name, line.book, line.qty) for line, item in wrong))
    return moves


def _transfer(ctx: Ctx, row: StockDocument, lines: Lines) -> list[ledger.Move]:
    if row.target_store_id is None or row.target_store_id == row.store_id:
        raise Refused(T("Choose another store to move to."), "target_store")
    there, target = (
        shelf.of_store(ctx, row.store_id, items=[item for _l, item in lines]),
        row.target_store_id,
    )

    def beyond(place: ledger.Place) -> ledger.Place:
        """What is kept stays kept, in the other store."""
        return place._replace(id=target)

    return [
        move
        for line, item in lines
        for move in there.take("transfer", item, line.qty or ZERO, line.id, beyond)
    ]


def _owner(ctx: Ctx, row: StockDocument) -> Owner:
    owner = keepers.of_document(ctx, row)
    if owner is None:
        raise Refused(T("For which order?"), "owner")
    return owner


def _kept_place(row: StockDocument, owner: Owner) -> ledger.Place:
    return places.reserved(row.store_id, owner.ref.entity, owner.ref.id)


def _have(ctx: Ctx, owner: Owner) -> Needs:
    return keepers.sum_lots((item, qty) for (item, _store), qty in keepers.kept(ctx, owner.ref).items())


def _reserve(ctx: Ctx, row: StockDocument, lines: Lines) -> list[ledger.Move]:
    """Free stock is kept for a document, at most what it still needs and does not have yet."""
    owner = _owner(ctx, row)
    if not owner.live:
        state = ctx.registry.get(owner.keeper.entity).state(owner.row.state).label
        raise Refused(T("{number} is {state}: nothing can be kept for it.", number=row.owner, state=state))
    have = _have(ctx, owner)
    left = {item: qty - have.get(item, ZERO) for item, qty in keepers.still_needed(ctx, owner).items()}
    _within(
        ctx, lines, left,
        lambda item, qty, most: T("{item}: {qty} to keep, the order still needs {most}.", item=item, qty=qty, most=most),
    )  # fmt: skip
    return _simple("reserve", lines, stores.place(row.store_id), _kept_place(row, owner))


def _release(ctx: Ctx, row: StockDocument, lines: Lines) -> list[ledger.Move]:
    return _simple("release", lines, _kept_place(row, _owner(ctx, row)), stores.place(row.store_id))


def _surplus(ctx: Ctx, row: StockDocument, lines: Lines) -> list[ledger.Move]:
    """Only what is kept beyond the need becomes free; all of it once the document is closed or cancelled."""
    owner = _owner(ctx, row)
    open_ = keepers.still_needed(ctx, owner)
    left = {item: qty - open_.get(item, ZERO) for item, qty in _have(ctx, owner).items()}
    _within(
        ctx, lines, left,
        lambda item, qty, most: T("{item}: {qty} to set free, {most} are kept beyond what the order needs.",
                                  item=item, qty=qty, most=most),
    )  # fmt: skip
    return _simple("surplus", lines, _kept_place(row, owner), stores.place(row.store_id))


def _return(ctx: Ctx, row: StockDocument, lines: Lines) -> list[ledger.Move]:
    """Pieces come back from the customer, at most those shipped and not returned yet."""
    owner = _owner(ctx, row)
    gone = keepers.delivered(ctx, owner)
    if gone is None:
        raise Refused(T("Nothing has gone out for {number}.", number=row.owner), "owner")
    back = keepers.returned(ctx, owner.ref, without=row.id)
    left = {item: qty - back.get(item, ZERO) for item, qty in gone.items.items()}
    _within(
        ctx,
        lines,
        left,
        lambda item, qty, most: T(
            "{item}: {qty} to take back, {most} were shipped and not returned.", item=item, qty=qty, most=most
        ),
    )
    target = stores.place(row.store_id) if row.quality == "good" else stores.rejected(row.store_id)
    return _simple("customer_return", lines, gone.place, target)


def _within(
    ctx: Ctx, lines: Lines, left: dict[ledger.Item, Decimal], say: Callable[[str, str, str], Text]
) -> None:
    """Refused where lines together take more of an item than is left."""
    remaining = defaultdict(lambda: ZERO, left)

    def over(line: StockLine, name: str) -> Text | None:
        item, qty = keepers.without_lot(found[line.id]), line.qty or ZERO
        most = max(ZERO, remaining[item])
        remaining[item] -= qty
        return say(name, decimal_text(qty), decimal_text(most)) if qty > most else None

    found = {line.id: item for line, item in lines}
    _refuse(ctx, lines, over)


_MOVES: dict[str, Callable[[Ctx, StockDocument, Lines], list[ledger.Move]]] = {
    COUNT: _count, TRANSFER: _transfer, RESERVE: _reserve, RELEASE: _release, SURPLUS: _surplus, RETURN: _return,
}  # fmt: skip
