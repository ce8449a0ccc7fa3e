"""Substitutes for one document: what is recommended where its material is short, and what a person decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from core import ledger
from core.api import Ctx, EntityName, EntityRef, Refused, T, hookimpl
from core.db import among, flush_rows
from core.values import ZERO
from plugins.catalog.api import Key
from plugins.engineering.models import ConfirmedSubstitute
from plugins.engineering.services.allowed_substitutes import AllowedSubstitute, substitutes
from plugins.stock.api import Demand, StandIn, arrivals, demands, groups, stand_ins

BEFORE = "before_main"


@dataclass(frozen=True)
class Recommended:
    """A substitute that might be taken for a group. ``lacks``: of the group, what has not come; ``free`` of the substitute lies
    in our stores for nobody, and would cover ``covers`` of the group."""

    key: Key
    name: groups.GroupName
    by: Key
    by_name: groups.GroupName
    lacks: Decimal
    free: Decimal
    covers: Decimal
    allowed: AllowedSubstitute


def recommend(
    ctx: Ctx, demand_id: int, uses: Mapping[int, tuple[Collection[int], Collection[int]]]
) -> list[Recommended]:
    """What may stand in for groups of a demand that lack something, as far as it is there. ``uses`` tells for each material
    whose customers and which styles it is for. What was decided already is left out. A fixed number of statements."""
    wanted = demands.required(ctx, [demand_id])
    there = arrivals.covered(ctx, [demand_id])
    lacks = {key: qty - there.get((demand_id, key), ZERO) for (_d, key), qty in wanted.items()}
    lacks = {key: qty for key, qty in lacks.items() if qty > 0}
    allowed = substitutes(ctx, {key.material for key in lacks}, ctx.today()) if lacks else {}
    decided = {(s.wanted, s.by) for s in stand_ins.of_demands(ctx, [demand_id]).get(demand_id, ())}
    pairs = [
        (key, by, each)
        for key in lacks
        for each in allowed.get(key.material, ())
        if each.allows(*uses.get(key.material, ((), ())))
        and (by := each.key_for(key))
        and (key, by) not in decided
    ]
    if not pairs:
        return []
    free = _free(ctx, {by for _key, by, _each in pairs})
    names = groups.group_names(ctx, {k for key, by, _each in pairs for k in (key, by)})
    return [
        Recommended(
            key, names[key], by, names[by], lacks[key], free[by],
            min(lacks[key], stand_ins.covered_by(free[by], each.ratio)), each,
        )
        for key, by, each in pairs
        if key in names and by in names
    ]  # fmt: skip


def _free(ctx: Ctx, keys: Collection[Key]) -> dict[Key, Decimal]:
    """What of ours lies in stores for nobody."""
    here = ledger.balances(
        ctx, item_kind="material", item_ids={key.material for key in keys}, place_kinds=("store",)
    )
    codes = groups.size_codes(ctx, {item.size_id for item, _place in here})
    found: dict[Key, Decimal] = defaultdict(lambda: ZERO)
    for (item, _place), qty in here.items():
        if not item.owner_id:
            found[groups.key_of(item, codes)] += qty
    return found


def confirm(ctx: Ctx, document: EntityRef, chosen: Sequence[Recommended], reason: str) -> None:
    """A person decides that a document may take these. Whoever waits for its material is told."""
    now = ctx.now()
    ctx.session.insert_many(
        ConfirmedSubstitute,
        [
            {
                "entity": document.entity, "owner_id": document.id,
                "material_id": each.key.material, "color_id": each.key.color, "size": each.key.size or "",
                "destination_id": each.key.destination,
                "by_id": each.by.material, "by_color_id": each.by.color, "by_size": each.by.size or "",
                "by_destination_id": each.by.destination,
                "ratio": each.allowed.ratio, "first": each.allowed.strategy == BEFORE, "reason": reason.strip(),
                "at": now, "user_name": ctx.actor, "dropped_by": "", "dropped_reason": "",
            }
            for each in chosen
        ],
    )  # fmt: skip
    demands.tell(ctx, [document])


def of_document(ctx: Ctx, document: EntityRef) -> list[ConfirmedSubstitute]:
    """Everything that was decided for a document, the oldest first, what was taken back too. One statement."""
    row = ConfirmedSubstitute
    return list(
        ctx.session.scalars(
            select(row).where(row.entity == document.entity, row.owner_id == document.id).order_by(row.id)
        )
    )


def drop(ctx: Ctx, document: EntityRef, ids: Iterable[int], reason: str) -> int:
    """Take decisions of a document back; returns how many. What was taken of the substitute stays where it is."""
    wanted = set(ids)
    found = [row for row in of_document(ctx, document) if row.id in wanted and row.dropped_at is None]
    if len(found) != len(wanted) or not found:
        raise Refused(T("Nothing is chosen."))
    for row in found:
        row.dropped_at, row.dropped_by, row.dropped_reason = ctx.now(), ctx.actor, reason.strip()
    flush_rows(ctx.session)
    demands.tell(ctx, [document])
    return len(found)


def keys_of(row: ConfirmedSubstitute) -> tuple[Key, Key]:
    """The group that is wanted, and the one that may be taken for it."""
    return (
        Key(row.material_id, row.color_id, row.size or None, row.destination_id),
        Key(row.by_id, row.by_color_id, row.by_size or None, row.by_destination_id),
    )


def in_force(ctx: Ctx, documents: Iterable[EntityRef]) -> dict[EntityRef, list[ConfirmedSubstitute]]:
    """What was decided for documents and not taken back, what is used up first before the rest. One statement."""
    wanted, row = set(documents), ConfirmedSubstitute
    rows = ctx.session.scalars(
        select(row)
        .where(row.dropped_at.is_(None), row.entity.in_({ref.entity for ref in wanted}))
        .order_by(row.first.desc(), row.id)
    )
    found: dict[EntityRef, list[ConfirmedSubstitute]] = defaultdict(list)
    for each in rows:
        if (ref := EntityRef(EntityName(each.entity), each.owner_id)) in wanted:
            found[ref].append(each)
    return dict(found)


@hookimpl(specname="stand_ins")
def stand_ins_of(ctx: Ctx, demand_ids: Sequence[int]) -> list[StandIn]:
    """What was decided for demands, in the order in which it was decided; what is used up first before the rest."""
    row = ConfirmedSubstitute
    rows = ctx.session.execute(
        select(Demand.id, row)
        .join(Demand, (Demand.entity == row.entity) & (Demand.owner_id == row.owner_id) & (Demand.tenant_id == row.tenant_id))
        .where(among(Demand.id, demand_ids), row.dropped_at.is_(None))
        .order_by(row.first.desc(), row.id)
    )  # fmt: skip
    return [StandIn(demand, *keys_of(each), each.ratio, each.first) for demand, each in rows]
