"""Events of buying in the life of factory orders, and whom a moved ship date concerns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import func, select

from core.api import Ctx, EntityName, EntityRef, Event, T
from core.db import among
from core.values import ZERO
from plugins.buying.api import SUPPLY, key_of
from plugins.catalog.api import Key, Material
from plugins.purchasing.api import PurchaseLine, PurchaseOrder
from plugins.stock.api import Demand, SupplyCame, SupplyClaim, arrivals, claims, demands, groups

ENTITY = EntityName("outsourcing.order")
ISSUED = {"main": "factory_buying.main_issued", "trim": "factory_buying.trim_issued"}
EVENTS = (
    Event(ISSUED["main"], T("Main material ordered"), ENTITY),
    Event(ISSUED["trim"], T("Trims ordered"), ENTITY),
)
SHIPPING = ("add_work", "remove_line", "revise", "decide_line")
"""Actions on factory orders that may move their ship date."""


class Bought(NamedTuple):
    """A line bought for a factory order, in stock units; ``issued`` None: on a draft."""

    order_id: int
    demand_id: int
    material_class: str
    key: Key
    qty: Decimal
    came: Decimal
    issued: date | None


def material_milestones(ctx: Ctx, order_ids: Sequence[int]) -> dict[int, dict[str, date]]:
    """The day each class of material was wholly ordered for these factory orders: the first on which purchase orders issued
    by then, and what is kept from stock, covered the need; a later order for more changes nothing. Where they never do (no
    need, or less was bought), the last issue day, as long as no draft has a line for it. Cancelled ones do not count. A
    fixed number of queries.
    """
    bought: dict[tuple[int, str], list[Bought]] = defaultdict(list)
    for each in _bought(ctx, order_ids):
        bought[each.order_id, each.material_class].append(each)
    several = {at: lines for at, lines in bought.items() if len({each.issued for each in lines}) > 1}
    early = _first(ctx, several) if several else {}
    found: dict[int, dict[str, date]] = defaultdict(dict)
    for at, lines in bought.items():
        order_id, material_class = at
        known = [each.issued for each in lines if each.issued is not None]
        day = early.get(at) or (max(known) if len(known) == len(lines) else None)
        if day is not None:
            found[order_id][ISSUED[material_class]] = day
    return dict(found)


def _bought(ctx: Ctx, order_ids: Sequence[int]) -> list[Bought]:
    po, claim, line = PurchaseOrder, SupplyClaim, PurchaseLine
    came = (
        select(func.sum(SupplyCame.qty, type_=SupplyCame.qty.type))
        .where(
            SupplyCame.demand_id == claim.demand_id,
            SupplyCame.supply == claim.supply,
            SupplyCame.supply_line == claim.supply_line,
            SupplyCame.tenant_id == claim.tenant_id,
        )
        .correlate(claim)
        .scalar_subquery()
    )
    rows = ctx.session.execute(
        select(Demand.owner_id, Demand.id, po.material_class, po.state, po.issue_date, line, claim.qty, came)
        .join(claim, (claim.demand_id == Demand.id) & (claim.tenant_id == Demand.tenant_id))
        .join(line, (line.id == claim.supply_line) & (line.tenant_id == claim.tenant_id))
        .join(po, (po.id == claim.supply_id) & (po.tenant_id == claim.tenant_id))
        .where(
            Demand.entity == str(ENTITY),
            among(Demand.owner_id, list(order_ids)),
            claim.supply == SUPPLY,
            po.state != "cancelled",
        )
    ).all()
    sizes = groups.size_codes(ctx, {row[5].size_id for row in rows if row[5].size_id})
    return [
        Bought(order_id, demand_id, material_class, key_of(line, sizes), qty * line.factor, (got or ZERO) * line.factor,
               None if state == "draft" else issued)
        for order_id, demand_id, material_class, state, issued, line, qty, got in rows
    ]  # fmt: skip


def _first(ctx: Ctx, bought: Mapping[tuple[int, str], Sequence[Bought]]) -> dict[tuple[int, str], date]:
    """The first day by which what was issued covered the need of a class, what was kept from stock aside."""
    demand = {at: lines[0].demand_id for at, lines in bought.items()}
    needs = demands.needs(ctx, demand.values())
    there = arrivals.covered(ctx, demand.values())
    ids = {need.key.material for found in needs.values() for need in found}
    classes = dict(
        ctx.session.execute(select(Material.id, Material.material_class).where(among(Material.id, ids))).all()
    )
    found = {}
    for at, lines in bought.items():
        came: dict[Key, Decimal] = defaultdict(lambda: ZERO)
        for each in lines:
            came[each.key] += each.came
        left = {
            need.key: need.required - max(ZERO, there.get((demand[at], need.key), ZERO) - came[need.key])
            for need in needs[demand[at]]
            if classes[need.key.material] == at[1]
        }
        for each in sorted(
            (each for each in lines if each.issued is not None), key=lambda each: each.issued or date.max
        ):
            if not left:
                break
            if each.key in left:
                left[each.key] -= each.qty
            if all(qty <= ZERO for qty in left.values()) and each.issued is not None:
                found[at] = each.issued
                break
    return found


def shipping(ctx: Ctx, order_id: int, action: str) -> None:
    """A factory order's ship date decides who is served first: those that share its purchase lines are told of."""
    if action in SHIPPING:
        demands.tell(ctx, sharing(ctx, order_id))


def sharing(ctx: Ctx, order_id: int) -> list[EntityRef]:
    """Other documents that share purchase lines with a factory order. One query."""
    mine = (
        select(SupplyClaim.supply_line)
        .join(Demand, (Demand.id == SupplyClaim.demand_id) & (Demand.tenant_id == SupplyClaim.tenant_id))
        .where(SupplyClaim.supply == SUPPLY, Demand.entity == str(ENTITY), Demand.owner_id == order_id)
    )
    return [ref for ref in claims.owners(ctx, SUPPLY, lines=mine).values() if ref != ENTITY.ref(order_id)]
