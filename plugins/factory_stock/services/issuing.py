"""Posting and reversing what moves material between our stores and a factory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from core import ledger
from core.api import Ctx, EntityName, Problem, Refused, T, Text, note_changes
from core.values import ZERO, decimal_text
from kit.papers import future_problems, stamp_posted
from plugins.catalog.api import Key
from plugins.factory_stock.models import Issue, IssueLine
from plugins.factory_stock.services import factory_orders, issued, need, places, usage
from plugins.factory_stock.services.issue_lines import by_key, item_of
from plugins.factory_stock.services.issue_payload import at_line
from plugins.factory_stock.words import FACTORY_ORDER
from plugins.outsourcing.api import FactoryOrder
from plugins.stock.api import groups, on_hand, stamps, stand_ins, stores, taking_back

ENTITY = EntityName("factory_stock.issue")
OPEN = ("issued", "in_production")
LIVE = ("issued", "in_production", "completed")


def post(ctx: Ctx, issue: Issue) -> Text | None:
    """Post a draft through the ledger. Refused: no line, the factory order is in another state, more than is there,
    above the need without reason and payer, more back than was sent, a date in a closed period or in the future."""
    order = factory_orders.lock_order(ctx, issue.factory_order_id)
    factory_orders.in_state(
        order, OPEN if issue.kind == "issue" else LIVE,
        T("{number} is {state}: nothing can be issued for it now.",
          number=order.number, state=ctx.registry.get(FACTORY_ORDER).state(order.state).label),
    )  # fmt: skip
    if not issue.lines:
        raise Refused(T("There is no line yet."))
    problems = future_problems(ctx, issue.day, "day")
    if issue.kind == "issue":
        problems += _extra(ctx, issue)
    elif issue.kind == "write_off":
        problems += _explained(ctx, issue.lines)
    if problems:
        raise Refused(problems)
    moves = {"issue": _out, "return": _back, "write_off": _off, "count": _counted}[issue.kind](
        ctx, issue, order
    )
    if issue.kind == "issue":
        arriving: dict[ledger.Item, Decimal] = defaultdict(lambda: ZERO)
        for move in moves:
            arriving[move.item] += move.qty
        moves += usage.consume(ctx, order, issue.day, arriving=arriving)
    fields = {item_of(line): at_line(line, "qty") for line in issue.lines}
    try:
        with stamps.said_at("day", fields):
            ledger.post(
                ctx, moves, entity=ENTITY, entity_id=issue.id, on=issue.day, key=f"{ENTITY}:{issue.id}:post"
            )
    except Refused as refused:
        short = issue.kind == "issue" and on_hand.missing(
            ctx, _there(ctx, issue), _summed(issue.lines), fields
        )
        raise (Refused(short) if short else refused) from refused
    stamp_posted(ctx, issue)
    extra = [line for line in issue.lines if line.extra]
    if extra:
        return T("Posted. {n} lines are above the need.", n=len(extra))
    return None


def reverse(ctx: Ctx, issue: Issue, reason: str) -> None:
    """Take a posted document back by reversing movements. Refused where the material is no longer where it went."""
    order = factory_orders.lock_order(ctx, issue.factory_order_id)
    factory_orders.in_state(order, LIVE, T("{number} is closed.", number=order.number))
    taking_back.reverse(ctx, ENTITY.ref(issue.id), on=max(ctx.today(), issue.day), reason=reason)


def _names(ctx: Ctx, lines: Sequence[IssueLine]) -> dict[int, str]:
    called = ledger.names(ctx, [item_of(line) for line in lines], [])
    return {line.position: called[item_of(line)].name for line in lines}


def _extra(ctx: Ctx, issue: Issue) -> list[Problem]:
    """Fix what of each line is above the need; such lines need a reason and a payer. Substitutes have the room that the
    material they stand in for leaves."""
    order_id = issue.factory_order_id
    before = {key: qty for (_o, key), qty in issued.issued(ctx, [order_id]).items()}
    decided = need.stand_ins_of(ctx, order_id)
    required = stand_ins.shifted(
        {key: qty for (_o, key), qty in need.required(ctx, [order_id]).items()}, before, decided
    )
    codes = groups.size_codes(ctx, {line.size_id for line in issue.lines if line.size_id})
    above: dict[Key, Decimal] = {}
    keys = {line.position: groups.key_of(item_of(line), codes) for line in issue.lines}
    now = by_key(ctx, _summed(issue.lines))
    both = {key: before.get(key, ZERO) + now.get(key, ZERO) for key in {**before, **now}}
    required = stand_ins.shifted(required, both, decided)
    for key, qty in now.items():
        room = max(ZERO, required.get(key, ZERO) - before.get(key, ZERO))
        above[key] = max(ZERO, qty - room)
    for line in reversed(issue.lines):
        line.extra = min(line.qty, above[keys[line.position]])
        above[keys[line.position]] -= line.extra
    return _explained(ctx, [line for line in issue.lines if line.extra])


def _explained(ctx: Ctx, lines: Sequence[IssueLine]) -> list[Problem]:
    problems = []
    missing = [line for line in lines if not line.reason or not line.payer]
    called = _names(ctx, missing) if missing else {}
    for line in missing:
        where = at_line(line, "reason" if not line.reason else "payer")
        qty, uom, item = (
            decimal_text(line.extra or line.qty),
            line.material.stock_uom,
            called[line.position],
        )
        if line.extra:
            text = T(
                "{item}: {qty} {uom} are above the need. Say why, and who pays.", item=item, qty=qty, uom=uom
            )
        else:
            text = T(
                "{item}: say why {qty} {uom} are written off, and who pays.", item=item, qty=qty, uom=uom
            )
        problems.append(Problem(text, where))
    return problems


def _summed(lines: Iterable[IssueLine]) -> dict[ledger.Item, Decimal]:
    found: dict[ledger.Item, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        found[item_of(line)] += line.qty
    return found


def _there(ctx: Ctx, issue: Issue) -> on_hand.Stock:
    ids = {line.material_id for line in issue.lines}
    return on_hand.of_store(ctx, issue.store_id, places.ORDER, issue.factory_order_id, "material", ids)


def _out(ctx: Ctx, issue: Issue, order: FactoryOrder) -> list[ledger.Move]:
    there = _there(ctx, issue)
    target = places.factory(order.factory_id, order.id)
    return [
        move for line in issue.lines for move in there.take("issue", item_of(line), target, line.qty, line.id)
    ]


class _Books:
    """What the books say of a factory order's material: at the factory, used by standard, and used otherwise."""

    def __init__(self, ctx: Ctx, issue: Issue, order: FactoryOrder) -> None:
        self.at = places.factory(order.factory_id, order.id)
        self.used = places.used(order.factory_id, order.id)
        self.variance = places.variance(order.factory_id, order.id)
        self.sums = ledger.balances(
            ctx,
            item_kind="material",
            item_ids={line.material_id for line in issue.lines},
            places=[self.at, self.used, self.variance],
        )

    def there(self, item: ledger.Item) -> Decimal:
        """At the factory by the book."""
        return self.sums.get((item, self.at), ZERO)

    def taken(self, item: ledger.Item) -> Decimal:
        """Booked as used, so far."""
        return self.sums.get((item, self.used), ZERO) + self.sums.get((item, self.variance), ZERO)


def _unused(
    ctx: Ctx, issue: Issue, books: _Books, wanted: Sequence[tuple[IssueLine, Decimal]]
) -> list[ledger.Move]:
    """Moves for what is there beyond the book: it was not used after all. Refused beyond what was ever sent."""
    moves, problems = [], []
    called = _names(ctx, [line for line, _more in wanted]) if wanted else {}
    for line, more in wanted:
        item = item_of(line)
        if more > books.taken(item):
            most = books.there(item) + books.taken(item)
            problems.append(
                Problem(
                    T("{item}: only {qty} {uom} were sent for this factory order and not returned.",
                      item=called[line.position], qty=decimal_text(most), uom=line.material.stock_uom),
                    at_line(line, "qty"),
                )
            )  # fmt: skip
        else:
            moves.append(ledger.Move("unused", item, books.variance, books.at, more, line.id))
    if problems:
        raise Refused(problems)
    return moves


def _back(ctx: Ctx, issue: Issue, order: FactoryOrder) -> list[ledger.Move]:
    """Factory → store. More than the book says is there means that less was used than the standard."""
    books, target = _Books(ctx, issue, order), stores.place(issue.store_id)
    beyond = [(line, line.qty - books.there(item_of(line))) for line in issue.lines]
    moves = _unused(ctx, issue, books, [(line, more) for line, more in beyond if more > 0])
    return moves + [
        ledger.Move("return", item_of(line), books.at, target, line.qty, line.id) for line in issue.lines
    ]


def _off(ctx: Ctx, issue: Issue, order: FactoryOrder) -> list[ledger.Move]:
    at, gone = places.factory(order.factory_id, order.id), places.scrap(order.factory_id, order.id)
    return [ledger.Move("write_off", item_of(line), at, gone, line.qty, line.id) for line in issue.lines]


def _counted(ctx: Ctx, issue: Issue, order: FactoryOrder) -> list[ledger.Move]:
    """What was counted replaces the book: the difference was used above the standard, or not used after all."""
    books = _Books(ctx, issue, order)
    moves: list[ledger.Move] = []
    beyond: list[tuple[IssueLine, Decimal]] = []
    for line in issue.lines:
        less = books.there(item_of(line)) - line.qty
        if less > 0:
            moves.append(ledger.Move("count", item_of(line), books.at, books.variance, less, line.id))
        elif less < 0:
            beyond.append((line, -less))
    moves += _unused(ctx, issue, books, beyond)
    note_changes(
        ctx, issue, *((line.material.code, books.there(item_of(line)), line.qty) for line in issue.lines)
    )
    return moves
