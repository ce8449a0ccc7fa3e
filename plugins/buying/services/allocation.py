"""What of purchase lines belongs to which demand: planned, ordered, still open, per material group; and what nobody claims.

What has come lies in the ledger (``stock.services.arrivals``). What is still to come of a line that serves several demands is
meant for the one that is due first until its claim is full, then for the next.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from core.api import Ctx, EntityName
from core.db import among
from core.values import ZERO
from plugins.catalog.api import Key
from plugins.purchasing.api import NOTHING, PurchaseLine, PurchaseOrder, dates, nearest, positions, step
from plugins.stock.api import SupplyClaim, claims, groups

SUPPLY = EntityName("purchasing.order")


@dataclass(frozen=True)
class Planned:
    """A line, the demands that claim of it in the order in which they are served, and its group."""

    line: PurchaseLine
    order: PurchaseOrder
    claimed: list[claims.Claim]
    key: Key


@dataclass(frozen=True)
class Share:
    """What one line is to one demand, in stock units.

    planned  on a draft; ordered  on an order that was issued (what is over or short-closed counts as far as it came)
    open     of that still to come: expected, or waiting for inspection
    """

    demand_id: int
    line_id: int
    key: Key
    planned: Decimal
    ordered: Decimal
    open: Decimal
    due: date | None
    number: str


def key_of(line: PurchaseLine, sizes: Mapping[int, str]) -> Key:
    """The material group of a line; ``sizes`` are codes by id."""
    return Key(line.material_id or 0, line.color_id, sizes.get(line.size_id or 0), line.destination_id)


def shares(
    ctx: Ctx, demand_ids: Iterable[int] | None = None, *, material_ids: Iterable[int] | None = None
) -> Sequence[Share]:
    """Shares of purchase lines in these demands, or of all demands in these materials.

    Cancelled purchase orders do not count. A fixed number of queries however many lines, once a page.
    """
    wanted, materials = (None if ids is None else frozenset(ids) for ids in (demand_ids, material_ids))
    return ctx.memo.once(("buying.shares", wanted, materials), lambda: _shares(ctx, wanted, materials))


def _shares(ctx: Ctx, wanted: frozenset[int] | None, materials: frozenset[int] | None) -> list[Share]:
    found = planned(ctx, wanted, material_ids=materials)
    came = positions.of_lines(ctx, [each.line.id for each in found])
    return [
        share
        for each in found
        for share in _of_line(each, came.get(each.line.id, NOTHING))
        if wanted is None or share.demand_id in wanted
    ]


def planned(
    ctx: Ctx, demand_ids: Iterable[int] | None = None, *, material_ids: Iterable[int] | None = None
) -> list[Planned]:
    """Lines that these demands claim of, or any in these materials; not those of cancelled purchase orders."""
    mine = _line_ids(ctx, demand_ids, material_ids)
    if not mine:
        return []
    line, po = PurchaseLine, PurchaseOrder
    found = ctx.session.execute(
        select(line, po)
        .join(po, (po.id == line.order_id) & (po.tenant_id == line.tenant_id))
        .where(among(line.id, mine))
    ).all()
    claimed = claims.of_lines(ctx, SUPPLY, mine, over=True)
    sizes = groups.size_codes(ctx, {each.size_id for each, _o in found if each.size_id})
    return [
        Planned(
            each, order, [c for c in claimed.get(each.id, ()) if c.state != "cancelled"], key_of(each, sizes)
        )
        for each, order in found
    ]


def _line_ids(ctx: Ctx, demand_ids: Iterable[int] | None, material_ids: Iterable[int] | None) -> list[int]:
    line, po = PurchaseLine, PurchaseOrder
    claimed = select(SupplyClaim.supply_line).where(SupplyClaim.supply == SUPPLY)
    statement = (
        select(line.id)
        .join(po, (po.id == line.order_id) & (po.tenant_id == line.tenant_id))
        .where(po.state != "cancelled")
    )
    if demand_ids is not None:
        claimed = claims.lines_of(SUPPLY, demand_ids)
    if material_ids is not None:
        statement = statement.where(among(line.material_id, material_ids))
    return list(ctx.session.scalars(statement.where(line.id.in_(claimed))))


def _of_line(planned: Planned, came: positions.Position) -> list[Share]:
    line, order = planned.line, planned.order
    still = positions.balance(line, came) + came.pending if order.state == "issued" else ZERO
    left = claims.divide(still, planned.claimed).shares
    due, grain = dates.eta(line, order), step(line.stock_uom)
    draft = order.state == "draft"
    result = []
    for claim in planned.claimed:
        nominal, had = nearest(claim.qty * line.factor, grain), nearest(claim.came * line.factor, grain)
        over = claim.state in claims.OVER
        ordered = ZERO if draft else nominal
        if over or line.short_closed or order.state == "closed":
            ordered = min(ordered, had)
        result.append(
            Share(claim.demand_id, line.id, planned.key, nominal if draft and not over else ZERO, ordered,
                  nearest(left.get(claim.demand_id, ZERO) * line.factor, grain), due, order.number)
        )  # fmt: skip
    return result


def ordered(ctx: Ctx, demand_ids: Iterable[int]) -> dict[tuple[int, Key], Decimal]:
    """Stock units ordered or planned for demands, by group."""
    total: dict[tuple[int, Key], Decimal] = defaultdict(lambda: ZERO)
    for share in shares(ctx, demand_ids):
        total[share.demand_id, share.key] += share.ordered + share.planned
    return total
