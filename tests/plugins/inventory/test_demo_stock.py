"""Stock views and statement of the demo company against the same figures worked out by hand, today and on past days."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import select

from core import ledger
from core.base_api import TenantInfo
from core.kernel.hub import Hub
from plugins.catalog.models import Size, Style
from plugins.factory_stock.services import statement
from plugins.inventory.services import balances, garments
from plugins.outsourcing.models import FactoryOrder
from tests.demo_by_hand import (
    LAST,
    MATERIALS,
    PO_LINES,
    Group,
    bought,
    exact,
    group_of,
    issued,
    over,
    pieces,
    required,
    returned,
    standard,
)

FO = "FO-2026-0001"
ZERO = Fraction(0)


def plain(value: Fraction | Decimal) -> Decimal:
    """A figure without the zeros at its end."""
    return (exact(value) if isinstance(value, Fraction) else value).normalize()


def used(sent: dict[Group, Fraction], until: date) -> dict[Group, Fraction]:
    """Standard use of the accepted pieces, as far as material was there."""
    _net, gross = standard(FO, until)
    return {group: min(qty, sent.get(group, ZERO)) for group, qty in gross.items()}


@pytest.mark.parametrize(
    "day",
    [date(2026, 10, 9), date(2026, 10, 14), date(2026, 10, 22), date(2026, 11, 6), date(2026, 11, 20), LAST],
)
def test_every_material_by_hand(hub: Hub, demo_tenant: TenantInfo, day: date) -> None:
    """On hand, available, at factories, rejected and on order of every material, colour, size and destination."""
    here: dict[Group, Fraction] = defaultdict(Fraction)
    bad: dict[Group, Fraction] = defaultdict(Fraction)
    coming: dict[Group, Fraction] = defaultdict(Fraction)
    for key, line in bought(day).items():
        group = group_of(PO_LINES[key])
        here[group] += line.stock
        bad[group] += line.rejected
        coming[group] += line.coming
    away: dict[Group, Fraction] = defaultdict(Fraction)
    for (_order, group), qty in issued(day).items():
        here[group] -= qty
        away[group] += qty
    for group, qty in used(away, day).items():
        away[group] -= qty
    mine, spare = {}, over(day)
    for (_order, group), qty in returned(day).items():
        spare[group] += qty
    for group in {*here, *away, *bad}:
        row = (
            here[group],
            here[group] - spare.get(group, ZERO),
            spare.get(group, ZERO),
            away[group],
            ZERO,
            bad[group],
            coming[group] if day == LAST else ZERO,
        )
        if any(row):
            mine[group] = tuple(plain(x) for x in row)
    with hub.context(demo_tenant, write=False) as ctx:
        rows = [
            row
            for kind in ("main", "trim")
            for row in balances.materials(ctx, kind, on=None if day == LAST else day, size=1000).rows
        ]
    said = {
        (r.code, r.color, r.size, r.destination): tuple(
            plain(x) for x in (*(r.qty[figure] for figure in balances.PLACES), r.expected)
        )
        for r in rows
    }
    assert list(balances.PLACES) == ["on_hand", "reserved", "available", "factory", "inspection", "rejected"]
    assert {group: row for group, row in said.items() if any(row)} == mine


@pytest.mark.parametrize("day", [date(2026, 11, 18), date(2026, 11, 19), date(2026, 11, 21), LAST])
def test_finished_goods_by_size_by_hand(hub: Hub, demo_tenant: TenantInfo, day: date) -> None:
    """Pieces of each style, colour and size in the store; 350 have left by air on 22 November."""
    with hub.context(demo_tenant, write=False) as ctx:
        tables, _total = garments.garment_balances(ctx, on=None if day == LAST else day)
        sizes = {s.id: s.code for s in ctx.session.scalars(select(Size))}
        gone = ledger.balances(ctx, item_kind="garment", place_kinds=["customer"], on=day)
        traded = set(ctx.session.scalars(select(Style.id).where(Style.code.startswith("TR-"))))
    said = {
        (row.style, row.color, sizes[size_id]): int(qty)
        for found in tables
        for row in found.rows
        for size_id, qty in row.sizes.items()
        if qty and not row.style.startswith("TR-")  # what is traded is counted with its deliveries
    }
    assert said == {key: qty for key, qty in pieces(day).items() if qty}
    made = sum(qty for (garment, _place), qty in gone.items() if garment.id not in traded)
    assert made == (350 if day >= date(2026, 11, 22) else 0)


def test_the_statement_by_hand(hub: Hub, demo_tenant: TenantInfo) -> None:
    """Required, sent, returned, used by standard, at factory now and loss % of all 26 materials; it balances."""
    need, (net, gross), moved = required(FO), standard(FO), issued()
    back = {("FAB-SJ160", "WHT", "", ""): Fraction("6.4")}
    mine = {}
    for group, wanted in need.items():
        rest = moved.get((FO, group), ZERO)
        sent = rest + back.get(group, ZERO)
        took = min(gross.get(group, ZERO), rest)
        loss = (took - net[group]) * 100 / net[group] if net.get(group) and sent else None
        row = (wanted, sent, back.get(group, ZERO), took, gross.get(group, ZERO), rest - took)
        mine[group] = (*(plain(x) for x in row), None if loss is None else round(float(loss), 4))
    with hub.context(demo_tenant, write=False) as ctx:
        order = ctx.session.scalars(select(FactoryOrder).where(FactoryOrder.number == FO)).one()
        found = statement.of_order(ctx, order)
    said = {
        (r.name.material, r.name.color, r.name.size, r.name.destination): (
            *(plain(x) for x in (r.required, r.sent, r.returned, r.used, r.standard, r.at_factory)),
            None if r.loss_pct is None else round(float(r.loss_pct), 4),
        )
        for r in found.materials
    }
    assert said == mine
    assert len(mine) == 26
    assert found.balances
    # as written down: wastage is what was used above the net, 6 % for jersey, 10 % for thread
    assert mine["FAB-SJ160", "NVY", "", ""][-1] == 6.0
    assert mine["THR-402", "NVY", "", ""][-1] == 10.0
    assert set(MATERIALS) >= {group[0] for group in mine}
