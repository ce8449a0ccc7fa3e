"""Documents that stock is kept for: which kinds there are, what they still take, what is kept for one, what went out for it.

Every demand is one of them, with material. A plugin declares more, or in which states one may keep stock (hook
``stock_keepers``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import select

from core import ledger
from core.api import Ctx, EntityRef
from core.db import among
from core.values import ZERO
from plugins.stock.hookspecs import Delivered, Keeper
from plugins.stock.models import Store
from plugins.stock.models.documents import StockDocument, StockLine
from plugins.stock.services import arrivals, demands, groups, items, places, stand_ins
from plugins.stock.words.documents import RETURN

Needs = dict[ledger.Item, Decimal]


class Owner(NamedTuple):
    """A document that stock is kept for: of which kind it is, and its row."""

    keeper: Keeper
    row: Any

    @property
    def ref(self) -> EntityRef:
        """By reference."""
        return EntityRef(self.keeper.entity, self.row.id)

    @property
    def live(self) -> bool:
        """It may keep stock as it stands."""
        return self.row.state in self.keeper.live


def kinds(ctx: Ctx) -> dict[str, Keeper]:
    """Kinds of documents that stock may be kept for, by entity; once a page."""
    return ctx.memo.once("stock.keepers", lambda: _kinds(ctx))


def _kinds(ctx: Ctx) -> dict[str, Keeper]:
    found = {keeper.entity: keeper for keeper in ctx.hooks.each("stock_keepers")}
    for entity in ctx.hooks.each("demand_kinds"):
        if entity not in found:
            live = tuple(state.code for state in ctx.registry.get(entity).states if not state.closed)
            found[entity] = Keeper(entity, "material", live, live[1:])
    return found


def lookup(ctx: Ctx) -> str:
    """The kinds whose numbers are offered while typing: those this person may see."""
    return ",".join(entity for entity in kinds(ctx) if ctx.can(f"{entity}.view"))


def returning(ctx: Ctx) -> list[str]:
    """Kinds of documents whose goods may come back."""
    return [entity for entity, keeper in kinds(ctx).items() if keeper.returns]


def find_owner(ctx: Ctx, number: str, among: Iterable[str] | None = None) -> Owner | None:
    """The document with this number that this person may see, of the kinds ``among`` (of all)."""
    wanted = number.strip()
    for entity in among if among is not None else kinds(ctx):
        declared = ctx.registry.get(entity)
        key = getattr(declared.model, declared.key)
        rows = ctx.session.scalars(
            ctx.scope.narrow(declared, select(declared.model).where(key.in_({wanted, wanted.upper()})))
        )
        if (row := rows.first()) is not None:
            return Owner(kinds(ctx)[entity], row)
    return None


def of_document(ctx: Ctx, document: StockDocument) -> Owner | None:
    """Whom the stock of this document is kept for, or came back from; None where that is of a plugin that is off."""
    keeper = kinds(ctx).get(document.owner_entity)
    if keeper is None:
        return None
    model: Any = ctx.registry.get(keeper.entity).model
    row = ctx.session.scalars(select(model).where(model.id == document.owner_id)).one_or_none()
    return Owner(keeper, row) if row is not None else None


def lock(ctx: Ctx, owner: EntityRef | None) -> None:
    """Limits of one owner are checked one after the other."""
    if owner is not None and owner.entity in kinds(ctx):
        model: Any = ctx.registry.get(owner.entity).model
        ctx.session.execute(select(model.id).where(model.id == owner.id).with_for_update())


def live(ctx: Ctx, entity: str, ids: Iterable[int]) -> set[int]:
    """Those of these documents that stock may be kept for as they stand; none where their kind keeps nothing. One query."""
    keeper = kinds(ctx).get(entity)
    if keeper is None:
        return set()
    model: Any = ctx.registry.get(entity).model
    return set(
        ctx.session.scalars(select(model.id).where(among(model.id, ids), model.state.in_(keeper.live)))
    )


def still_needed(ctx: Ctx, owner: Owner) -> Needs:
    """What it still takes from stock, of substitutes as much as they may stand in for; nothing where it is over. Items have no
    lot."""
    if not owner.live:
        return {}
    found = dict(wanted(ctx, owner.keeper.entity, [owner.row.id]).get(owner.row.id, {}))
    for decided in stand_ins.of_demands(
        ctx, demands.ids_of(ctx, owner.keeper.entity, [owner.row.id]).values()
    ).values():
        sizes = groups.size_ids(
            ctx, {key.size for each in decided for key in (each.wanted, each.by) if key.size}
        )
        for each in decided:
            lacks = found.get(groups.item_of(each.wanted, sizes), ZERO)
            if lacks > 0:
                item = groups.item_of(each.by, sizes)
                found[item] = found.get(item, ZERO) + stand_ins.stands_for(lacks, each.ratio)
    return found


def wanted(ctx: Ctx, entity: str, owner_ids: Sequence[int]) -> dict[int, Needs]:
    """What documents of one kind still take from stock, by their ids. A handful of queries."""
    found: dict[int, Needs] = {}
    for answer in ctx.hooks.stock_wanted(entity=entity, owner_ids=owner_ids) if owner_ids else ():
        for owner_id, needs in (answer or {}).items():
            found[owner_id] = dict(needs)
    if found or entity not in ctx.hooks.each("demand_kinds"):
        return found
    return _of_demands(ctx, demands.ids_of(ctx, entity, owner_ids))


def _of_demands(ctx: Ctx, ids: Mapping[int, int]) -> dict[int, Needs]:
    """Material that is required and did not leave the stores for it yet: owner id → item → quantity."""
    owners = {demand: owner for owner, demand in ids.items()}
    if not owners:
        return {}
    open_ = demands.required(ctx, owners)
    sent = arrivals.sent(ctx, owners)
    for at, qty in stand_ins.credited(ctx, open_, sent, owners).items():
        open_[at] = open_.get(at, ZERO) - qty
    sizes = groups.size_ids(ctx, {key.size for _d, key in open_ if key.size})
    found: dict[int, Needs] = defaultdict(lambda: defaultdict(lambda: ZERO))
    for (demand, key), qty in open_.items():
        if qty > 0:
            found[owners[demand]][groups.item_of(key, sizes)] += qty
    return dict(found)


def firm_needs(ctx: Ctx, item_kind: str) -> dict[EntityRef, Needs]:
    """What documents that are decided still take of materials or of garments."""
    found: dict[EntityRef, Needs] = {}
    for entity, keeper in kinds(ctx).items():
        if keeper.item_kind != item_kind or not keeper.firm:
            continue
        model: Any = ctx.registry.get(entity).model
        ids = list(ctx.session.scalars(select(model.id).where(model.state.in_(keeper.firm))))
        found |= {EntityRef(entity, owner): needs for owner, needs in wanted(ctx, entity, ids).items()}
    return found


def kept(ctx: Ctx, owner: EntityRef) -> dict[tuple[ledger.Item, int], Decimal]:
    """What stores keep for a document: (item, store id) → quantity."""
    return kept_for(ctx, owner.entity, [owner.id]).get(owner.id, {})


def kept_for(
    ctx: Ctx, entity: str, owner_ids: Iterable[int]
) -> dict[int, dict[tuple[ledger.Item, int], Decimal]]:
    """What stores keep for documents of one kind: owner id → (item, store id) → quantity. Two queries."""
    owners = {
        places.reserved(store, entity, owner): owner
        for store in ctx.session.scalars(select(Store.id))
        for owner in set(owner_ids)
    }
    found: dict[int, dict[tuple[ledger.Item, int], Decimal]] = defaultdict(dict)
    for (item, place), qty in ledger.balances(ctx, places=list(owners)).items():
        if qty > 0:
            found[owners[place]][item, place.id] = qty
    return found


def delivered(ctx: Ctx, owner: Owner) -> Delivered | None:
    """What went out for a document, and where to."""
    for answer in ctx.hooks.delivered(entity=owner.keeper.entity, owner_id=owner.row.id):
        if answer is not None:
            found: Delivered = answer
            return found
    return None


def returned(ctx: Ctx, owner: EntityRef, without: int = 0) -> Needs:
    """Pieces that came back against a document; ``without`` leaves one return out."""
    came = all_that_came_back(ctx, owner.entity, [owner.id])
    return sum_lots((each.item, each.qty) for each in came if each.document_id != without)


class CameBack(NamedTuple):
    """Pieces of an item that came back on a posted return against a document."""

    document_id: int
    owner_id: int
    settlement: str
    item: ledger.Item
    qty: Decimal


def all_that_came_back(ctx: Ctx, entity: str, owner_ids: Iterable[int]) -> list[CameBack]:
    """What came back against documents of one kind, the oldest return first. A handful of queries, once a page."""
    ids = tuple(sorted(set(owner_ids)))
    return ctx.memo.once(("stock.came_back", entity, ids), lambda: _came_back(ctx, entity, ids))


def _came_back(ctx: Ctx, entity: str, owner_ids: Sequence[int]) -> list[CameBack]:
    head, line = StockDocument, StockLine
    rows = ctx.session.execute(
        select(head.id, head.owner_id, head.settlement, line)
        .join(line, (head.id == line.document_id) & (head.tenant_id == line.tenant_id))
        .where(head.owner_entity == entity, among(head.owner_id, owner_ids))
        .where(head.kind == RETURN, head.state == "posted")
        .order_by(head.id, line.position)
    ).all()
    found = items.of_lines(ctx, [row[-1] for row in rows])
    return [CameBack(*row[:-1], item, row[-1].qty or ZERO) for row, item in zip(rows, found, strict=True)]


def without_lot(item: ledger.Item) -> ledger.Item:
    """The item without its lot: what needs are counted by."""
    if not item.lot:
        return item
    return ledger.Item(item.kind, item.id, item.color_id, item.size_id, item.dest_id, owner_id=item.owner_id)


def sum_lots(found: Iterable[tuple[ledger.Item, Decimal]]) -> Needs:
    """Sums over lots."""
    sums: Needs = defaultdict(lambda: ZERO)
    for item, qty in found:
        sums[without_lot(item)] += qty
    return dict(sums)
