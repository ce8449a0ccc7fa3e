"""Migrations of purchasing that carry rows over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.data import migrate
from core.kernel import tenants
from core.kernel.hub import Hub
from core.testing.databases import new_database
from core.testing.ground import test_config as config_for
from plugins.catalog import plugin as catalog
from plugins.factory_stock import plugin as factory_stock
from plugins.orders import plugin as orders
from plugins.outsourcing import plugin as outsourcing
from plugins.purchasing import plugin as purchasing
from plugins.purchasing.models import Inspection
from plugins.purchasing.services import arrivals, inspection, posting
from plugins.stock import plugin as stock
from tests.plugins.outsourcing.conftest import catalogue, do, made, picked, sold

from .conftest import D, bought, came, goods, got, ids, line

NEEDED = (catalog, stock, orders, outsourcing, factory_stock, purchasing)


@pytest.fixture
def alone(tmp_path, worker):
    """A hub with what purchasing needs, on a database of its own."""
    hub = Hub(config_for(new_database(tmp_path, f"{worker}_inspections"), tmp_path, ()), NEEDED)
    migrate.upgrade(hub)
    yield hub
    hub.engine.dispose()


def test_the_day_of_an_inspection_is_taken_from_the_ledger(alone):
    info = tenants.create_tenant(alone, "T", "T", plugins=[p.manifest.name for p in NEEDED])
    with alone.context(info) as ctx:
        catalogue(ctx)
        goods(ctx)
        so = sold(ctx, ("ST-1", "NVY", "US-LAX", {"S": 10}))
        fo = made(ctx)
        do(ctx, fo, "add_work", work=picked(so.number, "ST-1"))
        day = ctx.today()
        row = bought(
            ctx, line(ctx, "KNT", "100", color="NVY"), line(ctx, "KNT", "50", color="WHT"), factory_order=fo
        )
        first, second = ids(ctx, row)
        receipt = came(ctx, row, got(first, "60"), received_on=day - timedelta(days=9), inspect=True)
        came(ctx, row, got(second, "50"), received_on=day - timedelta(days=8))
        (waits,) = posting.load_lines(ctx, receipt.id)
        inspection.inspect(ctx, receipt, waits, accepted=D(40), on=day - timedelta(days=5))
        inspection.inspect(ctx, receipt, waits, accepted=D(15), rejected=D(5), reason="defect",
                           on=day - timedelta(days=3))  # fmt: skip
        number = fo.id
    migrate.downgrade(alone, "purchasing", "purchasing_0001")
    migrate.upgrade(alone)
    with alone.context(info) as ctx:
        kept = ctx.session.scalars(select(Inspection)).one()
        assert (kept.decided_on, kept.accepted, kept.stock_accepted) == (
            day - timedelta(days=3),
            D(55),
            D(55),
        )
        found = [(a.day, a.qty) for a in arrivals.history(ctx, [number])]
        assert found == [(day - timedelta(days=8), D(50)), (day - timedelta(days=3), D(55))]
