"""Where purchase lines stand: received, accepted, rejected, waiting, returned, open. Whoever receives tells (hooks)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.api import Ctx
from core.values import ZERO
from plugins.purchasing.models import PurchaseLine


@dataclass(frozen=True)
class Position:
    """Of one line, in purchase units; ``stock_*`` in stock units.

    received   everything that came, without what was reversed
    rejected   refused at receipt or inspection
    pending    waits for inspection
    returned   went back for replacement after it had been accepted; ``credited``: went back for credit
    """

    received: Decimal = ZERO
    rejected: Decimal = ZERO
    pending: Decimal = ZERO
    returned: Decimal = ZERO
    credited: Decimal = ZERO
    stock_received: Decimal = ZERO
    stock_kept: Decimal = ZERO

    @property
    def accepted(self) -> Decimal:
        """Received − rejected − returned for replacement; what waits for inspection is not accepted yet."""
        return self.received - self.rejected - self.pending - self.returned

    @property
    def taken(self) -> Decimal:
        """Accepted or still to be: what counts against the order and its upper limit."""
        return self.accepted + self.pending

    @property
    def kept(self) -> Decimal:
        """Accepted and not given back for credit either, in purchase units; ``stock_kept`` is it in stock units."""
        return self.accepted - self.credited


NOTHING = Position()


def of_lines(ctx: Ctx, line_ids: Iterable[int]) -> dict[int, Position]:
    """Positions of these lines, once a page. Lines nothing came for stand at zero."""
    return ctx.memo.each("purchasing.position", line_ids, lambda ids: _of(ctx, ids))


def _of(ctx: Ctx, ids: Sequence[int]) -> dict[int, Position]:
    result = dict.fromkeys(ids, NOTHING)
    for answer in ctx.hooks.line_positions(line_ids=ids):
        result.update(answer)
    return result


def receiving_exists(ctx: Ctx) -> bool:
    """Is there anybody who receives?"""
    return bool(ctx.hooks.line_conditions())


def complete(line: PurchaseLine, position: Position) -> bool:
    """Has (nearly) everything been accepted? Within the under-tolerance a line closes by itself."""
    return position.accepted >= line.close_qty


def still(qty: Decimal, close_qty: Decimal, position: Position) -> Decimal:
    """Still to come of a line that is not short-closed, from plain values."""
    return ZERO if position.accepted >= close_qty else max(ZERO, qty - position.taken)


def balance(line: PurchaseLine, position: Position) -> Decimal:
    """Still to come: ordered − accepted (what waits for inspection is there); 0 once short-closed or complete."""
    return ZERO if line.short_closed else still(line.qty, line.close_qty, position)


def over(line: PurchaseLine, position: Position) -> Decimal:
    """Accepted above the order, shown as such and never as a negative balance."""
    return max(ZERO, position.accepted - line.qty)


def receivable(line: PurchaseLine, position: Position) -> Decimal:
    """What may still be received without approval: up to the tolerance, also once the line is complete."""
    if line.short_closed:
        return ZERO
    return max(ZERO, line.max_qty - position.taken)


def progress(state: str, lines: Iterable[PurchaseLine], positions: dict[int, Position]) -> str:
    """draft, issued, partly, received, closed or cancelled. Nothing of this is stored."""
    if state != "issued":
        return state
    lines = list(lines)
    if lines and all(
        balance(line, positions.get(line.id, NOTHING)) == 0 and not positions.get(line.id, NOTHING).pending
        for line in lines
    ):
        return "received"
    return "partly" if any(positions.get(line.id, NOTHING).received for line in lines) else "issued"
