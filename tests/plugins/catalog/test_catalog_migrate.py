"""Migrations of the catalog that carry rows over."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from core.data import migrate
from core.entities import crud
from core.kernel import tenants
from core.kernel.hub import Hub
from core.testing.databases import new_database
from core.testing.ground import config_for
from plugins.catalog import plugin as catalog
from plugins.catalog.models import Calendar, Partner


@pytest.fixture
def alone(tmp_path, worker):
    """A hub with the catalog only, on a database of its own."""
    hub = Hub(config_for(new_database(tmp_path, f"{worker}_calendars"), tmp_path, ()), (catalog,))
    migrate.upgrade_database(hub)
    yield hub
    hub.engine.dispose()


def test_partners_that_named_a_calendar_follow_one_afterwards(alone):
    places = [tenants.create_tenant(alone, code, code, plugins=["catalog"]) for code in ("A", "B")]
    for n, info in enumerate(places):
        with alone.context(info) as ctx:
            own = crud.save_row(
                ctx,
                ctx.registry.get("catalog.calendar"),
                None,
                {"code": f"OLD-{n}", "name": "x", "weekly_off": []},
            )
            for code, calendar in (("P1", own), ("P2", own), ("P3", None)):
                crud.save_row(
                    ctx,
                    ctx.registry.get("catalog.partner"),
                    None,
                    {"code": code, "name": code, "is_factory": True, "calendar": calendar},
                )
    migrate.downgrade(alone, "catalog", "catalog_0001")
    with alone.context(places[0], write=False) as ctx:
        read = text("SELECT code, calendar FROM catalog_partner WHERE tenant_id = :tenant ORDER BY code")
        kept = ctx.session.execute(read, {"tenant": ctx.tenant.id}).all()
    assert kept == [("P1", "OLD-0"), ("P2", "OLD-0"), ("P3", "")]
    migrate.upgrade_database(alone)
    for n, info in enumerate(places):
        with alone.context(info) as ctx:
            made = ctx.session.scalars(select(Calendar)).one()
            assert (made.code, made.weekly_off, made.public_holidays) == (f"OLD-{n}", ["5", "6"], False)
            rows = ctx.session.scalars(select(Partner).order_by(Partner.code)).all()
            assert [row.calendar for row in rows] == [made, made, None]
            crud.save_row(ctx, ctx.registry.get("catalog.calendar"), made, {"name": "Named by a person"})
