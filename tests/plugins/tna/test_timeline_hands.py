"""What people do to timelines: enter days, mark risks, skip, move targets, answer proposals."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from core.api import Ctx, Refused, audit_history, run_action
from core.base_api import Denied
from plugins.base_files import api as files
from plugins.outsourcing.models import FactoryOrder, FactoryOrderLine
from plugins.tna.models import Template, Timeline
from plugins.tna.services import days, follow
from plugins.tna.shown import hub_page as hub_parts
from tests.plugins.outsourcing.conftest import do
from tests.plugins.tna.conftest import END, MIDDLE, SHIP, START, TODAY, facts, stone

DAY = timedelta(days=1)
As = Callable[..., AbstractContextManager[Ctx]]


# --- entered by hand ---------------------------------------------------------------------------------------------------


def test_the_future_has_not_happened(timeline: Timeline, shop: Ctx) -> None:
    with pytest.raises(Refused, match="2026-11-24 lies in the future") as caught:
        do(shop, timeline, "set_actual", milestone="START", actual=TODAY + DAY)
    assert caught.value.problems[0].field == "actual"
    do(shop, timeline, "set_actual", milestone="START", actual=TODAY)
    assert stone(timeline, "START").actual == TODAY


def test_each_role_enters_its_own(timeline: Timeline, ctx_as: As, shop: Ctx) -> None:
    shop.session.commit()
    with ctx_as("wh") as wh:
        row = wh.session.scalars(select(Timeline)).one()
        run_action(
            wh, wh.registry.entity_for(row), row, "set_actual", {"milestone": "START", "actual": TODAY}
        )
        with pytest.raises(Refused, match="another role"):
            run_action(
                wh, wh.registry.entity_for(row), row, "set_actual", {"milestone": "MIDDLE", "actual": TODAY}
            )
        with pytest.raises(Denied):
            run_action(
                wh,
                wh.registry.entity_for(row),
                row,
                "warn",
                {"milestone": "MIDDLE", "risk": True, "risk_note": "x"},
            )
        with pytest.raises(Denied):
            run_action(
                wh, wh.registry.entity_for(row), row, "set_target", {"milestone": "MIDDLE", "target": END}
            )
    with ctx_as("merch") as merch:  # keeps the whole timeline
        row = merch.session.scalars(select(Timeline)).one()
        run_action(
            merch, merch.registry.entity_for(row), row, "set_actual", {"milestone": "START", "actual": START}
        )


def test_a_risk_a_person_sees(timeline: Timeline, shop: Ctx) -> None:
    do(shop, timeline, "set_actual", milestone="START", actual=START)
    assert timeline.status == "on_time"
    with pytest.raises(Refused, match="what the risk is"):
        do(shop, timeline, "warn", milestone="END", risk=True)
    do(shop, timeline, "warn", milestone="END", risk=True, risk_note="strike at the port")
    assert (timeline.status, stone(timeline, "END").risk_note) == ("at_risk", "strike at the port")
    do(shop, timeline, "warn", milestone="END", risk=False)
    assert (timeline.status, stone(timeline, "END").risk_note) == ("on_time", "")


def test_skipping_needs_a_reason_and_is_looked_through(timeline: Timeline, shop: Ctx) -> None:
    with pytest.raises(Refused):
        do(shop, timeline, "skip", milestone="START", reason=" ")
    do(shop, timeline, "skip", milestone="MIDDLE", reason="a repeat")
    # END waits for START now: 11-23 + 5 = 11-28
    assert facts(timeline) == ("on_time", -10, 1, 1, 0, 0, 2, "START")
    with pytest.raises(Refused, match="is skipped"):
        do(shop, timeline, "set_actual", milestone="MIDDLE", actual=TODAY)
    do(shop, timeline, "unskip", milestone="MIDDLE")
    assert facts(timeline) == ("at_risk", -5, 1, 1, 1, 0, 3, "START")
    do(shop, timeline, "set_actual", milestone="START", actual=START)
    with pytest.raises(Refused, match="done already"):
        do(shop, timeline, "skip", milestone="START", reason="too late")


def test_moving_one_target_keeps_the_baseline_and_the_trail(timeline: Timeline, shop: Ctx) -> None:
    do(
        shop,
        timeline,
        "set_target",
        milestone="MIDDLE",
        target=date(2026, 11, 30),
        reason="dye house is full",
    )
    assert (stone(timeline, "MIDDLE").target, stone(timeline, "MIDDLE").baseline) == (
        date(2026, 11, 30),
        MIDDLE,
    )
    assert timeline.status == "on_time"
    entry = audit_history(shop, "tna.timeline", timeline.id)[0]
    assert (entry.action, entry.reason) == ("set_target", "dye house is full")
    assert entry.changes == [["MIDDLE target", "2026-11-27", "2026-11-30"]]
    with pytest.raises(Refused, match="after the ship date"):
        do(shop, timeline, "set_target", milestone="MIDDLE", target=SHIP + DAY)
    with pytest.raises(Refused, match="At most 999 days before the ship date 2026-12-18"):
        do(shop, timeline, "set_target", milestone="MIDDLE", target=date(2006, 11, 27))
    do(shop, timeline, "set_actual", milestone="START", actual=START)
    with pytest.raises(Refused, match="Only an open milestone"):
        do(shop, timeline, "set_target", milestone="START", target=END)
    assert follow.check(shop, [timeline]) == 0  # a target moved by hand is no proposal


def test_a_file_beside_a_milestone(timeline: Timeline, shop: Ctx) -> None:
    drawn = BytesIO()
    Image.new("RGB", (4, 3)).save(drawn, "PNG")
    do(shop, timeline, "set_actual", milestone="START", actual=TODAY, file=("scan.png", drawn.getvalue()))
    assert [(a.filename, a.kind) for a in files.attachments(shop, "tna.timeline", timeline.id)] == [
        ("scan.png", "start")
    ]


# --- dates that move ---------------------------------------------------------------------------------------------------


def revise(ctx: Ctx, order: FactoryOrder, day: date) -> None:
    lines = ctx.session.scalars(select(FactoryOrderLine).where(FactoryOrderLine.order_id == order.id)).all()
    do(
        ctx,
        order,
        "revise",
        lines=[{"line": x.position, "ship_date": day} for x in lines],
        reason="asked by the buyer",
    )


def test_a_new_ship_date_is_proposed_and_taken_over(timeline: Timeline, shop: Ctx, fo: FactoryOrder) -> None:
    do(shop, timeline, "set_actual", milestone="START", actual=START)
    revise(shop, fo, SHIP + 7 * DAY)
    assert (timeline.pending, timeline.anchor) == (2, SHIP)
    assert [m.target for m in timeline.milestones] == [START, MIDDLE, END]  # nothing has moved yet
    assert [t.number for t in hub_parts.waiting(shop)] == [timeline.number]
    do(shop, timeline, "rebaseline")
    # 12-25 − 20 = Sat 12-05 → Fri 12-04; − 10 = Tue 12-15; the one that is done keeps its own
    assert [m.target for m in timeline.milestones] == [START, date(2026, 12, 4), date(2026, 12, 15)]
    assert [m.baseline for m in timeline.milestones] == [START, MIDDLE, END]
    assert (timeline.anchor, timeline.rebaselines, timeline.pending) == (SHIP + 7 * DAY, 1, 0)
    with pytest.raises(Refused, match="nothing to move"):
        do(shop, timeline, "rebaseline")


def test_what_is_skipped_is_not_proposed_to_move(timeline: Timeline, shop: Ctx, fo: FactoryOrder) -> None:
    do(shop, timeline, "skip", milestone="MIDDLE", reason="a repeat")
    revise(shop, fo, SHIP + 7 * DAY)
    assert timeline.pending == 2
    do(shop, timeline, "rebaseline")
    assert stone(timeline, "MIDDLE").target == MIDDLE


def test_leaving_the_targets_is_an_answer_too(timeline: Timeline, shop: Ctx, fo: FactoryOrder) -> None:
    revise(shop, fo, SHIP + 7 * DAY)
    assert timeline.pending == 3
    do(shop, timeline, "keep_targets")
    assert [m.target for m in timeline.milestones] == [START, MIDDLE, END]
    assert (timeline.pending, timeline.anchor, timeline.rebaselines) == (0, SHIP + 7 * DAY, 0)
    assert follow.check(shop, [timeline]) == 0


def test_a_holiday_added_later_moves_nothing_until_somebody_agrees(
    timeline: Timeline, shop: Ctx, monkeypatch: pytest.MonkeyPatch
) -> None:
    from plugins.catalog.api import WorkCalendar

    holiday = WorkCalendar(off=frozenset({END}))
    monkeypatch.setattr(days.calendars, "company", lambda ctx: holiday)
    follow.daily(shop)
    assert (timeline.pending, stone(timeline, "END").target) == (1, END)
    do(shop, timeline, "rebaseline")
    assert stone(timeline, "END").target == END - DAY


def test_what_does_not_fit_is_kept_or_shortened(timeline: Timeline, shop: Ctx) -> None:
    assert timeline.compressed == 5
    do(shop, timeline, "scale")
    # 25 days are left of 30: 30 → 25, 20 → 16, 10 → 8; 12-18 − 25 = Mon 11-23, − 16 = Wed 12-02, − 8 = Thu 12-10
    assert [m.offset_days for m in timeline.milestones] == [25, 16, 8]
    assert [m.target for m in timeline.milestones] == [TODAY, date(2026, 12, 2), date(2026, 12, 10)]
    assert (timeline.fit, timeline.late) == ("scale", 0)
    assert follow.check(shop, [timeline]) == 0


def test_keeping_what_does_not_fit(timeline: Timeline, shop: Ctx) -> None:
    do(shop, timeline, "keep_dates")
    assert (timeline.fit, [m.target for m in timeline.milestones]) == ("keep", [START, MIDDLE, END])


def test_another_template_keeps_what_has_been_reached(timeline: Timeline, shop: Ctx) -> None:
    standard = shop.session.scalars(select(Template).where(Template.code == "TNA-90")).one()
    do(shop, timeline, "change_template", template=standard)
    do(shop, timeline, "set_actual", milestone="FAB_IN", actual=TODAY, note="all rolls")
    short = shop.session.scalars(select(Template).where(Template.code == "TNA-60")).one()
    do(shop, timeline, "change_template", template=short)
    assert len(timeline.milestones) == 23
    assert (stone(timeline, "FAB_IN").actual, stone(timeline, "FAB_IN").note) == (TODAY, "all rolls")
    assert timeline.done >= 1
