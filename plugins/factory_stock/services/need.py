"""Material need of factory orders: kept as it was at issue, compared with what it would be today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.api import Change, Ctx, EntityName, Refused, T, hookimpl, note_changes
from core.db import among
from plugins.catalog.api import Key, Need, Style
from plugins.factory_stock.services import explosion, issued_consumption
from plugins.outsourcing.api import FactoryOrder
from plugins.stock.api import Demand, Keeper, StandIn, demands, groups, stand_ins

ENTITY = EntityName("outsourcing.order")
LIVE = ("issued", "in_production", "completed", "closed")
DROPPED = ("withdraw",)
STATES: dict[str, demands.State] = {
    "draft": "draft",
    "completed": "closed",
    "closed": "closed",
    "cancelled": "cancelled",
}
"""How the demand of a factory order stands; open in all its other states."""
MOVING = ("issue", "revise", "short_close", "decide_line")
"""Actions that give a factory order other pieces."""


def compute(ctx: Ctx, order_id: int) -> list[Need]:
    """What a factory order needs as its pieces and the consumption stand now, cartons included, ordered by group.

    Pieces that were released (short-closed) need nothing. Raises Refused where consumption cannot be read: a colour
    map with a gap, a unit that does not convert.
    """
    return explosion.of_pieces(ctx, explosion.cells(ctx, [order_id])[order_id])


def demand_of(ctx: Ctx, order_id: int) -> Demand:
    """The demand of a factory order, which there is since it was first saved."""
    row = demands.demand_of(ctx, ENTITY, order_id)
    if row is None:
        tell(ctx, [order_id])
        row = demands.demand_of(ctx, ENTITY, order_id)
        assert row is not None
    return row


def tell(ctx: Ctx, order_ids: Iterable[int] | None = None) -> None:
    """Bring the demands of these factory orders, or of all, in line with them."""
    order = FactoryOrder
    query = select(order.id, order.number, order.ship_date, order.state)
    if order_ids is not None:
        query = query.where(among(order.id, order_ids))
    demands.follow_owner(
        ctx, ENTITY,
        [demands.Head(id, number, due, STATES.get(state, "open")) for id, number, due, state in ctx.session.execute(query)],
    )  # fmt: skip


def keep_need(ctx: Ctx, order_id: int, *, fresh: bool = True) -> None:
    """Keep the need of the pieces as they are now, in place of what was kept. A need that cannot be computed is kept as the
    reason.

    ``fresh`` takes consumption as it stands today; else it is what the factory order was issued with, as far as that was kept.
    """
    demand = demand_of(ctx, order_id)
    cells = explosion.cells(ctx, [order_id])[order_id]
    problem, needs, versions = "", [], {}
    basis = None if fresh or demand.problem else issued_consumption.of_order(ctx, ENTITY, order_id)
    if basis is None:
        found = ctx.session.execute(
            select(Style.id, Style.bom_version).where(among(Style.id, {cell[1] for cell in cells}))
        )
        versions = dict(found.all())
    else:
        versions = issued_consumption.versions(demand.basis or {})
    try:
        basis = basis or explosion.basis(ctx, cells)
        needs = explosion.of_pieces(ctx, cells, basis)
    except Refused as refused:
        problem = str(refused)
    demands.keep_demand(
        ctx, demand, needs, basis=issued_consumption.as_json(basis, versions), problem=problem
    )


def drop(ctx: Ctx, order_id: int) -> None:
    """A factory order went back to draft: its need is computed afresh from now on."""
    demands.forget(ctx, demand_of(ctx, order_id))


def of_orders(ctx: Ctx, order_ids: Iterable[int]) -> dict[int, list[Need]]:
    """Need of several factory orders: as kept, else (drafts) as computed now. A fixed number of queries, once a page.

    A draft whose consumption has a gap needs nothing yet.
    """
    wanted = set(order_ids)
    ids = demands.ids_of(ctx, ENTITY, wanted)
    found = demands.needs(ctx, ids.values())
    return {order_id: found[ids[order_id]] if order_id in ids else [] for order_id in wanted}


def problems(ctx: Ctx, order_ids: Iterable[int]) -> dict[int, str]:
    """Why the need of these factory orders could not be computed when it was last kept; two queries."""
    ids = demands.ids_of(ctx, ENTITY, order_ids)
    found = demands.problems(ctx, ids.values())
    return {order_id: found[demand] for order_id, demand in ids.items() if demand in found}


def now(ctx: Ctx, order_ids: Sequence[int]) -> dict[int, list[Need]]:
    """Drafts, with what they follow from read once for all. One that cannot be computed needs nothing yet."""
    if not order_ids:
        return {}
    cells = explosion.cells(ctx, order_ids)
    try:
        known = explosion.basis(ctx, [cell for found in cells.values() for cell in found])
    except Refused:  # a unit of one style does not convert: that must not hide the others
        known = None
    result = {}
    for order_id, found in cells.items():
        try:
            result[order_id] = explosion.of_pieces(ctx, found, known)
        except Refused:
            result[order_id] = []
    return result


def difference(ctx: Ctx, order_id: int) -> list[tuple[Key, Decimal, Decimal]]:
    """(group, kept, now) where the need would be another today: consumption changed after issue. [] for a draft."""
    demand = demands.demand_of(ctx, ENTITY, order_id)
    if demand is None or demand.taken_at is None:
        return []
    before = {n.key: n.required for n in of_orders(ctx, [order_id])[order_id]}
    now = {n.key: n.required for n in compute(ctx, order_id)}
    zero = Decimal(0)
    return [
        (key, before.get(key, zero), now.get(key, zero))
        for key in {**before, **now}
        if before.get(key, zero) != now.get(key, zero)
    ]


def stale(ctx: Ctx, order_id: int) -> bool:
    """Has consumption of a style on this factory order changed since its need was kept? Two queries."""
    basis = ctx.session.scalar(
        select(Demand.basis).where(
            Demand.entity == ENTITY, Demand.owner_id == order_id, Demand.taken_at.is_not(None)
        )
    )
    if basis is None:
        return False
    versions = issued_consumption.versions(basis)
    now = ctx.session.execute(select(Style.id, Style.bom_version).where(among(Style.id, versions)))
    return any(versions[style] != version for style, version in now)


def update_action(ctx: Ctx, order: FactoryOrder, data: Any) -> Any:
    """Take the need as consumption stands today; the difference goes into the audit trail with the reason."""
    changed = difference(ctx, order.id)
    if not changed and not demand_of(ctx, order.id).problem:
        raise Refused(T("The need is what it was."))
    labels = groups.group_names(ctx, [key for key, _a, _b in changed])
    changes: list[Change] = [(str(labels[key]), before, after) for key, before, after in changed]
    note_changes(ctx, order, *changes)
    keep_need(ctx, order.id)
    return T("The need was updated: {n} groups differ.", n=len(changed))


def follow_factory_order(ctx: Ctx, order: Any, action: str) -> None:
    """After an action on a factory order: keep its need at issue and where its pieces became others, drop it on withdrawal.

    Opened again it has other pieces only where it was completed: what was short-closed is wanted again. Otherwise its need
    stays as it was, also when consumption has changed since: that is taken over by its own action.
    """
    if action in DROPPED:
        drop(ctx, order.id)
        return
    moved = action in MOVING or (action == "reopen" and order.state == "in_production")
    if moved and order.state in LIVE:
        keep_need(ctx, order.id, fresh=action == "issue")


def required(ctx: Ctx, order_ids: Sequence[int]) -> dict[tuple[int, Key], Decimal]:
    """Required stock units by (factory order, group)."""
    return {(o, n.key): n.required for o, needs in of_orders(ctx, order_ids).items() for n in needs}


def stand_ins_of(ctx: Ctx, order_id: int) -> Sequence[StandIn]:
    """What was decided to stand in for materials of a factory order."""
    ids = list(demands.ids_of(ctx, ENTITY, [order_id]).values())
    return [each for found in stand_ins.of_demands(ctx, ids).values() for each in found] if ids else []


# --- hooks ------------------------------------------------------------------------------------------------------------


@hookimpl
def plugins_enabled(ctx: Ctx, plugins: Sequence[str]) -> None:
    """Factory orders that are there already become demands."""
    if "factory_stock" in plugins:
        tell(ctx)


@hookimpl
def factory_orders_changed(ctx: Ctx, order_ids: Sequence[int]) -> None:
    """Factory orders are demands: who supplies them is told how they stand."""
    tell(ctx, order_ids)


@hookimpl
def demand_kinds(ctx: Ctx) -> Sequence[str]:
    """Factory orders want material."""
    return [ENTITY]


@hookimpl
def stock_keepers(ctx: Ctx) -> Sequence[Keeper]:
    """Material is kept for factory orders until they are completed."""
    return [Keeper(ENTITY, "material", ("draft", "issued", "in_production"), ("issued", "in_production"))]


@hookimpl
def planned_needs(ctx: Ctx, entity: str, owner_ids: Sequence[int]) -> Mapping[int, Sequence[Need]] | None:
    """What factory orders that are still drafts would"""
    return now(ctx, owner_ids) if entity == ENTITY else None
