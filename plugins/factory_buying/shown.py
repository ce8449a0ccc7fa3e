"""What buying tells the full-process table of customer orders: how much of the material need is ordered and there.

Groups have different units, so each counts the same: the figure is the average of what is covered in each, capped at
100 %. A surplus of one colour never hides another that is short.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from core.api import Ctx, Declare, EntityName, Figure, ProcessStep, T
from core.money import round_half_up
from core.values import ZERO
from plugins.buying.api import allocation
from plugins.catalog.api import Key
from plugins.outsourcing.api import process
from plugins.stock.api import arrivals, demands

CUSTOMER, ORDER = process.CUSTOMER, EntityName("outsourcing.order")


@dataclass(frozen=True)
class Cover:
    """Of one factory order: how many groups it needs, and the sums of what is covered in each (0 to 1)."""

    groups: int = 0
    ordered: Fraction = Fraction(0)
    arrived: Fraction = Fraction(0)


def part(have: Decimal, wanted: Decimal) -> Fraction:
    """How much of ``wanted`` is covered, 0 to 1."""
    return min(Fraction(1), Fraction(have) / Fraction(wanted)) if wanted > 0 else Fraction(1)


def covers(ctx: Ctx, order_ids: Sequence[int]) -> dict[int, Cover]:
    """By factory order. What is kept for it from our stock covers the need too. A fixed number of queries.

    A factory order without a need is measured against what was ordered for it.
    """
    ids = demands.ids_of(ctx, ORDER, order_ids)
    required = {
        d: {n.key: n.required for n in found} for d, found in demands.needs(ctx, ids.values()).items()
    }
    bought: dict[tuple[int, Key], Decimal] = defaultdict(lambda: ZERO)
    coming: dict[tuple[int, Key], Decimal] = defaultdict(lambda: ZERO)
    for share in allocation.shares(ctx, ids.values()):
        bought[share.demand_id, share.key] += share.ordered
        coming[share.demand_id, share.key] += share.open
    there = arrivals.covered(ctx, ids.values())
    result = dict.fromkeys(order_ids, Cover())
    for order, demand in ids.items():
        groups = required[demand] or {key: qty for (d, key), qty in bought.items() if d == demand and qty}
        have = {key: there.get((demand, key), ZERO) for key in groups}
        result[order] = Cover(
            len(groups),
            sum((part(have[k] + coming[demand, k], qty) for k, qty in groups.items()), Fraction(0)),
            sum((part(have[k], qty) for k, qty in groups.items()), Fraction(0)),
        )
    return result


def _covers(ctx: Ctx, ids: Sequence[int]) -> dict[int, Cover]:
    """Of all factory orders behind a page of customer orders, computed once for both columns."""
    orders = {m.id for found in process.makers(ctx, ids).values() for m in found}
    return ctx.memo.each("factory_buying.covers", orders, lambda new: covers(ctx, new))


def _figures(ctx: Ctx, ids: Sequence[int], name: str) -> Mapping[int, Figure]:
    found = _covers(ctx, ids)
    result = {}
    for customer_order, makers in process.makers(ctx, ids).items():
        mine = [found[m.id] for m in makers]
        groups = sum(cover.groups for cover in mine)
        done: Fraction = sum((getattr(cover, name) for cover in mine), Fraction(0))
        href = process.behind(customer_order, makers, "#buying-need-panel")
        if groups:
            value = round_half_up(Decimal(done.numerator * 100) / (done.denominator * groups), 2)
            result[customer_order] = Figure(value, "pct", href)
    return result


def ordered(ctx: Ctx, ids: Sequence[int]) -> Mapping[int, Figure]:
    """There, or on issued purchase orders ÷ required."""
    return _figures(ctx, ids, "ordered")


def received(ctx: Ctx, ids: Sequence[int]) -> Mapping[int, Figure]:
    """There ÷ required."""
    return _figures(ctx, ids, "arrived")


def register(registry: Declare) -> None:
    """The two columns."""
    shared = T(
        "A factory order is counted whole, whatever else it makes; of several, all their groups together."
    )
    registry.step(
        ProcessStep(
            "ordered", CUSTOMER, T("FO ordered %"), ordered, 20, "purchasing.order.view",
            help=T("Material on issued purchase orders or set aside from stock, of what is required: the average over the "
                   "material groups, each capped at 100 %. {shared}", shared=shared),
        )
    )  # fmt: skip
    registry.step(
        ProcessStep(
            "received", CUSTOMER, T("FO received %"), received, 30, "receiving.receipt.view",
            help=T("Material accepted or set aside from stock, of what is required: the average over the material groups, "
                   "each capped at 100 %. {shared}", shared=shared),
        )
    )  # fmt: skip
