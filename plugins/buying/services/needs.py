"""用料需求 on purchase orders: what demands require, what is ordered and there, what to buy; lines made from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from sqlalchemy import select

from core import ledger
from core.api import Ctx, Refused, T, hookimpl
from core.db import among
from core.values import ZERO
from plugins.buying.services import allocation, purposes, spare
from plugins.catalog.api import Color, Destination, Key, Material, Style, bom_lines
from plugins.purchasing.api import LineInput, PurchaseOrder, lines, quantities
from plugins.stock.api import arrivals, demands, groups

Row = TypeVar("Row", Color, Destination)


@dataclass
class NeedRow:
    """One group over some demands. Stock units, except ``suggested`` (purchase units).

    ordered    on purchase orders for them, ``planned`` on drafts; ``open`` of it is still expected
    arrived    there for them: kept, or issued already; ``free`` lies in our stores for nobody
    remaining  required − open − planned − arrived, never below zero
    spare      on order, or on drafts, and claimed by nobody; ``suggested`` leaves it out
    due        when the last of what is open comes; ``numbers`` of the orders that it stands on
    """

    key: Key
    name: groups.GroupName
    material: Material
    stage: str
    required: Decimal = ZERO
    ordered: Decimal = ZERO
    planned: Decimal = ZERO
    open: Decimal = ZERO
    arrived: Decimal = ZERO
    free: Decimal = ZERO
    remaining: Decimal = ZERO
    spare: Decimal = ZERO
    suggested: Decimal = ZERO
    due: date | None = None
    numbers: list[str] = field(default_factory=list)
    by_demand: dict[int, Decimal] = field(default_factory=dict)

    @property
    def short(self) -> Decimal:
        """Not there yet."""
        return max(ZERO, self.required - self.arrived)


def panel(ctx: Ctx, demand_ids: Sequence[int], material_class: str = "") -> list[NeedRow]:
    """Aggregated need of demands by group, of one class of material or all. A fixed number of queries, once a page."""
    wanted = tuple(sorted(set(demand_ids)))
    return ctx.memo.once(
        ("buying.panel", wanted, material_class), lambda: _panel(ctx, wanted, material_class)
    )


def _panel(ctx: Ctx, wanted: Sequence[int], material_class: str) -> list[NeedRow]:
    needs = demands.needs(ctx, wanted)
    keys = {n.key for found in needs.values() for n in found}
    shares = allocation.shares(ctx, wanted)
    keys |= {s.key for s in shares}
    labels = groups.group_names(ctx, keys)
    keys &= labels.keys()
    materials = {
        m.id: m
        for m in ctx.session.scalars(select(Material).where(among(Material.id, {k.material for k in keys})))
    }
    keys = {k for k in keys if not material_class or materials[k.material].material_class == material_class}
    rows = {k: NeedRow(k, labels[k], materials[k.material], "") for k in keys}
    required: dict[tuple[int, Key], Decimal] = defaultdict(lambda: ZERO)
    for demand_id, found in needs.items():
        for n in found:
            if n.key in rows:
                rows[n.key].required += n.required
                rows[n.key].stage = n.stage
                required[demand_id, n.key] = n.required
    covered: dict[tuple[int, Key], Decimal] = defaultdict(lambda: ZERO)
    for share in shares:
        row = rows.get(share.key)
        if row is None:
            continue
        row.ordered += share.ordered
        row.planned += share.planned
        row.open += share.open
        if share.open and share.due is not None:
            row.due = max(row.due or share.due, share.due)
        if share.open and share.number not in row.numbers:
            row.numbers.append(share.number)
        covered[share.demand_id, share.key] += share.open + share.planned
    there = arrivals.covered(ctx, wanted)
    here, unclaimed = free_stock(ctx, rows), spare.of_keys(ctx, rows)
    for key, row in rows.items():
        row.free = here.get(key, ZERO)
        row.spare = sum((each.stock for each in unclaimed.get(key, ())), ZERO)
        row.arrived = sum((there.get((d, key), ZERO) for d in wanted), ZERO)
        for demand_id in wanted:
            left = required[demand_id, key] - covered[demand_id, key] - there.get((demand_id, key), ZERO)
            if left > 0:
                row.by_demand[demand_id] = left
        row.remaining = sum(row.by_demand.values(), ZERO)
        row.suggested = suggestion(row)
    return sorted(
        rows.values(),
        key=lambda r: order_of(r, {n.key: i for found in needs.values() for i, n in enumerate(found)}),
    )


def suggestion(row: NeedRow) -> Decimal:
    """What to buy in purchase units of what nobody has on order."""
    m = row.material
    return quantities.suggest(row.remaining - row.spare, m.factor, m.moq, m.multiple, m.purchase_uom)


def order_of(row: NeedRow, places: dict[Key, int]) -> tuple[int, int, str]:
    """Main materials first, then as the need lists them."""
    return (row.material.material_class != "main", places.get(row.key, 9999), str(row.name))


def free_stock(ctx: Ctx, keys: Iterable[Key]) -> dict[Key, Decimal]:
    """What of ours lies usable in our stores and is kept for nobody."""
    keys = set(keys)
    materials = sorted({k.material for k in keys})
    if not materials:
        return {}
    here = ledger.balances(ctx, item_kind="material", item_ids=materials, place_kinds=("store",))
    codes = groups.size_codes(ctx, {item.size_id for item, _place in here})
    total: dict[Key, Decimal] = defaultdict(lambda: ZERO)
    for (item, _place), qty in here.items():
        if not item.owner_id:
            total[groups.key_of(item, codes)] += qty
    return {k: q for k, q in total.items() if k in keys}


# --- lines from the need -------------------------------------------------------------------------------------------------


def fill_orders(
    ctx: Ctx, order: PurchaseOrder, demand_ids: Sequence[int] = (), *, all_suppliers: bool = False
) -> tuple[int, int]:
    """Cover every group that demands still lack, of this order's class and usual supplier: by claims of what is on order
    for nobody, and by a line for the rest.

    Without ``demand_ids`` the document that the order is for. A line may serve several; each claims what it lacks, what
    the MOQ adds is for stock. Returns how many lines were added, and how many groups what is on order covers (in part).
    """
    wanted = list(demand_ids) or purposes.demand_ids(
        ctx, [order.purpose] if order.purpose is not None else []
    )
    if not wanted:
        raise Refused(T("Say for which factory order."), "factory_orders")
    rows = [
        r
        for r in panel(ctx, wanted, order.material_class)
        if r.remaining and (all_suppliers or r.material.supplier_id in (None, order.supplier_id))
    ]
    if not rows:
        raise Refused(T("Nothing is left to buy from {supplier} for that.", supplier=order.supplier.code))
    unclaimed = spare.of_keys(ctx, [r.key for r in rows])
    settle(ctx, rows, unclaimed)
    buy = [row for row in rows if row.suggested]
    if buy:
        existing = lines.as_inputs(ctx, order.id)
        lines.save(ctx, order, [*existing, *inputs(ctx, buy, wanted)])
    return len(buy), len(unclaimed)


@hookimpl(specname="order_begun")
def begin(ctx: Ctx, order: PurchaseOrder) -> bool:
    """A new order for a document starts with what that still lacks of its supplier; True where something is."""
    wanted = purposes.demand_ids(ctx, [order.purpose]) if order.purpose is not None else []
    mine = [
        r
        for r in panel(ctx, wanted, order.material_class)
        if r.suggested and r.material.supplier_id in (None, order.supplier_id)
    ]
    if not mine or not ctx.can("purchasing.order.edit"):
        return False
    fill_orders(ctx, order, wanted)
    return True


def settle(ctx: Ctx, rows: Iterable[NeedRow], unclaimed: Mapping[Key, Sequence[spare.Spare]]) -> None:
    """What is on order for nobody is claimed for these groups; what they say is then what is left to buy."""
    for row in rows:
        if row.key in unclaimed:
            row.by_demand = spare.claim(ctx, row.key, row.by_demand, unclaimed[row.key])
            row.remaining, row.spare = sum(row.by_demand.values(), ZERO), ZERO
            row.suggested = suggestion(row)


def inputs(ctx: Ctx, rows: Sequence[NeedRow], demand_ids: Sequence[int]) -> list[LineInput]:
    """Need rows as lines to order."""
    colors = {c.id: c for c in _rows(ctx, Color, {r.key.color for r in rows if r.key.color})}
    places = {
        d.id: d for d in _rows(ctx, Destination, {r.key.destination for r in rows if r.key.destination})
    }
    styles = users(ctx, demand_ids)
    refs = {id: owner.ref for id, owner in demands.owners(ctx, demand_ids).items()}
    found = []
    for row in rows:
        found.append(
            LineInput(
                material=row.material, qty=row.suggested, color=colors.get(row.key.color or 0), size=row.key.size or "",
                destination=places.get(row.key.destination or 0), styles=styles.get(row.key.material, []),
                allocations={refs[id]: qty for id, qty in allot(row).items()},
            )
        )  # fmt: skip
    return found


def allot(row: NeedRow) -> dict[int, Decimal]:
    """Purchase units for each demand that lacks something: what it lacks, rounded up. The rest of the line is for stock."""
    grain = quantities.step(row.material.purchase_uom)
    left, result = row.suggested, {}
    for demand_id, lacks in row.by_demand.items():
        share = min(
            left, quantities.suggest(lacks, row.material.factor, ZERO, grain, row.material.purchase_uom)
        )
        if share > 0:
            result[demand_id] = share
            left -= share
    return result


def users(ctx: Ctx, demand_ids: Sequence[int]) -> dict[int, list[Style]]:
    """Styles behind these demands that take a material, by material."""
    wanted = {id for answer in ctx.hooks.demand_styles(demand_ids=demand_ids) for id in answer}
    styles = (
        {s.id: s for s in ctx.session.scalars(select(Style).where(among(Style.id, wanted)))} if wanted else {}
    )
    result: dict[int, list[Style]] = defaultdict(list)
    for style_id, found in bom_lines(ctx, styles).items():
        for line in found:
            if styles[style_id] not in result[line.material_id]:
                result[line.material_id].append(styles[style_id])
    return result


def _rows(ctx: Ctx, model: type[Row], ids: set[int]) -> list[Row]:
    return list(ctx.session.scalars(select(model).where(among(model.id, ids)))) if ids else []
