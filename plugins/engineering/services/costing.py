"""What a style or made material costs by its structure: material, wastage and processing, rolled up from the bottom.

Of each component, net consumption × what a unit costs; what wastage adds to it stands apart, on every level; processing is the
process sheet of the version, of a style without one the lowest price of a factory. Exact until it is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import or_, select

from core.api import Ctx
from core.db import among
from core.money import rate_to_base
from core.values import decimal_text
from plugins.catalog.api import FactoryPrice, Material, Partner, SupplierPrice, best_price, ratio
from plugins.engineering.models import EngineeringOperation
from plugins.engineering.services.structures import Component, Owner, Structures

ZERO = Fraction(0)
HOUR = 60


@dataclass(frozen=True)
class Price:
    """Where a price comes from: so much of a currency per unit, asked by a partner. ``each`` is per stock unit, converted."""

    partner: str
    price: Decimal
    currency: str
    unit: str
    each: Fraction


@dataclass(frozen=True)
class Cost:
    """Of one piece or stock unit. ``missing`` are materials without a price, which count as nothing."""

    material: Fraction = ZERO
    wastage: Fraction = ZERO
    processing: Fraction = ZERO
    missing: frozenset[int] = frozenset()
    price: Price | None = None

    @property
    def total(self) -> Fraction:
        """All of it."""
        return self.material + self.wastage + self.processing


@dataclass(frozen=True)
class Costs:
    """Costs by owner and by bought material, in one currency; ``mix`` is the share of each size of a style."""

    found: Structures
    lot: int
    mix: Mapping[int, Mapping[int, Fraction]]
    of_owner: Mapping[Owner, Cost]
    processing: Mapping[Owner, tuple[Fraction, str]]

    def unit(self, material_id: int) -> Cost:
        """What a stock unit of a material costs."""
        return self.of_owner.get(Owner("material", material_id), Cost(missing=frozenset({material_id})))

    def net(self, component: Component) -> Fraction:
        """Net stock units of a component for one piece, in the mix of sizes."""
        mix = self.mix.get(component.owner.id) if component.owner.kind == "style" else None
        if not mix:
            return component.each()
        return sum((share * component.each(size) for size, share in mix.items()), ZERO)

    def gross(self, component: Component) -> Fraction:
        """The same with wastage, and with the share of what is lost once in the lot."""
        net = self.net(component)
        loss = component.loss_factor(self.lot, yield_mode=self.found.yield_mode)
        return net * loss + (component.fixed_loss / self.lot if net else ZERO)


def roll_up(
    ctx: Ctx,
    found: Structures,
    *,
    day: date,
    currency: str,
    lot: int = 1000,
    mix: Mapping[int, Mapping[int, int]] | None = None,
) -> Costs:
    """Costs of everything in a structure on a day, in a currency, where ``lot`` pieces are made. ``mix`` says how many of each
    size of a style (by ids); without it every size counts alike. A fixed number of statements, one more for each currency."""
    shares = _shares(found, mix or {})
    rates = _Rates(ctx, day, currency)
    bought = {m for m in found.sources if not found.is_made(m)}
    prices = supplier_worth(ctx, bought, day, rates, lot)
    processing = _processing(ctx, found, day, rates, lot)
    made: dict[Owner, Cost] = {
        Owner("material", m): Cost(material=price.each, price=price) for m, price in prices.items()
    }
    costs = Costs(found, lot, shares, made, processing)
    for owner in _bottom_up(found):
        made[owner] = _one(costs, owner, processing.get(owner, (ZERO, ""))[0])
    return costs


def _one(costs: Costs, owner: Owner, processing: Fraction) -> Cost:
    material, wastage, missing = ZERO, ZERO, set[int]()
    for each in costs.found.of(owner):
        unit = costs.unit(each.material_id)
        net, gross = costs.net(each), costs.gross(each)
        material += net * unit.material
        wastage += net * unit.wastage + (gross - net) * unit.total
        processing += net * unit.processing
        if net:
            missing |= unit.missing
    return Cost(material, wastage, processing, frozenset(missing))


def _bottom_up(found: Structures) -> list[Owner]:
    level = {
        owner: found.levels.get(owner.id, 0) if owner.kind == "material" else -1 for owner in found.components
    }
    return sorted(
        (o for o in level if o.kind == "style" or found.is_made(o.id)), key=lambda o: (-level[o], o)
    )


def _shares(found: Structures, mix: Mapping[int, Mapping[int, int]]) -> dict[int, Mapping[int, Fraction]]:
    shares: dict[int, Mapping[int, Fraction]] = {}
    for owner in found.components:
        if owner.kind == "style":
            sizes = {s: n for s, n in mix.get(owner.id, {}).items() if n}
            sizes = sizes or dict.fromkeys(found.sizes.get(owner.id, ()), 1)
            whole = sum(sizes.values())
            shares[owner.id] = {size: Fraction(n, whole) for size, n in sizes.items()}
    return shares


class _Rates:
    """What one unit of a currency is in the wanted one, on a day; not rounded."""

    def __init__(self, ctx: Ctx, day: date, currency: str) -> None:
        self.ctx, self.day, self.currency = ctx, day, currency
        self.known: dict[str, Fraction] = {currency: Fraction(1)}

    def worth(self, currency: str) -> Fraction:
        """Refused where no rate is known."""
        if currency not in self.known:
            source, target = (rate_to_base(self.ctx, c, self.day) for c in (currency, self.currency))
            self.known[currency] = Fraction(source) / Fraction(target)
        return self.known[currency]


def supplier_worth(
    ctx: Ctx, materials: Iterable[int], day: date, rates: _Rates, lot: int = 1
) -> dict[int, Price]:
    """The price of each bought material on a day per stock unit: its supplier's, or the lowest where that one has none. The
    break that ``lot`` purchase units reach. Two statements."""
    ids = set(materials)
    if not ids:
        return {}
    known = {m.id: m for m in ctx.session.scalars(select(Material).where(among(Material.id, ids)))}
    rows = ctx.session.execute(
        select(SupplierPrice, Partner.code)
        .join(
            Partner,
            (Partner.id == SupplierPrice.supplier_id) & (Partner.tenant_id == SupplierPrice.tenant_id),
        )
        .where(
            among(SupplierPrice.material_id, ids),
            SupplierPrice.valid_from <= day,
            or_(SupplierPrice.valid_to.is_(None), SupplierPrice.valid_to >= day),
        )
        .order_by(SupplierPrice.id)
    )
    grouped: dict[int, dict[tuple[int, str, str], list[SupplierPrice]]] = {}
    for row, code in rows:
        offers = grouped.setdefault(row.material_id, {})
        offers.setdefault((row.supplier_id, code, row.currency), []).append(row)
    found: dict[int, Price] = {}
    for material_id, offers in grouped.items():
        material = known[material_id]
        per = ratio(material, material.purchase_uom, material.stock_uom)
        mine: list[tuple[bool, Fraction, Price]] = []
        for (supplier_id, code, currency), each in offers.items():
            offer = best_price(each, lot, day)
            if offer is not None:
                worth = Fraction(offer.price) * rates.worth(currency) / per
                price = Price(code, offer.price, currency, material.purchase_uom, worth)
                mine.append((supplier_id != material.supplier_id, worth, price))
        if mine:
            found[material_id] = min(mine, key=lambda one: one[:2])[2]
    return found


def _processing(
    ctx: Ctx, found: Structures, day: date, rates: _Rates, lot: int
) -> dict[Owner, tuple[Fraction, str]]:
    """(what making one takes, where that comes from) by owner."""
    owners = {bom: owner for owner, bom in found.boms.items()}
    sums: dict[Owner, tuple[Fraction, str]] = {}
    if owners:
        for step in ctx.session.scalars(
            select(EngineeringOperation).where(among(EngineeringOperation.bom_id, owners))
        ):
            owner, each = owners[step.bom_id], operation_cost(step) * rates.worth(step.currency)
            sums[owner] = (sums.get(owner, (ZERO, ""))[0] + each, "")
    bare = [o.id for o in found.components if o.kind == "style" and o not in sums]
    if bare:
        sums |= _factory_prices(ctx, bare, day, rates, lot)
    return sums


def operation_cost(step: EngineeringOperation) -> Fraction:
    """What an operation costs for one piece, in its own currency."""
    return Fraction(step.minutes) * Fraction(step.rate) / HOUR + Fraction(step.price)


def _factory_prices(
    ctx: Ctx, styles: Sequence[int], day: date, rates: _Rates, lot: int
) -> dict[Owner, tuple[Fraction, str]]:
    rows = ctx.session.execute(
        select(FactoryPrice, Partner.code)
        .join(
            Partner, (Partner.id == FactoryPrice.factory_id) & (Partner.tenant_id == FactoryPrice.tenant_id)
        )
        .where(
            among(FactoryPrice.style_id, styles),
            FactoryPrice.valid_from <= day,
            or_(FactoryPrice.valid_to.is_(None), FactoryPrice.valid_to >= day),
        )
    )
    offers: dict[tuple[int, str, str, str], list[FactoryPrice]] = {}
    for row, code in rows:
        offers.setdefault((row.style_id, code, row.process, row.currency), []).append(row)
    lowest: dict[Owner, tuple[Fraction, str]] = {}
    for (style_id, code, process, currency), each in offers.items():
        offer = best_price(each, lot, day)
        if offer is None:
            continue
        worth, owner = Fraction(offer.price) * rates.worth(currency), Owner("style", style_id)
        if owner not in lowest or worth < lowest[owner][0]:
            lowest[owner] = (worth, f"{code} · {process} · {decimal_text(offer.price)} {currency}")
    return lowest
