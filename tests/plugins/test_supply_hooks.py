"""What plugins tell of supplies, needs and changes, asked as a new plugin would ask: through the hooks alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.api import Ctx, hookimpl
from core.base_api import TenantInfo
from core.kernel import enablement
from core.kernel.hub import Hub
from plugins.base_company.services import company
from plugins.outsourcing.models import FactoryOrder
from plugins.outsourcing.services import milestones
from plugins.stock.models import Demand
from plugins.stock.services import arrivals, demands


@pytest.fixture
def demo(hub: Hub, demo_tenant: TenantInfo) -> Iterator[Ctx]:
    """The demo tenant, for reading."""
    with hub.context(demo_tenant, write=False) as ctx:
        yield ctx


def of_all(ctx: Ctx) -> list[int]:
    return list(ctx.session.scalars(select(Demand.id)))


def merged(answers: Sequence[object]) -> dict[object, Decimal]:
    """The answers of all plugins added up."""
    found: dict[object, Decimal] = {}
    for answer in answers:
        for key, qty in (answer or {}).items():  # type: ignore[attr-defined]
            found[key] = found.get(key, Decimal(0)) + qty
    return found


def test_what_is_on_order_is_told_for_all_or_for_some_demands(demo: Ctx) -> None:
    ids = of_all(demo)
    ordered = merged(demo.hooks.ordered_supply(demand_ids=ids))
    assert ordered
    assert {demand for demand, _key in ordered} <= set(ids)
    one = next(iter(ordered))[0]
    assert merged(demo.hooks.ordered_supply(demand_ids=[one])) == {
        key: qty for key, qty in ordered.items() if key[0] == one
    }


def test_what_is_expected_is_told_for_all_or_for_some_materials(demo: Ctx) -> None:
    every = demo.hooks.each("expected_supply", material_ids=None, demand_ids=None)
    assert every
    assert all(found.qty > 0 for found in every)
    one = every[0].item.id
    assert [f for f in every if f.item.id == one] == demo.hooks.each(
        "expected_supply", material_ids=[one], demand_ids=None
    )


def test_what_arrived_was_wanted(demo: Ctx) -> None:
    ids = of_all(demo)
    arrived = arrivals.arrived(demo, ids)
    assert arrived
    assert set(arrived) <= set(demands.required(demo, ids))


def test_drafts_say_what_they_would_want(demo: Ctx) -> None:
    drafts = list(demo.session.scalars(select(FactoryOrder.id).where(FactoryOrder.state == "draft")))
    assert drafts
    (told,) = [
        a for a in demo.hooks.planned_needs(entity="outsourcing.order", owner_ids=drafts) if a is not None
    ]
    rows = demo.session.execute(select(Demand.owner_id, Demand.id).where(Demand.owner_id.in_(drafts))).all()
    kept = demands.needs(demo, [demand for _owner, demand in rows])
    assert {owner: list(told[owner]) for owner, _demand in rows if owner in told} == {
        owner: kept[demand] for owner, demand in rows if owner in told
    }
    assert demo.hooks.planned_needs(entity="orders.order", owner_ids=[1]) in ([], [{}])


@pytest.fixture
def heard(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, object]]]:
    """What a plugin that is on hears; it must come before the contexts that shall tell it."""
    told: list[tuple[str, object]] = []

    @hookimpl
    def factory_orders_changed(ctx: Ctx, order_ids: Sequence[int]) -> None:
        told.append(("factory orders", tuple(order_ids)))

    @hookimpl
    def settings_changed(ctx: Ctx, plugin: str) -> None:
        told.append(("settings", plugin))

    known = enablement.enabled_plugins
    monkeypatch.setattr(enablement, "enabled_plugins", lambda h, s: known(h, s) | {"listening"})
    plugin = type(sys)("listening")
    plugin.factory_orders_changed = factory_orders_changed  # type: ignore[attr-defined]
    plugin.settings_changed = settings_changed  # type: ignore[attr-defined]
    hub.manager.register(plugin, name="listening")
    yield told
    hub.manager.unregister(plugin)


def test_a_factory_order_that_moved_is_told_once_with_the_others(
    heard: list[tuple[str, object]], ctx: Ctx
) -> None:
    milestones.moved(ctx, [9, 3, 3])
    milestones.moved(ctx, [])
    assert heard == [("factory orders", (3, 9))]


def test_settings_that_changed_are_told_with_their_plugin(heard: list[tuple[str, object]], ctx: Ctx) -> None:
    shown = next(s for s in company.settings(ctx) if s.plugin.name == "outsourcing")
    flag = next(f for f in shown.fields if f.kind == "bool")
    company.save_settings(ctx, "outsourcing", {flag.name: shown.values[flag.name]})
    assert heard == []
    company.save_settings(ctx, "outsourcing", {flag.name: not shown.values[flag.name]})
    assert heard == [("settings", "outsourcing")]
