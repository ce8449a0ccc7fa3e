"""What purchase lines are bought for: claims of demands, told to purchasing by document and number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from sqlalchemy import and_, false, func, or_, select

from core.api import Ctx, EntityRef, EntityType, T, Text, hookimpl
from plugins.buying.services.allocation import SUPPLY
from plugins.purchasing.api import PurchaseOrder, Purpose
from plugins.stock.api import Demand, claims, demands


@hookimpl(specname="purposes_called")
def called(ctx: Ctx, numbers: Sequence[str]) -> dict[str, EntityRef]:
    """Documents that want something, by number in capitals, of those that this person may see. Two queries."""
    seen = [
        and_(Demand.entity == name, Demand.owner_id.in_(ctx.scope.narrow(kind, select(kind.model.id))))
        for name, kind in _kinds(ctx)
    ]
    rows = ctx.session.execute(
        select(Demand.number, Demand.entity, Demand.owner_id).where(
            func.upper(Demand.number).in_(numbers), or_(false(), *seen)
        )
    )
    return {number.upper(): EntityRef(entity, owner_id) for number, entity, owner_id in rows}


def _kinds(ctx: Ctx) -> list[tuple[str, EntityType]]:
    """The kinds of documents that want something here, of plugins that are on. Once a page."""
    names = ctx.memo.once(
        "buying.kinds", lambda: tuple(ctx.session.scalars(select(Demand.entity).distinct()))
    )
    known = ctx.registry.entities
    return [(name, known[name]) for name in names if name in known and ctx.is_on(known[name].plugin)]


def demand_ids(ctx: Ctx, refs: Iterable[EntityRef]) -> list[int]:
    """Ids of the demands of these documents, unknown ones left out. One query for each kind of document."""
    return list(demands.of_documents(ctx, refs).values())


def problems(ctx: Ctx, refs: Sequence[EntityRef]) -> dict[EntityRef, Text]:
    """Documents that are unknown, or want nothing any more."""
    ids = demands.of_documents(ctx, refs)
    owners = demands.owners(ctx, ids.values())
    found: dict[EntityRef, Text] = {}
    for ref in refs:
        owner = owners.get(ids.get(ref, 0))
        if owner is None:
            found[ref] = T("There is no such factory order.")
        elif owner.state in demands.OVER:
            found[ref] = T("{number} needs nothing any more.", number=owner.number)
    return found


@hookimpl(specname="line_purposes")
def of_lines(ctx: Ctx, line_ids: Sequence[int]) -> dict[int, list[Purpose]]:
    """What lines are bought for, by number. A fixed number of queries."""
    claimed = claims.of_lines(ctx, SUPPLY, line_ids, over=True)
    owners = demands.owners(ctx, {claim.demand_id for each in claimed.values() for claim in each})
    return {
        line: sorted(
            (
                Purpose(
                    owners[c.demand_id].ref,
                    owners[c.demand_id].number,
                    c.qty,
                    c.state == "cancelled",
                    c.lacks,
                )
                for c in each
            ),
            key=lambda purpose: purpose.number,
        )
        for line, each in claimed.items()
    }


def keep_purposes(
    ctx: Ctx, order: PurchaseOrder, line_ids: Sequence[int], wanted: Mapping[int, Mapping[EntityRef, Decimal]]
) -> None:
    """Claims follow the lines of an order; whoever plans by the documents concerned is told."""
    before = claims.owners(ctx, SUPPLY, of=[order.id])
    ids = demands.of_documents(ctx, (ref for shares in wanted.values() for ref in shares))
    claims.put(
        ctx,
        SUPPLY,
        order.id,
        {line: {ids[ref]: qty for ref, qty in shares.items()} for line, shares in wanted.items()},
    )
    claims.drop(ctx, SUPPLY, order.id, line_ids)
    demands.tell(ctx, [*before.values(), *claims.owners(ctx, SUPPLY, of=[order.id]).values()])
