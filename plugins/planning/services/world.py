"""Everything a plan is made from, read once: then it can be planned, changed in memory, and planned again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import select

from core.api import Ctx, EntityRef
from core.db import among
from plugins.catalog.api import (
    Garment,
    GoodsPrice,
    Key,
    Material,
    Partner,
    PlanDemand,
    PlanSupply,
    WorkCalendar,
    calendars,
    goods_prices,
)
from plugins.engineering.api import (
    AllowedSubstitute,
    Owner,
    Structures,
    confirmed_substitutes,
    structures,
    substitutes,
)
from plugins.planning.services import gathering

MAKING_DAYS = 30
"""Days that garments take from material to store, where nobody said otherwise."""


@dataclass(frozen=True)
class Terms:
    """How a material is bought. ``moq`` and ``multiple`` in stock units; ``step`` is the least that is counted of it."""

    id: int
    code: str
    name: str
    uom: str
    step: Decimal
    moq: Decimal
    multiple: Decimal
    lead_days: int
    supplier_id: int | None
    stage: str
    whole: bool
    factor: Decimal
    currency: str


class Offer(NamedTuple):
    """Of whom a style is bought finished: the vendor asked first, and what he wants from which quantity on."""

    vendor_id: int
    currency: str
    lead_days: int
    prices: tuple[GoodsPrice, ...]


class StandIn(NamedTuple):
    """A person decided that one unit of ``main`` may be ``ratio`` of ``by``; ``first``: it is to be used up."""

    main: Key
    by: Key
    ratio: Decimal
    first: bool


@dataclass
class World:
    """What there is and what is wanted on ``today``.

    needed    by when documents want their material, by stage, as far as somebody plans it
    allowed   what may stand in for materials, now or some day; ``decided``: what a person decided for a document
    making    days that garments take
    offers    of whom styles are bought that nobody makes, by style
    """

    today: date
    demands: list[PlanDemand]
    supplies: list[PlanSupply]
    structure: Structures
    materials: dict[int, Terms]
    calendars: dict[int, WorkCalendar]
    company: WorkCalendar
    needed: dict[EntityRef, dict[str, date]]
    making: int = MAKING_DAYS
    allowed: dict[int, list[AllowedSubstitute]] = field(default_factory=dict)
    decided: dict[EntityRef, list[StandIn]] = field(default_factory=dict)
    offers: dict[int, Offer] = field(default_factory=dict)

    def day(self, day: date) -> int:
        """Days from today."""
        return (day - self.today).days


def read_world(ctx: Ctx, styles: Iterable[int] = ()) -> World:
    """Ask every plugin; ``styles`` are looked at although nobody wants them yet. A fixed number of statements."""
    demands, supplies = gathering.demands(ctx), gathering.supplies(ctx)
    items = [each.item for each in demands] + [each.item for each in supplies]
    wanted = {item.style for item in items if isinstance(item, Garment)} | set(styles)
    found = structures(ctx, wanted, {item.material for item in items if isinstance(item, Key)})
    materials = _terms(ctx, {item.material for item in items if isinstance(item, Key)} | set(found.sources))
    offers = _offers(ctx, [style for style in wanted if not found.of(Owner("style", style), optional=False)])
    suppliers = {each.supplier_id for each in materials.values() if each.supplier_id}
    suppliers |= {each.vendor_id for each in offers.values()}
    return World(
        ctx.today(), demands, supplies, found, materials, calendars.of_factories(ctx, suppliers), calendars.company(ctx),
        _needed(ctx, demands), int(ctx.setting("planning.making_days", MAKING_DAYS)),
        substitutes(ctx, materials, ctx.today(), date.max), decided_for(ctx, demands), offers,
    )  # fmt: skip


def _offers(ctx: Ctx, styles: Collection[int]) -> dict[int, Offer]:
    """One statement, none where every style is made."""
    found = {}
    for style, rows in (goods_prices(ctx, styles, ctx.today()) if styles else {}).items():
        vendor, currency = rows[0].vendor_id, rows[0].currency
        mine = tuple(row for row in rows if (row.vendor_id, row.currency) == (vendor, currency))
        found[style] = Offer(vendor, currency, rows[0].lead_days, mine)
    return found


def decided_for(ctx: Ctx, demands: Iterable[PlanDemand]) -> dict[EntityRef, list[StandIn]]:
    """What was decided for the documents that want material. One statement, none where nothing wants any."""
    documents = {each.source for each in demands if each.made_from_need}
    if not documents:
        return {}
    found = confirmed_substitutes.in_force(ctx, documents)
    return {
        ref: [StandIn(*confirmed_substitutes.keys_of(row), row.ratio, row.first) for row in rows]
        for ref, rows in found.items()
    }


def _terms(ctx: Ctx, ids: Iterable[int]) -> dict[int, Terms]:
    m = Material
    rows = ctx.session.execute(
        select(
            m.id, m.code, m.name, m.stock_uom, m.stock_step, m.factor, m.moq, m.multiple, m.lead_days, m.supplier_id,
            m.material_class, m.gate_stage, m.by_color, m.by_size, Partner.active, Partner.currency,
        )
        .outerjoin(Partner, (Partner.id == m.supplier_id) & (Partner.tenant_id == m.tenant_id))
        .where(among(m.id, ids))
    )  # fmt: skip
    found = {}
    for row in rows:
        stage = (
            "main" if row.material_class == "main" else "packing" if row.gate_stage == "packing" else "trim"
        )
        found[row.id] = Terms(
            row.id, row.code, row.name, row.stock_uom, row.stock_step, row.moq * row.factor, row.multiple * row.factor,
            row.lead_days, row.supplier_id if row.active else None, stage, not (row.by_color or row.by_size),
            row.factor, row.currency or "",
        )  # fmt: skip
    return found


def _needed(ctx: Ctx, demands: Iterable[PlanDemand]) -> dict[EntityRef, dict[str, date]]:
    """Whoever plans the work of documents says by when they want their material."""
    by_kind: dict[str, set[int]] = defaultdict(set)
    for each in demands:
        if each.made_from_need:
            by_kind[each.source.entity].add(each.source.id)
    found: dict[EntityRef, dict[str, date]] = {}
    for entity, ids in by_kind.items():
        for answer in ctx.hooks.plan_needed_by(entity=entity, ids=sorted(ids)):
            for id, days in (answer or {}).items():
                found.setdefault(EntityRef(entity, id), {}).update(days)
    return found
