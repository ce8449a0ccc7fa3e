"""What lies in our stores, what documents still want of material, and what should always be there, for whoever plans."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from core import ledger
from core.api import Ctx, EntityName, EntityRef, hookimpl
from core.db import among
from core.values import ZERO
from plugins.catalog.api import (
    Garment,
    Key,
    Material,
    PlanDemand,
    PlanItem,
    PlanSupply,
    plan_priority,
    size_codes,
)
from plugins.stock.models import Demand, Store
from plugins.stock.services import arrivals, demands, stand_ins

STORE, MATERIAL = EntityName("stock.store"), EntityName("catalog.material")


@hookimpl
def plan_supply(
    ctx: Ctx, styles: Collection[int] | None, materials: Collection[int] | None
) -> list[PlanSupply]:
    """Usable goods of ours by store: free ones, and those kept for a document, which are meant for it. What waits for
    inspection, what was rejected and what belongs to customers is none. Four statements."""
    total: dict[tuple[ledger.Place, PlanItem], Decimal] = {}
    for kind, ids in (("garment", styles), ("material", materials)):
        if ids is not None and not ids:
            continue
        there = ledger.balances(ctx, item_kind=kind, item_ids=ids, place_kinds=("store", "reserved"))
        codes = size_codes(ctx, {i.size_id for i, _p in there if i.size_id}) if kind == "material" else {}
        for (item, place), qty in there.items():
            if item.owner_id:
                continue
            what: PlanItem = (
                Garment(item.id, item.color_id, item.size_id)
                if kind == "garment"
                else Key(item.id, item.color_id or None, codes.get(item.size_id), item.dest_id or None)
            )
            before = total.get((place, what))  # sizes of several runs are one group where their code is one
            total[place, what] = qty if before is None else before + qty
    codes_of = dict(ctx.session.execute(select(Store.id, Store.code)).all()) if total else {}
    stores = {
        place: (
            EntityRef(STORE, place.id),
            codes_of.get(place.id, ""),
            place.document if place.kind == "reserved" else None,
        )
        for place in {place for place, _what in total}
    }
    return [
        PlanSupply(store, code, None, what, qty, None, True, True, kept_for)
        for (place, what), qty in total.items()
        if qty > 0
        for store, code, kept_for in (stores[place],)
    ]


@hookimpl
def plan_demand(ctx: Ctx, until: date | None, materials: Collection[int] | None) -> list[PlanDemand]:
    """Need of documents that make something (drafts too), less what went out to where it is made; and safety stock. A fixed
    number of statements.

    Where a person decided on a substitute, what is there or on order of it for the document is wanted of it, and so much less
    of the material that it stands in for. What is kept in a store for a document is a supply that is meant for it. Safety stock
    is wanted once for each material, of the material as it is without colour and size: whoever plans says what that means for
    one that is kept by colour.
    """
    if materials is not None and not materials:
        return []
    wanted = None if materials is None else set(materials)
    query = select(
        Demand.id, Demand.entity, Demand.owner_id, Demand.number, Demand.due, Demand.priority
    ).where(Demand.state.in_(("draft", "open")))
    if until is not None:
        query = query.where((Demand.due <= until) | Demand.due.is_(None))
    rows = ctx.session.execute(query).all()
    ids = [row.id for row in rows]
    needs = _with_stand_ins(ctx, demands.required(ctx, ids)) if ids else {}
    gone = arrivals.sent(ctx, ids) if ids else {}
    found = []
    for row in rows:
        for key, required in needs.get(row.id, {}).items():
            left = required - gone.get((row.id, key), ZERO)
            if left > 0 and (wanted is None or key.material in wanted):
                found.append(
                    PlanDemand(EntityRef(row.entity, row.owner_id), row.number, None, key, left, row.due,
                               plan_priority(row.due, None, row.owner_id, row.priority), "need")
                )  # fmt: skip
    return found + _safety(ctx, materials)


def _with_stand_ins(ctx: Ctx, required: Mapping[tuple[int, Key], Decimal]) -> dict[int, dict[Key, Decimal]]:
    """What is wanted by demand and group, with decided substitutes. Without them it costs one question."""
    wanted: dict[int, dict[Key, Decimal]] = defaultdict(dict)
    for (demand, key), qty in required.items():
        wanted[demand][key] = qty
    decided = stand_ins.of_demands(ctx, wanted)
    had: dict[int, dict[Key, Decimal]] = defaultdict(dict)
    sources = (
        [arrivals.arrived(ctx, decided), *ctx.hooks.ordered_supply(demand_ids=list(decided))]
        if decided
        else []
    )
    for answer in sources:
        for (demand, key), qty in (answer or {}).items():
            had[demand][key] = max(qty, had[demand].get(key, ZERO))
    return wanted | {
        demand: stand_ins.shifted(wanted[demand], had[demand], found) for demand, found in decided.items()
    }


def _safety(ctx: Ctx, materials: Collection[int] | None) -> list[PlanDemand]:
    query = select(Material.id, Material.code, Material.safety_stock).where(
        Material.safety_stock > ZERO, Material.active
    )
    if materials is not None:
        query = query.where(among(Material.id, materials))
    return [
        PlanDemand(
            EntityRef(MATERIAL, id),
            code,
            None,
            Key(id),
            qty,
            None,
            plan_priority(None, None, id, -1),
            "safety",
        )
        for id, code, qty in ctx.session.execute(query.order_by(Material.id))
    ]
