"""Claims: the shares that demands hold of lines of a supply that is to come. Whoever buys or makes writes them.

A line is named by its supply (the kind of document, ``purchasing.order``) and its id; shares are in the unit it counts in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, delete, select
from sqlalchemy.orm import aliased

from core.api import Ctx, EntityRef
from core.db import among, flush_rows
from plugins.stock.models import Demand, SupplyClaim

ZERO = Decimal(0)
MICRO = Decimal("0.000001")
FAR = date(2999, 1, 1)
Lines = Iterable[int] | Select[Any]
"""Lines by id, or a SELECT of their ids."""


class Split(NamedTuple):
    """A quantity of one line divided: demand → its part, in the unit of the line; the rest is free."""

    shares: dict[int, Decimal]
    free: Decimal


def divide(qty: Decimal, claimed: Sequence[tuple[int, Decimal]], line_qty: Decimal) -> Split:
    """Divide what came of a line over its claims, given in the order in which they are served, each at most what it claims.

    What is over belongs to the last of them where the line is wholly claimed, else it is free.
    """
    shares: dict[int, Decimal] = {}
    left = qty
    for demand_id, wanted in claimed:
        shares[demand_id] = min(left, wanted)
        left -= shares[demand_id]
    if left > 0 and claimed and sum((q for _d, q in claimed), ZERO) >= line_qty:
        shares[claimed[-1][0]] += left
        left = ZERO
    return Split(shares, left)


class Plan(NamedTuple):
    """A line of ``qty``, and who claims of it, in the order in which they are served."""

    qty: Decimal
    claimed: Sequence[tuple[int, Decimal]]

    def arrived(self, kept: Decimal, stock_kept: Decimal) -> dict[int, Decimal]:
        """Stock units that each of them has once ``kept`` of the line, ``stock_kept`` stock units, are there."""
        each = stock_kept / kept if kept else ZERO
        parts = divide(kept, self.claimed, self.qty).shares
        return {demand: (qty * each).quantize(MICRO, rounding=ROUND_HALF_UP) for demand, qty in parts.items()}


def of_lines(
    ctx: Ctx, supply: str, lines: Lines, *, cancelled: bool = False
) -> dict[int, list[tuple[int, Decimal]]]:
    """(demand id, quantity) by line, in the order in which they are served: the more urgent, then the one due first.

    What cancelled demands claimed serves the others: it is left out but with ``cancelled``, for who shows or keeps what was
    written. Lines that nobody claims of are left out. One query."""
    found: dict[int, list[tuple[int, date, int, Decimal]]] = defaultdict(list)
    claim = SupplyClaim
    query = (
        select(claim.supply_line, claim.demand_id, claim.qty, Demand.due, Demand.priority)
        .join(Demand, (Demand.id == claim.demand_id) & (Demand.tenant_id == claim.tenant_id))
        .where(_of(supply, lines))
    )
    if not cancelled:
        query = query.where(Demand.state != "cancelled")
    for line_id, demand_id, qty, due, priority in ctx.session.execute(query):
        found[line_id].append((-priority, due or FAR, demand_id, qty))
    return {line: [(demand, qty) for _p, _due, demand, qty in sorted(each)] for line, each in found.items()}


def _of(supply: str, lines: Lines) -> ColumnElement[bool]:
    line = SupplyClaim.supply_line
    which = line.in_(lines) if isinstance(lines, Select) else among(line, lines)
    return (SupplyClaim.supply == supply) & which


def lines_of(supply: str, demand_ids: Iterable[int]) -> Select[int]:
    """SELECT of the lines of this kind of supply that these demands claim of."""
    return (
        select(SupplyClaim.supply_line)
        .where(SupplyClaim.supply == supply, among(SupplyClaim.demand_id, demand_ids))
        .distinct()
    )


def owners(
    ctx: Ctx, supply: str, *, of: Iterable[int] | None = None, lines: Lines | None = None
) -> dict[int, EntityRef]:
    """Demands that claim of these documents (``of``) or these lines, with whose they are. One query."""
    claim = SupplyClaim
    statement = (
        select(Demand.id, Demand.entity, Demand.owner_id)
        .join(claim, (claim.demand_id == Demand.id) & (claim.tenant_id == Demand.tenant_id))
        .where(claim.supply == supply)
        .distinct()
    )
    if of is not None:
        statement = statement.where(among(claim.supply_id, of))
    if lines is not None:
        statement = statement.where(_of(supply, lines))
    return {id: EntityRef(entity, owner_id) for id, entity, owner_id in ctx.session.execute(statement)}


def sharing(ctx: Ctx, demand_ids: Iterable[int]) -> list[EntityRef]:
    """Whose demands claim of the same lines as these, these left out. One query."""
    wanted = list(demand_ids)
    mine, claim = aliased(SupplyClaim), SupplyClaim
    rows = ctx.session.execute(
        select(Demand.entity, Demand.owner_id)
        .join(claim, (claim.demand_id == Demand.id) & (claim.tenant_id == Demand.tenant_id))
        .join(mine, (mine.tenant_id == claim.tenant_id) & (mine.supply == claim.supply)
              & (mine.supply_line == claim.supply_line))
        .where(among(mine.demand_id, wanted), ~among(Demand.id, wanted))
        .distinct()
    )  # fmt: skip
    return [EntityRef(entity, owner_id) for entity, owner_id in rows]


def put(ctx: Ctx, supply: str, supply_id: int, wanted: Mapping[int, Mapping[int, Decimal]]) -> None:
    """Make these the claims of these lines of a document: line → demand → quantity."""
    held = {
        (row.supply_line, row.demand_id): row
        for row in ctx.session.scalars(select(SupplyClaim).where(_of(supply, list(wanted))))
    }
    fresh = []
    for line_id, shares in wanted.items():
        for demand_id, qty in shares.items():
            row = held.pop((line_id, demand_id), None)
            if row is None:
                fresh.append({"demand_id": demand_id, "supply": supply, "supply_id": supply_id,
                              "supply_line": line_id, "qty": qty})  # fmt: skip
            elif row.qty != qty:
                row.qty = qty
    for row in held.values():
        ctx.session.delete(row)
    ctx.session.insert_many(SupplyClaim, fresh)
    flush_rows(ctx.session)


def drop(ctx: Ctx, supply: str, supply_id: int, lines: Sequence[int]) -> None:
    """Nobody claims of other lines of a document than these any more: the others are gone."""
    ctx.session.execute(
        delete(SupplyClaim).where(
            SupplyClaim.supply == supply, SupplyClaim.supply_id == supply_id, ~among(SupplyClaim.supply_line, lines)
        )
    )  # fmt: skip
