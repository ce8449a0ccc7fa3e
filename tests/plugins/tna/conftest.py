"""A timeline whose days are known by heart, a stand-in for plugins that tell of events, and the demo tenant.

Today is Monday 2026-11-23, the factory order ships on Friday 2026-12-18, Saturdays and Sundays are off.
START 30 days before: Wed 2026-11-18. MIDDLE 20: Sat 28 → Fri 2026-11-27. END 10: Tue 2026-12-08.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update

from core.api import Ctx, Event, T, hookimpl
from core.base_api import TenantInfo
from core.db import flush_rows
from core.kernel import enablement
from core.kernel.hub import Hub
from core.testing.declaring import declare_for_test
from core.testing.scenes import stage
from plugins.outsourcing.models import FactoryOrder
from plugins.tna.models import Milestone, Template, TemplateLine, Timeline
from tests.plugins.outsourcing.conftest import do, fo, shop, so

__all__ = ["fo", "shop", "so"]
TODAY, SHIP = date(2026, 11, 23), date(2026, 12, 18)
START, MIDDLE, END = date(2026, 11, 18), date(2026, 11, 27), date(2026, 12, 8)
RANG, SOLD = "bells.rang", "bells.sold"
MAKING = "outsourcing.order"


@pytest.fixture(scope="session")
def demo(demo_tenant: TenantInfo) -> TenantInfo:
    """The demo tenant: read it, never change it."""
    return demo_tenant


class Bells:
    """Stands for plugins that tell of events: what happened to which document, by entity."""

    def __init__(self) -> None:
        self.days: dict[str, dict[int, dict[str, date]]] = {}

    def ring(self, ctx: Ctx, entity: str, row_id: int, code: str, day: date | None) -> None:
        """An event happened on a day, or (None) was taken back."""
        known = self.days.setdefault(entity, {}).setdefault(row_id, {})
        if day is None:
            known.pop(code, None)
        else:
            known[code] = day
        ctx.hooks.milestones_changed(entity=entity, ids=[row_id])


@pytest.fixture
def bells(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bells]:
    """The stand-in, switched on. It must come before the contexts that shall hear it."""
    keeper = Bells()

    @hookimpl
    def milestones(ctx: Ctx, entity: str, ids: Sequence[int]) -> dict[int, dict[str, date]]:
        known = keeper.days.get(entity, {})
        return {i: dict(known[i]) for i in ids if i in known}

    known = enablement.enabled_plugins
    monkeypatch.setattr(enablement, "enabled_plugins", lambda h, s: known(h, s) | {"bells"})
    declare_for_test(hub.registry, monkeypatch, Event(RANG, T("Rang"), "outsourcing.order", "bells"))
    declare_for_test(hub.registry, monkeypatch, Event(SOLD, T("Sold"), "orders.order", "bells"))
    plugin = type(sys)("bells")
    plugin.milestones = milestones  # type: ignore[attr-defined]
    hub.manager.register(plugin, name="bells")
    yield keeper
    hub.manager.unregister(plugin)


def line(code: str, offset: int, **more: Any) -> TemplateLine:
    """A template line with the quiet defaults."""
    values: dict[str, Any] = {
        "names": {"en": code.title()}, "owner_role": "merch", "calendar": "company", "working_days": False, "min_days": 0,
        "warn_days": 0, "predecessors": "", "event": "", "critical": False, "scope": "fo",
    }  # fmt: skip
    return TemplateLine(code=code, offset_days=offset, **{**values, **more})


@stage
def template(shop: Ctx) -> Template:
    """Three milestones; it takes the place of the standard template."""
    shop.session.execute(update(Template).values(standard=False))
    row = Template(code="T3", name="Three", standard=True, active=True)
    row.lines = [
        line("START", 30, event=RANG, owner_role="wh"),
        line("MIDDLE", 20, event=SOLD, predecessors="START", min_days=5, critical=True),
        line("END", 10, predecessors="MIDDLE", min_days=5, warn_days=3, critical=True),
    ]
    for n, each in enumerate(row.lines):
        each.position = n
    shop.session.add(row)
    flush_rows(shop.session)
    return row


@stage
def timeline(bells: Bells, shop: Ctx, template: Template, fo: FactoryOrder) -> Timeline:
    """The timeline of a factory order issued today."""
    do(shop, fo, "issue")
    return shop.session.scalars(select(Timeline).where(Timeline.owner_id == fo.id)).one()


def stone(row: Timeline, code: str) -> Milestone:
    """A milestone by its code."""
    return next(m for m in row.milestones if m.code == code)


def fresh(ctx: Ctx, row: Timeline) -> Timeline:
    """The timeline as others left it."""
    ctx.session.expire_all()
    return ctx.session.scalars(select(Timeline).where(Timeline.id == row.id)).one()


def facts(row: Timeline) -> tuple[Any, ...]:
    """How it stands, as kept: status, slip, late, of these not critical, at risk, done, open, next."""
    return row.status, row.slip, row.late, row.late_other, row.at_risk, row.done, row.left, row.next_code
