"""*Buy*: everything that demands still lack becomes one draft for each supplier and class, priced and dated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select

from core.api import Ctx, EntityName, EntityRef, Problem, Refused, T, hookimpl, save_row
from core.db import among
from core.money import base_currency, line_amount
from core.values import ZERO
from plugins.buying.services import needs, spare
from plugins.buying.services.needs import NeedRow
from plugins.catalog.api import Partner, SupplierPrice, supplier_prices
from plugins.purchasing.api import PurchaseLine, PurchaseOrder, lines
from plugins.stock.api import demands

ORDER = EntityName("purchasing.order")


@dataclass
class Proposal:
    """A purchase order to be. ``due`` and ``prices`` go by the place of a group in ``rows``; what is not known is left out."""

    supplier: Partner
    material_class: str
    currency: str
    rows: list[NeedRow] = field(default_factory=list)
    due: dict[int, date] = field(default_factory=dict)
    prices: dict[int, Decimal] = field(default_factory=dict)

    @property
    def required(self) -> date | None:
        """The day by which its first line is wanted."""
        return min(self.due.values(), default=None)

    def amount(self, ctx: Ctx, place: int) -> Decimal | None:
        """The amount of a line; None without a price."""
        price = self.prices.get(place)
        return (
            line_amount(ctx, self.rows[place].suggested, price, self.currency) if price is not None else None
        )


@dataclass
class Lacking:
    """What is to buy: by supplier and class, and what nobody is known to supply."""

    proposals: list[Proposal]
    homeless: list[NeedRow]


def lacking(ctx: Ctx, demand_ids: Sequence[int]) -> list[NeedRow]:
    """Groups of which something is still to buy."""
    return [row for row in needs.panel(ctx, demand_ids) if row.suggested]


def proposed(ctx: Ctx, demand_ids: Sequence[int]) -> Lacking:
    """What *Buy* would order. Some queries, and one or two for each supplier."""
    return _sorted_out(ctx, demand_ids, lacking(ctx, demand_ids))


def buy(ctx: Ctx, demand_ids: Sequence[int]) -> list[PurchaseOrder]:
    """Drafts for what these demands lack; what is on order for nobody is claimed first.

    Raises Refused where nothing is left to buy, and names what nobody is known to supply where that is all there is.
    """
    wanted = sorted(set(demand_ids))
    rows = [row for row in needs.panel(ctx, wanted) if row.remaining]
    needs.settle(ctx, rows, spare.of_keys(ctx, [row.key for row in rows]))
    found = _sorted_out(ctx, wanted, [row for row in rows if row.suggested])
    if not found.proposals:
        raise Refused(
            [Problem(T("{material} has no supplier.", material=row.name)) for row in found.homeless]
            or [Problem(T("Nothing is left to buy."))]
        )
    owners = demands.owners(ctx, wanted)
    number = owners[wanted[0]].number if len(owners) == 1 else ""
    made = []
    for each in found.proposals:
        data = {
            "supplier": each.supplier, "material_class": each.material_class, "made_for": number,
            "currency": each.currency, "order_date": ctx.today(), "required_date": each.required,
        }  # fmt: skip
        order: PurchaseOrder = save_row(ctx, ctx.registry.get(ORDER), None, data)
        inputs = needs.inputs(ctx, each.rows, wanted)
        for place, given in enumerate(inputs):
            given.price = each.prices.get(place)
            due = each.due.get(place)
            given.required_date = due if due != each.required else None
        lines.save(ctx, order, inputs)
        made.append(order)
    return made


def _sorted_out(ctx: Ctx, demand_ids: Sequence[int], rows: Sequence[NeedRow]) -> Lacking:
    suppliers = _suppliers(ctx, rows)
    days = _days(ctx, demand_ids)
    found: dict[tuple[int, str], Proposal] = {}
    homeless = []
    for row in rows:
        supplier = suppliers.get(row.key.material)
        if supplier is None:
            homeless.append(row)
            continue
        kind = row.material.material_class
        currency = supplier.currency or base_currency(ctx)
        each = found.setdefault((supplier.id, kind), Proposal(supplier, kind, currency))
        day = min((d for d in (days.get(id, {}).get(_stage(row)) for id in row.by_demand) if d), default=None)
        if day is not None:
            each.due[len(each.rows)] = max(day, ctx.today())
        each.rows.append(row)
    for each in found.values():
        each.prices = _prices(ctx, each)
    return Lacking(
        sorted(found.values(), key=lambda p: (p.material_class != "main", p.supplier.code)), homeless
    )


def _suppliers(ctx: Ctx, rows: Iterable[NeedRow]) -> dict[int, Partner]:
    """Who is asked for each material: its usual supplier, else the one who delivered it last, else one with a price for it."""
    found = {row.key.material: row.material.supplier for row in rows}
    open_ids = [id for id, supplier in found.items() if supplier is None]
    if open_ids:
        line, po = PurchaseLine, PurchaseOrder
        asked: list[tuple[int, int]] = [
            *ctx.session.execute(
                select(SupplierPrice.material_id, SupplierPrice.supplier_id)
                .where(among(SupplierPrice.material_id, open_ids))
                .order_by(SupplierPrice.valid_from, SupplierPrice.id)
            ).tuples(),
            *ctx.session.execute(
                select(line.material_id, po.supplier_id)
                .join(po, (po.id == line.order_id) & (po.tenant_id == line.tenant_id))
                .where(among(line.material_id, open_ids), po.state.in_(("issued", "closed")))
                .order_by(line.id)
            ).tuples(),
        ]
        last = dict(asked)
        partners = {
            p.id: p for p in ctx.session.scalars(select(Partner).where(among(Partner.id, last.values())))
        }
        found |= {material: partners[supplier] for material, supplier in last.items()}
    return {id: supplier for id, supplier in found.items() if supplier is not None and supplier.active}


def _prices(ctx: Ctx, each: Proposal) -> dict[int, Decimal]:
    """By place: what the price list says for all of a material, else what was paid for it last."""
    total: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for row in each.rows:
        total[row.key.material] += row.suggested
    listed = supplier_prices(ctx, each.supplier.id, each.currency, total, ctx.today())
    unknown = [id for id in total if id not in listed]
    if unknown:
        listed = {**_last_prices(ctx, each, unknown), **listed}
    return {n: listed[row.key.material] for n, row in enumerate(each.rows) if row.key.material in listed}


def _last_prices(ctx: Ctx, each: Proposal, material_ids: Sequence[int]) -> dict[int, Decimal]:
    line, po = PurchaseLine, PurchaseOrder
    newest = (
        select(func.max(line.id))
        .join(po, (po.id == line.order_id) & (po.tenant_id == line.tenant_id))
        .where(
            among(line.material_id, material_ids),
            line.price > 0,
            po.supplier_id == each.supplier.id,
            po.currency == each.currency,
            po.state.in_(("issued", "closed")),
        )
        .group_by(line.material_id)
    )
    rows = ctx.session.execute(select(line.material_id, line.price).where(line.id.in_(newest)))
    return {material: price for material, price in rows if material is not None and price is not None}


def _days(ctx: Ctx, demand_ids: Sequence[int]) -> dict[int, Mapping[str, date]]:
    """By when the documents of demands want their material, by stage, as far as somebody plans it."""
    by_kind: dict[str, dict[int, int]] = defaultdict(dict)
    for id, owner in demands.owners(ctx, demand_ids).items():
        by_kind[owner.ref.entity][owner.ref.id] = id
    found: dict[int, Mapping[str, date]] = {}
    for entity, ids in by_kind.items():
        for answer in ctx.hooks.needed_by(entity=entity, ids=sorted(ids)):
            found |= {ids[owner]: days for owner, days in (answer or {}).items()}
    return found


@hookimpl
def wanted(ctx: Ctx, purpose: EntityRef, material_class: str) -> date | None:
    """By when a document wants material of this class; of sewing trims and packing the earlier day."""
    stages = ("main",) if material_class == "main" else ("trim", "packing")
    answers = ctx.hooks.needed_by(entity=purpose.entity, ids=[purpose.id])
    days = [(answer or {}).get(purpose.id, {}) for answer in answers]
    return min((found[stage] for found in days for stage in stages if stage in found), default=None)


def _stage(row: NeedRow) -> str:
    """Main material, sewing trims or packing, as the timeline tells them apart."""
    if row.material.material_class == "main":
        return "main"
    return "packing" if (row.stage or row.material.gate_stage) == "packing" else "trim"
