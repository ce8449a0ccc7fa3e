"""Timelines of factory orders: made, followed by events, closed, computed anew with each day."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from core.api import Ctx, EntityRef, Refused, audit_history
from core.base_api import TenantInfo
from core.db import flush_rows
from core.kernel import enablement
from core.kernel.hub import Hub
from core.work.clock import ask
from core.work.jobs import run_due
from plugins.catalog.models import Partner
from plugins.factory_timeline import shown
from plugins.factory_timeline.services import courses
from plugins.orders.models import CustomerOrder
from plugins.outsourcing.models import FactoryOrder, FactoryOrderLine
from plugins.tna.models import Template, Timeline
from plugins.tna.services import build, days, events, schedule, status
from plugins.tna.shown import columns
from plugins.tna.shown import hub_page as hub_parts
from tests.plugins.outsourcing.conftest import do
from tests.plugins.tna.conftest import (
    END,
    MAKING,
    MIDDLE,
    RANG,
    SHIP,
    SOLD,
    START,
    TODAY,
    Bells,
    facts,
    fresh,
    stone,
)

DAY = timedelta(days=1)
As = Callable[..., AbstractContextManager[Ctx]]


# --- made --------------------------------------------------------------------------------------------------------------


def test_issuing_makes_a_timeline_counted_back_from_the_earliest_ship_date(
    timeline: Timeline, fo: FactoryOrder
) -> None:
    assert (timeline.number, timeline.anchor, timeline.made_on) == (fo.number, SHIP, TODAY)
    assert [m.target for m in timeline.milestones] == [START, MIDDLE, END]
    assert [m.baseline for m in timeline.milestones] == [START, MIDDLE, END]
    # START is 5 days late; MIDDLE waits for it: 11-23 + 5 = 11-28 > 11-27; END 12-03, 5 days before its target
    assert facts(timeline) == ("at_risk", -5, 1, 1, 1, 0, 3, "START")
    assert (timeline.compressed, timeline.fit, timeline.status_on) == (5, "", TODAY)


def test_the_earliest_live_line_decides(timeline: Timeline, shop: Ctx, fo: FactoryOrder) -> None:
    lines = shop.session.scalars(select(FactoryOrderLine).where(FactoryOrderLine.order_id == fo.id)).all()
    lines[0].ship_date = SHIP - 7 * DAY
    flush_rows(shop.session)
    assert courses.of_orders(shop, [fo.id])[fo.id].due == SHIP - 7 * DAY
    lines[0].flag = "cancelled"
    flush_rows(shop.session)
    assert courses.of_orders(shop, [fo.id])[fo.id].due == SHIP
    lines[0].flag, lines[0].short_closed = "", True
    flush_rows(shop.session)
    assert courses.of_orders(shop, [fo.id])[fo.id].due == SHIP


def test_by_hand_for_a_draft_with_a_template_of_ones_choice(
    bells: Bells, shop: Ctx, template: Template, fo: FactoryOrder
) -> None:
    short = shop.session.scalars(select(Template).where(Template.code == "TNA-60")).one()
    made = do(shop, fo, "tna_create", template=short)
    assert isinstance(made, Timeline)
    assert len(made.milestones) == 23
    with pytest.raises(Refused, match="has a timeline already"):
        do(shop, fo, "tna_create")
    do(shop, fo, "issue")
    assert build.find_timeline(shop, EntityRef(MAKING, fo.id)) is made


def test_issuing_works_without_any_template(shop: Ctx, fo: FactoryOrder) -> None:
    shop.session.execute(update(Template).values(active=False))
    do(shop, fo, "issue")
    assert fo.state == "issued"
    assert build.find_timeline(shop, EntityRef(MAKING, fo.id)) is None


def test_no_ship_date_no_timeline(shop: Ctx, template: Template, fo: FactoryOrder) -> None:
    shop.session.execute(update(FactoryOrderLine).values(ship_date=None))
    with pytest.raises(Refused, match="no line with a ship date"):
        do(shop, fo, "tna_create")


# --- events ------------------------------------------------------------------------------------------------------------


def test_an_event_sets_the_day_and_taking_it_back_clears_it(
    timeline: Timeline, shop: Ctx, bells: Bells
) -> None:
    bells.ring(shop, "outsourcing.order", timeline.owner_id, RANG, date(2026, 11, 17))
    start = stone(timeline, "START")
    assert (start.happened, start.typed, start.actual) == (date(2026, 11, 17), None, date(2026, 11, 17))
    # MIDDLE: max(11-23, 11-17 + 5) = 11-23, its target is 4 days off; END 11-28
    assert facts(timeline) == ("on_time", -10, 0, 0, 0, 1, 2, "MIDDLE")
    bells.ring(shop, "outsourcing.order", timeline.owner_id, RANG, None)
    assert stone(timeline, "START").actual is None
    assert facts(timeline) == ("at_risk", -5, 1, 1, 1, 0, 3, "START")


def test_what_happened_before_is_in_a_new_timeline(
    bells: Bells, shop: Ctx, template: Template, fo: FactoryOrder
) -> None:
    bells.days["outsourcing.order"] = {fo.id: {RANG: date(2026, 11, 16)}}
    do(shop, fo, "issue")
    row = build.find_timeline(shop, EntityRef(MAKING, fo.id))
    assert row is not None
    assert (stone(row, "START").actual, row.compressed) == (date(2026, 11, 16), 0)


def test_an_event_of_customer_orders_waits_for_all_of_them(
    timeline: Timeline, shop: Ctx, bells: Bells, so: CustomerOrder
) -> None:
    bells.ring(shop, "orders.order", so.id, SOLD, date(2026, 11, 20))
    assert stone(timeline, "MIDDLE").actual == date(2026, 11, 20)
    said = {so.id: {SOLD: date(2026, 11, 20)}, 99: {SOLD: date(2026, 11, 22)}}
    assert events._all_happened(said, {so.id, 99}, SOLD) == date(2026, 11, 22)
    assert events._all_happened(said, {so.id, 99, 100}, SOLD) is None
    assert events._all_happened(said, set(), SOLD) is None


def test_what_a_person_entered_wins_and_can_be_taken_back(
    timeline: Timeline, shop: Ctx, bells: Bells
) -> None:
    do(shop, timeline, "set_actual", milestone="START", actual=date(2026, 11, 19), note="by fax")
    bells.ring(shop, "outsourcing.order", timeline.owner_id, RANG, date(2026, 11, 17))
    start = stone(timeline, "START")
    assert (start.actual, start.typed, start.happened, start.note) == (
        date(2026, 11, 19),
        date(2026, 11, 19),
        date(2026, 11, 17),
        "by fax",
    )
    do(shop, timeline, "set_actual", milestone="START", actual=None)
    assert (start.actual, start.typed, start.note) == (date(2026, 11, 17), None, "")
    with pytest.raises(Refused, match="came by itself"):
        do(shop, timeline, "set_actuals", actuals=[{"milestone": "START"}])


def test_a_plugin_that_is_off_leaves_what_it_said(
    timeline: Timeline, hub: Hub, bells: Bells, monkeypatch: pytest.MonkeyPatch, shop: Ctx
) -> None:
    bells.ring(shop, "outsourcing.order", timeline.owner_id, RANG, date(2026, 11, 17))
    shop.session.commit()
    known = enablement.enabled_plugins
    monkeypatch.setattr(enablement, "enabled_plugins", lambda h, s: known(h, s) - {"bells"})
    with hub.context(shop.tenant) as later:
        events.refresh(later, [timeline.owner])
    assert stone(fresh(shop, timeline), "START").actual == date(2026, 11, 17)


# --- with the factory order, and with the days -------------------------------------------------------------------------


def test_cancelled_closes_and_reopened_opens(timeline: Timeline, shop: Ctx, fo: FactoryOrder) -> None:
    do(shop, fo, "cancel", reason="no")
    assert timeline.state == "closed"
    with pytest.raises(Refused):
        do(shop, timeline, "set_actual", milestone="START", actual=TODAY)
    assert columns.due(shop, None) == []
    do(shop, fo, "reopen", reason="yes")
    assert timeline.state == "open"
    assert [e.action for e in audit_history(shop, "tna.timeline", timeline.id)][:2] == ["reopen", "close"]


def test_a_new_day_is_computed_for_what_is_shown_and_kept_by_the_daily_job(
    timeline: Timeline, shop: Ctx, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = timeline.version
    shop.session.commit()
    monkeypatch.setattr(Ctx, "today", lambda self: date(2026, 11, 28))
    with hub.context(shop.tenant, write=False) as later:
        row = later.session.scalars(select(Timeline)).one()
        assert row.status == "at_risk"  # as kept five days ago
        assert status.current(later, [row])[row.id]["status"] == "late"
    with hub.context(shop.tenant) as later:
        assert ask(later) >= 1
    run_due(hub, 50, [shop.tenant])
    kept = fresh(shop, timeline)
    # START 10 days late, MIDDLE (critical) 1 day; END 11-28 + 5 + 5 = 12-08, on its target
    assert facts(kept) == ("late", 0, 2, 1, 0, 0, 3, "START")
    assert (kept.status_on, kept.version) == (date(2026, 11, 28), version)


def test_mine_this_week_and_tasks(timeline: Timeline, shop: Ctx, ctx_as: As) -> None:
    assert [(d.milestone.code, d.verdict.status) for d in columns.due(shop, None)] == [
        ("START", "late"),
        ("MIDDLE", "at_risk"),
    ]
    assert [d.milestone.code for d in columns.due(shop, {"merch"})] == ["MIDDLE"]
    shop.session.commit()
    with ctx_as("wh") as wh:
        assert [(str(t.label), t.subject, t.due, t.tone) for t in hub_parts.tasks(wh)] == [
            ("Start: enter it when it is done", timeline.number, START, "bad")
        ]
    with ctx_as("fin") as fin:
        assert hub_parts.tasks(fin) == []


def test_the_process_step_takes_the_worst_factory_order(
    timeline: Timeline, shop: Ctx, so: CustomerOrder
) -> None:
    figure = shown.worst(shop, [so.id, 987_654])
    assert set(figure) == {so.id}
    assert (str(figure[so.id].value), figure[so.id].tone, figure[so.id].href) == (
        "At risk",
        "warn",
        f"/tna/timeline/{timeline.id}",
    )


def test_when_production_is_planned_to_start(timeline: Timeline, shop: Ctx, fo: FactoryOrder) -> None:
    assert (
        hub_parts.planned_starts(shop, MAKING, [fo.id]) == {}
    )  # no milestone that the start of production sets
    middle = stone(timeline, "MIDDLE")
    middle.event = "outsourcing.started"
    shop.session.flush()
    assert hub_parts.planned_starts(shop, MAKING, [fo.id]) == {fo.id: MIDDLE}
    middle.actual = TODAY
    shop.session.flush()
    assert hub_parts.planned_starts(shop, MAKING, [fo.id]) == {}


def test_other_tenants_see_nothing(timeline: Timeline, other_tenant: TenantInfo, hub: Hub, shop: Ctx) -> None:
    shop.session.commit()
    with hub.context(other_tenant) as other:
        assert other.session.scalars(select(Timeline)).all() == []
        assert status.refresh_open(other) == 0
        events.refresh(other, [timeline.owner])
    assert fresh(shop, timeline).status_on == TODAY


def test_a_factory_with_its_own_days_off(
    bells: Bells, shop: Ctx, template: Template, fo: FactoryOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from plugins.catalog.api import WorkCalendar

    template.lines[1].calendar = "factory"
    flush_rows(shop.session)
    factory = shop.session.scalars(select(Partner).where(Partner.code == "F1")).one()
    own = {factory.id: WorkCalendar(weekly_off=frozenset({6}))}  # works on Saturdays
    monkeypatch.setattr(days.calendars, "of_factories", lambda ctx, ids: own)
    do(shop, fo, "issue")
    row = build.find_timeline(shop, EntityRef(MAKING, fo.id))
    assert row is not None
    assert [m.target for m in row.milestones] == [START, date(2026, 11, 28), END]


def test_the_rules_module_is_what_the_database_says(timeline: Timeline, shop: Ctx) -> None:
    by_hand = schedule.evaluate(status.steps_of(timeline.milestones), TODAY)
    assert status.outcomes(shop, [timeline.id]) == {timeline.id: by_hand}
