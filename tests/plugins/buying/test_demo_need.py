"""Need, suggestions and purchase lines of the demo company: what the hub says against the same figures worked out by hand."""

from __future__ import annotations

import math
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import select

from core.base_api import TenantInfo
from core.kernel.hub import Hub
from plugins.buying.services import needs
from plugins.outsourcing.models import FactoryOrder
from plugins.purchasing.models import PurchaseOrder
from plugins.purchasing.shown import figures
from tests.demo_by_hand import MATERIALS, PO_LINES, Group, bought, exact, group_of, over, required, returned
from tests.plugins.purchasing.conftest import demanded

ORDERS = ("FO-2026-0001", "FO-2026-0002", "FO-2026-0003")
ZERO = Fraction(0)
FIRST = {
    # sizes of the two lines of ST-2601: navy 200 500 700 500 200, white 120 300 420 300 120; of the two of ST-2602:
    # grey 140 410 590 440 220, black 50 200 300 300 150 (XS S M L XL)
    "FAB-SJ160 NVY": "384.25",  # 200 × .150 + 500 × .160 + 700 × .172 + 500 × .185 + 200 × .198 = 362.5, + 6 %
    "FAB-SJ160 WHT": "230.55",  # 18 + 48 + 72.24 + 55.5 + 23.76 = 217.5, + 6 %
    "FAB-RIB11 NVY": "26.72",  # 2,100 × .012 = 25.2, + 6 % = 26.712
    "FAB-RIB11 WHT": "16.03",  # 1,260 × .012 = 15.12, + 6 % = 16.0272
    "FAB-FT280 HGR": "1114.53", "FAB-FT280 BLK": "626.33",
    "FAB-RIB22 HGR": "179.55",  # 1,800 × .095, + 5 %
    "FAB-RIB22 BLK": "99.75",  # 1,000 × .095 × 1.05
    "THR-402 NVY": "63",  # 135 m × 2,100 ÷ 5,000 × 1.1 = 62.37
    "THR-402 WHT": "38",  # 135 × 1,260 ÷ 5,000 × 1.1 = 37.422
    "THR-402 HGR": "84", "THR-402 BLK": "47",
    "LBL-MAIN": "6284", "TAG": "6284", "PB": "6284",  # 6,160 × 1.02 = 6,283.2
    "LBL-CARE": "6345",  # 6,160 × 1.03 = 6,344.8
    "LBL-SIZE XS": "526",  # 510 × 1.03 = 525.3
    "LBL-SIZE S": "1453",  # 1,410 × 1.03 = 1,452.3
    "LBL-SIZE M": "2071",  # 2,010 × 1.03 = 2,070.3
    "LBL-SIZE L": "1587",  # 1,540 × 1.03 = 1,586.2
    "LBL-SIZE XL": "711",  # 690 × 1.03 = 710.7
    "CORD HGR": "2410.2",  # 1,800 × 1.3 m × 1.03
    "CORD BLK": "1339",  # 1,000 × 1.3 × 1.03
    "CTN US-LAX": "70",  # 2,520 ÷ 36
    "CTN US-NYC": "80",  # 840 ÷ 36 = 23.3 → 24, and 1,000 ÷ 18 = 55.6 → 56
    "CTN DE-HAM": "100",  # 1,800 ÷ 18
}  # fmt: skip


def named(group: Group) -> str:
    """A group as it is called on the page."""
    return " ".join(part for part in group if part)


def test_the_first_factory_orders_26_groups() -> None:
    """The arithmetic itself, against figures written down."""
    assert {named(g): exact(q).normalize() for g, q in required(ORDERS[0]).items()} == {
        name: Decimal(qty).normalize() for name, qty in FIRST.items()
    }


def free() -> dict[Group, Fraction]:
    """In the store for nobody."""
    here = over()
    for (_order, group), qty in returned().items():
        here[group] += qty
    return here


@pytest.mark.parametrize(
    ("order", "groups", "short"), [(ORDERS[0], 26, 2), (ORDERS[1], 30, 28), (ORDERS[2], 39, 39)]
)
def test_need_of_a_factory_order_by_hand(
    hub: Hub, demo_tenant: TenantInfo, order: str, groups: int, short: int
) -> None:
    """Required, ordered, received, free stock, remaining and suggestion of every group."""
    ordered: dict[Group, Fraction] = defaultdict(Fraction)
    opened: dict[Group, Fraction] = defaultdict(Fraction)
    arrived: dict[Group, Fraction] = defaultdict(Fraction)
    for key, line in bought().items():
        if PO_LINES[key]["factory_order"] == order:
            group = group_of(PO_LINES[key])
            ordered[group] += line.ordered_stock
            opened[group] += line.coming
            arrived[group] += line.stock
    for group, qty in over().items():
        arrived[group] -= min(qty, arrived[group])  # each of them is bought for one factory order
    for (of_order, group), qty in returned().items():
        arrived[group] -= qty if of_order == order else 0
    spare, mine = free(), {}
    for group, need in required(order).items():
        item = MATERIALS[group[0]]
        remaining = max(ZERO, need - opened[group] - arrived[group])
        buy = ZERO
        if remaining:
            multiple = Fraction(item["multiple_purchase_uom"])
            at_least = max(
                remaining / Fraction(item["stock_per_purchase_uom"]), Fraction(item["moq_purchase_uom"])
            )
            buy = math.ceil(at_least / multiple) * multiple
        figures_of = (need, ordered[group], arrived[group], spare.get(group, ZERO), remaining, buy)
        mine[named(group)] = tuple(exact(x).normalize() for x in figures_of)
    assert len(mine) == groups
    with hub.context(demo_tenant, write=False) as ctx:
        row = ctx.session.scalars(select(FactoryOrder).where(FactoryOrder.number == order)).one()
        panel = needs.panel(ctx, demanded(ctx, row))
    said = {
        str(r.name): tuple(
            x.normalize() for x in (r.required, r.ordered, r.arrived, r.free, r.remaining, r.suggested)
        )
        for r in panel
    }
    assert said == mine
    assert sum(1 for r in panel if r.short) == short


def test_purchase_lines_by_hand(hub: Hub, demo_tenant: TenantInfo) -> None:
    """Ordered, received, accepted, balance and what went into stock of all 33 lines."""
    mine = {
        (number, int(position)): tuple(
            exact(x).normalize()
            for x in (line.ordered, line.received, line.accepted, line.balance, line.stock)
        )
        for (number, position), line in bought().items()
    }
    assert len(mine) == 33
    said = {}
    with hub.context(demo_tenant, write=False) as ctx:
        for order in ctx.session.scalars(
            select(PurchaseOrder).where(PurchaseOrder.number.in_({n for n, _p in mine}))
        ):
            for line in figures.order_figures(ctx, order)["lines"]:
                values = (
                    line["qty"],
                    line["received"],
                    line["accepted"],
                    line["balance"],
                    line["stock_kept"],
                )
                said[order.number, line["position"]] = tuple(Decimal(v).normalize() for v in values)
    assert said == mine
