"""模擬: a world with assumptions, planned beside the real one in memory; what is otherwise, order by order.

Nothing is written and nothing locked: everything is read once, and both worlds are planned from what was read. A factory order
whose material comes later than it is wanted is later by as much, and so are the customer orders that wait for its pieces.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from core.api import EntityRef
from plugins.catalog.api import Garment, PlanDemand, PlanItem, PlanSupply, plan_priority
from plugins.planning.services.kits.analysis import Kit
from plugins.planning.services.mrp.terms import IN, OUT
from plugins.planning.services.outlooks import Moved
from plugins.planning.services.scale import quantity
from plugins.planning.services.solving import Options, Solved, solve, supply_day
from plugins.planning.services.world import World
from plugins.planning.words import SCENARIO, URGENCY

RUSH, LATE, CLOSED, CHANGED = "rush", "late", "closed", "changed"
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Assumed:
    """An assumption in plain values; ``pieces`` by size id."""

    kind: str
    label: str = ""
    document: str = ""
    partner: int | None = None
    style: int | None = None
    color: int | None = None
    destination: int | None = None
    pieces: tuple[tuple[int, int], ...] = ()
    day: date | None = None
    days: int = 0
    pct: Decimal = Decimal(0)
    source: EntityRef | None = None


@dataclass(frozen=True)
class Outcome:
    """How an order does: when all of it can be there."""

    ref: EntityRef
    number: str
    due: date | None
    ready: date | None

    @property
    def late(self) -> int:
        """Days."""
        return max(0, (self.ready - self.due).days) if self.ready and self.due else 0


@dataclass(frozen=True)
class Change:
    """An order, before and after; one that is new has no ``before``."""

    number: str
    ref: EntityRef
    before: Outcome | None
    after: Outcome | None

    @property
    def slip(self) -> int:
        """Days later than before, earlier where negative."""
        if self.before is None or self.after is None or not self.before.ready or not self.after.ready:
            return 0
        return (self.after.ready - self.before.ready).days


@dataclass(frozen=True)
class Bought:
    """An item that is suggested in another quantity, or earlier by its first day."""

    item: PlanItem
    before: Decimal
    after: Decimal
    first_before: date | None
    first_after: date | None


@dataclass(frozen=True)
class Said:
    """A message on supply that only the assumptions bring; ``day`` where it is moved to, None where it is not moved."""

    number: str
    line: int | None
    entity: EntityRef
    item: PlanItem
    kind: str
    qty: Decimal
    day: date | None


@dataclass(frozen=True)
class Compared:
    """Everything that is otherwise, the worst first; ``same`` orders are as they were. ``documents``: gates and timelines
    of what makes them; ``kits``: of rush orders, from what lies there now, asked by
    :mod:`plugins.planning.services.scenarios`."""

    orders: Sequence[Change]
    bought: Sequence[Bought]
    said: Sequence[Said]
    same: int
    documents: Sequence[Moved] = ()
    kits: Sequence[tuple[str, Kit]] = ()


def expected(world: World, supply: PlanSupply) -> date:
    """The day a supply is expected."""
    return world.today + timedelta(days=supply_day(world, supply))


def assume(world: World, assumed: Iterable[Assumed]) -> World:
    """The world as it would be."""
    demands, supplies = list(world.demands), list(world.supplies)
    for n, each in enumerate(assumed):
        later = timedelta(days=each.days)
        if each.kind == RUSH:
            source = each.source or SCENARIO.ref(-1 - n)
            for size, qty in each.pieces:
                item = Garment(each.style or 0, each.color or 0, size)
                demands.append(
                    PlanDemand(source, each.label, None, item, Decimal(qty), each.day,
                               plan_priority(each.day, world.today, n), "order", each.destination)
                )  # fmt: skip
        elif each.kind == CHANGED:
            demands = [
                replace(
                    d,
                    qty=(d.qty * (HUNDRED + each.pct) / HUNDRED).quantize(Decimal(1), ROUND_HALF_UP),
                    due=d.due + later if d.due else None,
                )
                if d.kind == "order" and d.number == each.document
                else d
                for d in demands
            ]
        else:
            hit = [
                (each.kind == LATE and s.number == each.document)
                or (
                    each.kind == CLOSED
                    and s.partner == each.partner
                    and expected(world, s) >= (each.day or world.today)
                )
                for s in supplies
            ]
            supplies = [
                s._replace(due=expected(world, s) + later) if moved and not s.on_hand else s
                for s, moved in zip(supplies, hit, strict=True)
            ]
    return replace(world, demands=demands, supplies=supplies)


def settled(world: World, options: Options) -> Solved:
    """The plan of a world in which factory orders wait for their material."""
    first = solve(world, options)
    waits: dict[EntityRef, int] = defaultdict(int)
    for n, each in enumerate(world.demands):
        if each.made_from_need and first.ready[n] >= 0:
            waits[each.source] = max(waits[each.source], first.ready[n] - max(0, first.days[n]))
    late = {ref: days for ref, days in waits.items() if days > 0}
    if not late:
        return first
    supplies = [
        s._replace(due=expected(world, s) + timedelta(days=late[s.source]))
        if s.source in late and isinstance(s.item, Garment)
        else s
        for s in world.supplies
    ]
    return solve(replace(world, supplies=supplies), options)


def outcomes(solved: Solved) -> dict[EntityRef, Outcome]:
    """By order."""
    found: dict[EntityRef, Outcome] = {}
    for n, each in enumerate(solved.world.demands):
        if each.kind != "order":
            continue
        ready = solved.date(solved.ready[n]) if solved.ready[n] >= 0 else None
        if ready is not None and each.due is not None:
            ready = max(ready, each.due)
        known = found.get(each.source)
        due = min((day for day in (known.due if known else None, each.due) if day), default=None)
        last = max((day for day in (known.ready if known else None, ready) if day), default=None)
        found[each.source] = Outcome(each.source, each.number, due, last)
    return found


def compare(before: Solved, after: Solved) -> Compared:
    """What the assumptions change."""
    old, new = outcomes(before), outcomes(after)
    orders = [
        Change((new.get(ref) or old[ref]).number, ref, old.get(ref), new.get(ref)) for ref in {**old, **new}
    ]
    changed = [
        each
        for each in orders
        if each.before is None or each.after is None or each.slip or each.before.due != each.after.due
    ]
    changed.sort(key=lambda each: (each.before is not None, -each.slip, each.number))
    was, is_ = _suggested(before), _suggested(after)
    nothing: tuple[Decimal, date | None] = (Decimal(0), None)
    bought = [
        Bought(
            item,
            was.get(item, nothing)[0],
            is_.get(item, nothing)[0],
            was.get(item, nothing)[1],
            is_.get(item, nothing)[1],
        )
        for item in {**was, **is_}
        if was.get(item) != is_.get(item)
    ]
    bought.sort(key=lambda each: (isinstance(each.item, Garment), -abs(each.after - each.before)))
    known = set(_messages(before))
    said = sorted(
        (m for m in _messages(after) if m not in known),
        key=lambda m: (URGENCY[m.kind], m.number, m.line or 0),
    )
    return Compared(changed, bought, said, len(orders) - len(changed))


def _suggested(solved: Solved) -> dict[PlanItem, tuple[Decimal, date | None]]:
    found: dict[PlanItem, tuple[Decimal, date | None]] = {}
    for order in solved.plan.orders:
        item, day = solved.items[order.item], solved.date(order.due)
        if isinstance(item, Garment):
            item = Garment(item.style, 0, 0)
        qty, first = found.get(item, (Decimal(0), None))
        found[item] = (qty + quantity(order.qty), min(day, first or day))
    return found


def _messages(solved: Solved) -> list[Said]:
    found = []
    for each in (*solved.plan.messages, *solved.claim_messages):
        given = solved.world.supplies[each.supply]
        found.append(
            Said(
                given.number,
                given.line,
                given.source,
                given.item,
                each.kind,
                quantity(each.qty),
                solved.date(each.day) if each.kind in (IN, OUT) else None,
            )
        )
    return found
