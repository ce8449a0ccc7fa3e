"""What comes in for somebody: into the place of the demand that claims it, what nobody claims to the store; and back again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from core import ledger
from core.api import Ctx, EntityRef
from core.values import ZERO
from plugins.stock.services import claims, demands, places

CENT = Decimal("0.0001")
MICRO = Decimal("0.000001")


@dataclass(frozen=True)
class Coming:
    """What a line of a document (``line_id``) brings of a line of a supply: ``qty`` in the unit of the supply.

    moves  what it is in the ledger, lot by lot, all of it to the store
    grain  the step of what is measured: shares are rounded to it
    """

    supply_line: int
    line_id: int
    qty: Decimal
    moves: Sequence[ledger.Move]
    grain: Decimal


def for_claims(ctx: Ctx, supply: str, document: EntityRef, coming: Iterable[Coming]) -> list[ledger.Move]:
    """The moves of what comes in, divided among the claims of those alive; what each has of its claim is noted.

    Whoever calls has locked the supply: two who receive of one line do so one after the other. A fixed number of queries.
    """
    wanted = [each for each in coming if each.qty]
    claimed = claims.of_lines(ctx, supply, {each.supply_line for each in wanted}) if wanted else {}
    if not claimed:
        return [move for each in wanted for move in each.moves]
    owners = demands.owners(ctx, {claim.demand_id for each in claimed.values() for claim in each})
    moves: list[ledger.Move] = []
    noted: list[tuple[int, int, int, Decimal]] = []
    for each in wanted:
        mine = claimed.get(each.supply_line, [])
        split = claims.divide(each.qty, mine)
        claimed[each.supply_line] = [
            c._replace(came=c.came + split.shares.get(c.demand_id, ZERO)) for c in mine
        ]
        noted += [(each.supply_line, demand, each.line_id, qty) for demand, qty in split.shares.items()]
        parts = [(owners[demand].ref, qty) for demand, qty in split.shares.items()]
        moves += _spread(each, [*parts, (None, split.free)])
    claims.note_came(ctx, supply, document, noted)
    return moves


def _spread(coming: Coming, parts: Sequence[tuple[EntityRef | None, Decimal]]) -> list[ledger.Move]:
    """Moves of a line cut into parts in the unit of the supply, in order; lots are filled up one after the other."""
    total = sum((move.qty for move in coming.moves), ZERO)
    lots = list(coming.moves)
    result: list[ledger.Move] = []
    given = done = ZERO
    for owner, qty in parts:
        given += qty
        whole = given == coming.qty
        upto = total if whole else min(total, _nearest(total * given / coming.qty, coming.grain))
        left, done = upto - done, max(done, upto)
        while left > 0:
            part, rest = cut(lots[0], min(left, lots[0].qty))
            lots = [rest, *lots[1:]] if rest.qty else lots[1:]
            place = places.reserved(part.target.id, owner.entity, owner.id) if owner else part.target
            result.append(replace(part, target=place))
            left -= part.qty
    return result


def _nearest(value: Decimal, grain: Decimal) -> Decimal:
    return (value / grain).to_integral_value(rounding=ROUND_HALF_UP) * grain


# --- going back ----------------------------------------------------------------------------------------------------------

Brought = dict[tuple[int, ledger.Item, ledger.Place], Decimal]
"""What a document brought and what is there of it still: (its line, item, place) → stock units."""


@dataclass(frozen=True)
class Leaving:
    """What goes back of a line (``came_line``) of what was brought: ``qty`` in the unit of the supply; the move takes it from
    the store, as if nobody had it."""

    supply_line: int
    came_line: int
    qty: Decimal
    move: ledger.Move


def back(
    ctx: Ctx, supply: str, document: EntityRef, leaving: Iterable[Leaving], brought: Brought, *, again: bool
) -> list[ledger.Move]:
    """The moves of what goes back of what was brought: what nobody claims of it first, then of those who are served last, each
    at most what it has of it still; the rest from free stock. With ``again`` it is to be replaced: claims lack it again."""
    rest = defaultdict(lambda: ZERO, brought)
    at = {place for _line, _item, place in brought}
    there = (
        ledger.balances(ctx, items={item for _line, item, _place in brought}, places=at) if brought else {}
    )
    claimants = {place.document for place in at if place.document is not None}
    order, demand = demands.last_first(ctx, claimants), demands.of_documents(ctx, claimants)
    moves: list[ledger.Move] = []
    noted: list[tuple[int, int, int, Decimal]] = []
    for each in leaving:
        mine = [p for line, item, p in brought if (line, item) == (each.came_line, each.move.item)]
        left = each.move
        for place in sorted(mine, key=lambda p: order[p.document] if p.document else -1):
            key = (each.came_line, left.item, place)
            qty = min(left.qty, rest[key], there.get((left.item, place), ZERO))
            if qty <= 0:
                continue
            rest[key] -= qty
            there[left.item, place] -= qty
            part, left = cut(left, qty)
            moves.append(replace(part, source=place))
            if again and place.document is not None:
                share = (each.qty * qty / each.move.qty).quantize(MICRO, rounding=ROUND_HALF_UP)
                noted.append((each.supply_line, demand[place.document], each.move.line_id, -share))
            if not left.qty:
                break
        if left.qty:
            moves.append(left)
    claims.note_came(ctx, supply, document, noted)
    return moves


def cut(move: ledger.Move, qty: Decimal) -> tuple[ledger.Move, ledger.Move]:
    """A move in two: ``qty`` of it, and the rest (nothing, where it is all of it). Their values add up to its value."""
    rest, value = move.qty - qty, move.value
    if rest and value is not None:
        value = (value * qty / move.qty).quantize(CENT, rounding=ROUND_HALF_UP)
    left = None if move.value is None or value is None else move.value - value
    return replace(move, qty=qty, value=value), replace(move, qty=rest, value=left)
