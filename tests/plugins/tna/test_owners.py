"""A timeline belongs to a document of any kind: who tells of such documents is asked, and nobody is known by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from core.api import Ctx, EntityRef, Event, Refused, T, hookimpl
from core.base_api import TenantInfo
from core.kernel import enablement
from core.kernel.hub import Hub
from core.testing.declaring import declare_for_test
from plugins.orders.models import CustomerOrder
from plugins.outsourcing.models import FactoryOrder
from plugins.tna.api import Course, TimelineKind, build, hub, templates
from plugins.tna.models import Template, Timeline
from plugins.tna.services import owners
from tests.plugins.outsourcing.conftest import do
from tests.plugins.tna.conftest import MAKING, SHIP, TODAY, stone

PRESSED = "press.pressed"
PARTNER = "catalog.partner"


class Press:
    """Stands for a plugin whose documents have timelines: partners, for want of another one, that are due one day."""

    due: date | None = SHIP
    pressed: date | None = None


@pytest.fixture
def press(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Iterator[Press]:
    keeper = Press()

    class Plugin:
        @hookimpl
        def timeline_kinds(self, ctx: Ctx) -> Sequence[TimelineKind]:
            return [TimelineKind(PARTNER, "", (), PRESSED)]

        @hookimpl
        def timeline_courses(self, ctx: Ctx, entity: str, ids: Sequence[int]) -> Mapping[int, Course] | None:
            return {i: Course(f"P-{i}", keeper.due) for i in ids} if entity == PARTNER else None

        @hookimpl
        def milestones(
            self, ctx: Ctx, entity: str, ids: Sequence[int]
        ) -> Mapping[int, Mapping[str, date]] | None:
            return (
                {i: {PRESSED: keeper.pressed} for i in ids if keeper.pressed} if entity == PARTNER else None
            )

    known = enablement.enabled_plugins
    monkeypatch.setattr(enablement, "enabled_plugins", lambda h, s: known(h, s) | {"press"})
    declare_for_test(hub.registry, monkeypatch, Event(PRESSED, T("Pressed"), "", "press"))
    plugin = Plugin()
    hub.manager.register(plugin, name="press")
    yield keeper
    hub.manager.unregister(plugin)


def test_factory_orders_tell_of_their_course_and_of_what_belongs_to_them(
    shop: Ctx, fo: FactoryOrder, so: CustomerOrder
) -> None:
    assert list(owners.kinds(shop)) == [MAKING]
    (courses,) = shop.hooks.timeline_courses(entity=MAKING, ids=[fo.id])
    assert courses == {fo.id: Course(fo.number, SHIP, fo.factory_id, None)}
    (parts,) = shop.hooks.timeline_parts(entity=MAKING, ids=[fo.id])
    styles = {line.style_id for line in fo.lines}
    assert set(parts[fo.id]) == {
        EntityRef("orders.order", so.id),
        *(EntityRef("catalog.style", i) for i in styles),
    }
    for ref in parts[fo.id]:
        (told,) = shop.hooks.timeline_owners(entity=ref.entity, ids=[ref.id])
        assert list(told) == [EntityRef(MAKING, fo.id)]


def test_without_factory_orders_the_timeline_stays_and_knows_none(
    hub: Hub, make_tenant: Callable[..., TenantInfo], client_as: Callable[..., Any]
) -> None:
    info = make_tenant(plugins=["tna"])
    with hub.context(info) as ctx:
        assert {p for p in ctx.enabled if not p.startswith("base_")} == {"catalog", "tna"}
        assert owners.kinds(ctx) == {}
        assert ctx.session.scalars(select(Template.code)).all()
    client = client_as("mgr", of=info)
    for address in ("/", "/tna/timeline/", "/tna/gantt/", "/tna/mine/", "/tna/template/"):
        assert client.get(address).status_code == 200, address


def test_a_document_of_another_kind(
    press: Press, shop: Ctx, template: Template, fo: FactoryOrder, client_as: Callable[..., Any]
) -> None:
    template.lines[0].event = PRESSED
    shop.session.flush()
    owner = EntityRef(PARTNER, fo.factory_id)
    row = build.create(shop, owner, templates.standard(shop))
    assert (row.number, row.anchor, row.factory_id, row.owner) == (f"P-{owner.id}", SHIP, None, owner)
    assert hub.planned_starts(shop, PARTNER, [owner.id]) == {owner.id: stone(row, "START").target}
    press.pressed = TODAY
    shop.hooks.milestones_changed(entity=PARTNER, ids=[owner.id])
    assert stone(row, "START").actual == TODAY
    assert hub.planned_starts(shop, PARTNER, [owner.id]) == {}
    press.pressed = None
    shop.hooks.milestones_changed(entity=PARTNER, ids=[owner.id])
    assert stone(row, "START").actual is None
    with pytest.raises(Refused, match="has a timeline already"):
        build.create(shop, owner, template)
    do(shop, fo, "issue")  # the event is one of several kinds: factory orders have not had it
    (made,) = shop.session.scalars(select(Timeline).where(Timeline.entity == MAKING))
    assert stone(made, "START").actual is None
    shop.session.commit()
    client = client_as("mgr")
    page = client.get(f"/tna/timeline/{row.id}")
    assert page.status_code == 200
    assert f'href="/catalog/partner/{owner.id}">P-{owner.id}<' in page.text
    assert "Whole timeline" in client.get(f"/catalog/partner/{owner.id}").text
    for address in ("/tna/timeline/", "/tna/gantt/", "/tna/mine/?role=all", "/"):
        assert f"P-{owner.id}" in client.get(address).text, address
    assert client.get(f"/tna/timeline/{row.id}/pdf/tna.timeline?language=en").status_code == 200


def test_nothing_is_counted_back_from_a_day_that_is_not_known(
    press: Press, shop: Ctx, template: Template
) -> None:
    press.due = None
    with pytest.raises(Refused, match="P-1 has no line with a ship date"):
        build.create(shop, EntityRef(PARTNER, 1), template)
