"""Days that older data kept only in the audit trail: migrations take them from there, in the tenant's zone."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from core.api import Ctx
from core.data import migrate
from core.kernel import tenants
from core.kernel.hub import Hub
from core.testing.databases import new_database
from core.testing.ground import config_for
from plugins.catalog import plugin as catalog
from plugins.catalog.models import Material, PaymentTermLine, Style
from plugins.orders import plugin as orders
from plugins.orders.models import CustomerOrder
from plugins.outsourcing import plugin as outsourcing
from plugins.outsourcing.models import FactoryOrder, FactoryOrderLine
from tests.plugins.catalog.consumption import save_bom
from tests.plugins.outsourcing.conftest import picked

from .conftest import catalogue, do, made, sold

EVENING = datetime(2026, 9, 24, 17, 30, tzinfo=UTC)
"""Already the next day in Taipei."""
DAY = date(2026, 9, 25)


numbers = itertools.count()


@pytest.fixture
def hub_with(tmp_path, worker, monkeypatch):
    """Makes a hub with these plugins on a database of its own, and a tenant in Taipei."""
    made_hubs = []
    monkeypatch.setattr(Ctx, "now", lambda self: EVENING)

    def make(*modules):
        name = f"{worker}_days_{next(numbers)}"
        hub = Hub(config_for(new_database(tmp_path, name), tmp_path, ()), modules)
        migrate.upgrade_database(hub)
        made_hubs.append(hub)
        info = tenants.create_tenant(
            hub, "T", "T", timezone="Asia/Taipei", plugins=[m.manifest.name for m in modules]
        )
        return hub, info

    yield make
    for hub in made_hubs:
        hub.engine.dispose()


def again(hub, plugin, revision):
    migrate.downgrade(hub, plugin, revision)
    migrate.upgrade_database(hub)


def test_since_when_consumption_stands(hub_with):
    hub, info = hub_with(catalog)
    with hub.context(info) as ctx:
        catalogue(ctx)
        ctx.session.add(
            Material(code="FAB", name="Fab", material_class="main", stock_uom="kg", stock_step=1, purchase_uom="kg",
                     factor=1, gate_stage="cutting")
        )  # fmt: skip
        ctx.session.flush()
        save_bom(
            ctx,
            ctx.session.scalars(select(Style).where(Style.code == "ST-1")).one(),
            [{"material": "FAB", "uom": "kg", "consumption": "0.2", "color_rule": "none"}],
        )
    again(hub, "catalog", "catalog_0002")
    with hub.context(info) as ctx:
        assert dict(ctx.session.execute(select(Style.code, Style.bom_since)).all()) == {
            "ST-1": DAY,
            "ST-2": None,
        }


def test_when_an_order_was_confirmed(hub_with):
    hub, info = hub_with(catalog, orders)
    with hub.context(info) as ctx:
        catalogue(ctx)
        sold(ctx, ("ST-1", "NVY", "US-LAX", {"S": 10}), po="yes")
        back = sold(ctx, ("ST-1", "NVY", "US-LAX", {"S": 10}), po="no")
        do(ctx, back, "to_draft")
    again(hub, "orders", "orders_0001")
    with hub.context(info) as ctx:
        found = dict(ctx.session.execute(select(CustomerOrder.customer_po, CustomerOrder.confirmed_on)).all())
    assert found == {"yes": DAY, "no": None}


@pytest.mark.more
def test_payment_terms_are_those_that_were_issued(hub_with):
    hub, info = hub_with(catalog, orders, outsourcing)
    with hub.context(info) as ctx:
        catalogue(ctx)
        for n, factory in enumerate(("F1", "F2", "F1")):  # F2 has no terms, the last is a draft
            so = sold(ctx, ("ST-1", "NVY", "US-LAX", {"S": 10}), po=str(n))
            fo = made(ctx, factory)
            do(ctx, fo, "add_work", work=picked(so.number))
            style = ctx.session.scalars(select(Style).where(Style.code == "ST-1")).one()
            do(ctx, fo, "set_price", style=style, price=Decimal(1))
            if n < 2:
                do(ctx, fo, "issue")

    def agreed():
        with hub.context(info) as ctx:
            return ctx.session.scalars(select(FactoryOrder.agreed_terms).order_by(FactoryOrder.id)).all()

    issued = agreed()
    assert [line["pct"] for line in issued[0]] == ["30", "70"]
    assert issued[1:] == [None, None]
    with hub.context(info) as ctx:
        ctx.session.execute(update(PaymentTermLine).values(pct=Decimal(50)))
    again(hub, "outsourcing", "outsourcing_0003")
    assert agreed() == issued


@pytest.mark.more
def test_when_production_started_and_lines_were_closed(hub_with):
    hub, info = hub_with(catalog, orders, outsourcing)
    with hub.context(info) as ctx:
        catalogue(ctx)
        for n in range(3):
            so = sold(
                ctx, ("ST-1", "NVY", "US-LAX", {"S": 10}), ("ST-2", "NVY", "US-LAX", {"S": 10}), po=str(n)
            )
            fo = made(ctx)
            do(ctx, fo, "add_work", work=picked(so.number))
            do(
                ctx,
                fo,
                "set_price",
                style=ctx.session.scalars(select(Style).where(Style.code == "ST-2")).one(),
                price=Decimal(1),
            )
            do(ctx, fo, "issue")
            if n:
                do(ctx, fo, "start")
            if n == 2:
                do(ctx, fo, "short_close", line=2, reason="no cloth")
    again(hub, "outsourcing", "outsourcing_0001")
    with hub.context(info) as ctx:
        started = ctx.session.scalars(select(FactoryOrder.started_on).order_by(FactoryOrder.id)).all()
        closed = ctx.session.scalars(
            select(FactoryOrderLine.short_closed_on).order_by(FactoryOrderLine.id)
        ).all()
    assert started == [None, DAY, DAY]
    assert closed == [None, None, None, None, None, DAY]
