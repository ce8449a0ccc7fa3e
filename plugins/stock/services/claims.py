"""Claims: the shares that demands hold of lines of a supply that is to come. Whoever buys or makes writes them.

A line is named by its supply (the kind of document, ``purchasing.order``) and its id; shares are in the unit it counts in.
What came of them is noted by the document that brought it, in the same unit, so that shares add up to the last digit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy.orm import aliased

from core.api import Ctx, EntityRef
from core.db import among, flush_rows
from core.values import ZERO
from plugins.stock.models import Demand, SupplyCame, SupplyClaim

OVER = ("closed", "cancelled")
"""States of demands that want, claim and keep nothing more."""
FAR = date(2999, 1, 1)
Lines = Iterable[int] | Select[Any]
"""Lines by id, or a SELECT of their ids."""


class Claim(NamedTuple):
    """A demand's share of a line: how much it claims, how much of that has come, and how the demand stands."""

    demand_id: int
    qty: Decimal
    came: Decimal
    state: str

    @property
    def lacks(self) -> Decimal:
        """What is still to come of it; what is over lacks nothing."""
        return ZERO if self.state in OVER else max(ZERO, self.qty - self.came)


class Split(NamedTuple):
    """A quantity of one line divided: demand → its part, in the unit of the line; the rest is free."""

    shares: dict[int, Decimal]
    free: Decimal


def divide(qty: Decimal, claimed: Sequence[Claim]) -> Split:
    """Divide what comes of a line over its claims, in the order in which they are served, each at most what it lacks."""
    shares: dict[int, Decimal] = {}
    left = qty
    for claim in claimed:
        part = min(left, claim.lacks)
        if part > 0:
            shares[claim.demand_id] = part
            left -= part
    return Split(shares, left)


def of_lines(ctx: Ctx, supply: str, lines: Lines, *, over: bool = False) -> dict[int, list[Claim]]:
    """Claims by line, in the order in which they are served: the more urgent, then the one due first.

    Those of closed and cancelled demands count for nothing: they are left out but with ``over``, for who shows or keeps what
    was written. Lines that nobody claims of are left out. Two queries."""
    found: dict[int, list[tuple[int, date, int, Decimal, str]]] = defaultdict(list)
    claim = SupplyClaim
    query = (
        select(claim.supply_line, claim.demand_id, claim.qty, Demand.due, Demand.priority, Demand.state)
        .join(Demand, (Demand.id == claim.demand_id) & (Demand.tenant_id == claim.tenant_id))
        .where(_of(claim, supply, lines))
    )
    if not over:
        query = query.where(Demand.state.not_in(OVER))
    for line_id, demand_id, qty, due, priority, state in ctx.session.execute(query):
        found[line_id].append((-priority, due or FAR, demand_id, qty, state))
    had = came(ctx, supply, list(found)) if found else {}
    return {
        line: [
            Claim(demand, qty, had.get((line, demand), ZERO), state)
            for _p, _due, demand, qty, state in sorted(each)
        ]
        for line, each in found.items()
    }


def came(ctx: Ctx, supply: str, lines: Lines) -> dict[tuple[int, int], Decimal]:
    """What has come for demands of these lines: (line, demand) → quantity. One query."""
    row = SupplyCame
    rows = ctx.session.execute(
        select(row.supply_line, row.demand_id, func.sum(row.qty))
        .where(_of(row, supply, lines))
        .group_by(row.supply_line, row.demand_id)
    )
    return {(line, demand): qty for line, demand, qty in rows if qty}


def note_came(
    ctx: Ctx, supply: str, document: EntityRef, parts: Iterable[tuple[int, int, int, Decimal]]
) -> None:
    """A document brought this of claims, or took it back (below zero): (line of the supply, demand, line of the document,
    quantity)."""
    ctx.session.insert_many(
        SupplyCame,
        [
            {"supply": supply, "supply_line": line, "demand_id": demand, "entity": document.entity,
             "entity_id": document.id, "line_id": own, "qty": qty}
            for line, demand, own, qty in parts if qty
        ],
    )  # fmt: skip


def never_came(ctx: Ctx, document: EntityRef) -> None:
    """What a document brought of claims, or took of them, is undone: it was reversed."""
    row = SupplyCame
    rows = ctx.session.execute(
        select(row.supply, row.supply_line, row.demand_id, row.line_id, func.sum(row.qty))
        .where(row.entity == document.entity, row.entity_id == document.id)
        .group_by(row.supply, row.supply_line, row.demand_id, row.line_id)
    ).all()
    for supply in {row[0] for row in rows}:
        note_came(
            ctx,
            supply,
            document,
            [(line, demand, own, -qty) for s, line, demand, own, qty in rows if s == supply],
        )


def _of(row: type[SupplyClaim] | type[SupplyCame], supply: str, lines: Lines) -> ColumnElement[bool]:
    which = row.supply_line.in_(lines) if isinstance(lines, Select) else among(row.supply_line, lines)
    return (row.supply == supply) & which


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
    """Demands that claim of these documents (``of``), or that claim or had anything of these lines, with whose they are. One
    query."""
    concerned: Any = select(SupplyClaim.demand_id).where(SupplyClaim.supply == supply)
    if of is not None:
        concerned = concerned.where(among(SupplyClaim.supply_id, of))
    if lines is not None:
        had = select(SupplyCame.demand_id).where(_of(SupplyCame, supply, lines))
        concerned = concerned.where(_of(SupplyClaim, supply, lines)).union(had)
    rows = ctx.session.execute(
        select(Demand.id, Demand.entity, Demand.owner_id).where(Demand.id.in_(concerned))
    )
    return {id: EntityRef(entity, owner_id) for id, entity, owner_id in rows}


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
        for row in ctx.session.scalars(select(SupplyClaim).where(_of(SupplyClaim, supply, list(wanted))))
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


def add_claim(ctx: Ctx, supply: str, supply_id: int, line: int, demand_id: int, qty: Decimal) -> None:
    """A demand claims more of a line that others claim of, too."""
    row = ctx.session.scalars(
        select(SupplyClaim).where(_of(SupplyClaim, supply, [line]), SupplyClaim.demand_id == demand_id)
    ).one_or_none()
    if row is None:
        row = SupplyClaim(demand_id=demand_id, supply=supply, supply_id=supply_id, supply_line=line, qty=ZERO)
        ctx.session.add(row)
    row.qty += qty
    flush_rows(ctx.session)


def drop(ctx: Ctx, supply: str, supply_id: int, lines: Sequence[int]) -> None:
    """Nobody claims of other lines of a document than these any more: the others are gone."""
    ctx.session.execute(
        delete(SupplyClaim).where(
            SupplyClaim.supply == supply,
            SupplyClaim.supply_id == supply_id,
            ~among(SupplyClaim.supply_line, lines),
        )
    )
