"""One factory order from several customer orders: which factory is proposed, what it would take on, and making it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select

from core.api import Ctx, Problem, Refused, T, note_changes, run_action, save_row
from core.db import among
from core.money import base_currency, line_amount
from plugins.catalog.api import FactoryPrice, Partner
from plugins.orders.api import CustomerOrder, OpenStyle, open_order_styles
from plugins.outsourcing.models import FactoryOrder, FactoryOrderLine
from plugins.outsourcing.services import prices
from plugins.outsourcing.words import FACTORY_ORDER

MOST_STYLES = 5000
"""Order styles looked at: more than 500 orders have."""


@dataclass(frozen=True)
class Proposal:
    """What a factory order would hold: open styles with the factory's price and the amount, None where it has none."""

    factory: Partner | None
    currency: str
    lines: Sequence[tuple[OpenStyle, Decimal | None, Decimal | None]]

    @property
    def qty(self) -> int:
        """Pieces."""
        return sum(style.unallocated for style, _price, _amount in self.lines)

    @property
    def total(self) -> Decimal | None:
        """The sum of the amounts; None while a price is missing."""
        found = [amount for _style, _price, amount in self.lines if amount is not None]
        return sum(found, Decimal(0)) if len(found) == len(self.lines) else None


def left(ctx: Ctx, orders: Sequence[CustomerOrder]) -> list[OpenStyle]:
    """What of these orders is on no factory order yet. Asked once a page."""
    ids = tuple(sorted(order.id for order in orders))
    return ctx.memo.once(
        ("outsourcing.left", ids), lambda: open_order_styles(ctx, order_ids=ids, limit=MOST_STYLES)
    )


def proposed_factory(ctx: Ctx, styles: Sequence[int]) -> Partner | None:
    """The factory that made the most pieces of these styles; else one whose price list has the most of them; else the only
    one there is. Inactive ones are left out. At most three queries."""
    active = Partner.is_factory.is_(True), Partner.active.is_(True)
    line = FactoryOrderLine
    found = ctx.session.scalars(
        select(Partner)
        .join(
            FactoryOrder,
            (FactoryOrder.factory_id == Partner.id) & (FactoryOrder.tenant_id == Partner.tenant_id),
        )
        .join(line, (line.order_id == FactoryOrder.id) & (line.tenant_id == FactoryOrder.tenant_id))
        .where(among(line.style_id, styles), FactoryOrder.state != "cancelled", *active)
        .group_by(Partner.id, Partner.tenant_id)
        .order_by(func.sum(line.qty).desc(), Partner.id)
        .limit(1)
    ).one_or_none()
    if found is not None:
        return found
    found = ctx.session.scalars(
        select(Partner)
        .join(
            FactoryPrice,
            (FactoryPrice.factory_id == Partner.id) & (FactoryPrice.tenant_id == Partner.tenant_id),
        )
        .where(among(FactoryPrice.style_id, styles), *active)
        .group_by(Partner.id, Partner.tenant_id)
        .order_by(func.count(FactoryPrice.style_id.distinct()).desc(), Partner.id)
        .limit(1)
    ).one_or_none()
    if found is not None:
        return found
    only = ctx.session.scalars(select(Partner).where(*active).limit(2)).all()
    return only[0] if len(only) == 1 else None


def proposal(ctx: Ctx, orders: Sequence[CustomerOrder]) -> Proposal:
    """What a factory order of these customer orders would be."""
    found = left(ctx, orders)
    factory = proposed_factory(ctx, sorted({style.style_id for style in found})) if found else None
    currency = (factory.currency if factory is not None else "") or base_currency(ctx)
    pieces: dict[int, int] = defaultdict(int)
    for style in found:
        pieces[style.style_id] += style.unallocated
    price = prices.listed(ctx, factory, currency, ctx.today(), pieces) if factory is not None else {}
    lines = []
    for style in found:
        each = price.get(style.style_id)
        amount = line_amount(ctx, style.unallocated, each, currency) if each is not None else None
        lines.append((style, each, amount))
    return Proposal(factory, currency, lines)


def make_factory_order(ctx: Ctx, orders: Sequence[CustomerOrder], factory: Partner) -> FactoryOrder:
    """A draft for ``factory`` with everything of these orders that is on no factory order yet, prices from its price list.

    Raises Refused with every order of which nothing is left; then nothing has been made.
    """
    entity = ctx.registry.get(FACTORY_ORDER)
    ctx.require(f"{FACTORY_ORDER}.add_work")
    open_ids = {style.order_id for style in left(ctx, orders)}
    empty = [order for order in orders if order.id not in open_ids]
    if empty:
        raise Refused(
            [
                Problem(T("{what}: everything is on factory orders already.", what=order.number))
                for order in empty
            ]
        )
    made: FactoryOrder = save_row(ctx, entity, None, {"factory": factory, "order_date": ctx.today()})
    run_action(ctx, entity, made, "add_work", {"work": [{"order": order.number} for order in orders]})
    for order in orders:
        note_changes(ctx, order, ("factory order", None, made.number))
    return made
