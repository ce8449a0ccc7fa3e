"""Working calendars: what may be saved, whose calendar holds, and the page with the year."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core import company as settings
from core.calendar import WorkCalendar
from core.errors import Refused
from plugins.catalog import calendars
from plugins.catalog.models import Calendar, Partner

WEEKEND = WorkCalendar(frozenset({5, 6}))


def fields_of(refused):
    return {p.field for p in refused.value.problems}


def follow(ctx, row):
    settings.save_settings(ctx, "catalog", {"calendar": row})


def test_whose_calendar_holds(shop, ctx):
    own = shop.save(
        "calendar",
        None,
        {
            "days": [
                {"day": date(2026, 9, 25), "kind": "off", "name": "Mid-autumn"},
                {"day": date(2026, 9, 27), "kind": "working", "name": ""},
            ]
        },
        code="f-cn", name="China", weekly_off=["6"], country="CN", public_holidays=True,
    )  # fmt: skip
    silent = shop.save("calendar", code="F-KH", name="Cambodia", weekly_off=["6"], country="KH")
    first = shop.partner("F1", "factory", calendar=own)
    second = shop.partner("F2", "factory", calendar=silent)
    third = shop.partner("F3", "factory")
    ids = [p.id for p in (first, second, third)]
    china = WorkCalendar(frozenset({6}), frozenset({date(2026, 9, 25)}), frozenset({date(2026, 9, 27)}), "CN")
    sundays = WorkCalendar(frozenset({6}))
    assert calendars.company(ctx) == WEEKEND
    assert calendars.of_factories(ctx, ids) == dict(zip(ids, (china, sundays, WEEKEND), strict=True))
    follow(ctx, silent)
    assert calendars.company(ctx) == sundays
    assert calendars.of_factories(ctx, ids)[third.id] == sundays
    assert calendars.of_factories(ctx, []) == {}


def test_calendars_of_many_factories_cost_what_those_of_one_cost(shop, ctx, count_queries):
    follow(ctx, shop.save("calendar", code="HQ", name="HQ", weekly_off=["5", "6"]))
    rows = [shop.save("calendar", code=f"C{n}", name="x", weekly_off=["6"]) for n in range(8)]
    ids = [shop.partner(f"F{n}", "factory", calendar=rows[n % 8] if n % 3 else None).id for n in range(24)]
    ctx.setting("catalog.calendar")
    counts = []
    for asked in (ids[:2], ids):
        ctx.session.expire_all()
        with count_queries() as log:
            assert len(calendars.of_factories(ctx, asked)) == len(asked)
        counts.append(log.count)
    assert counts[0] == counts[1] <= 4


@pytest.mark.parametrize(
    ("data", "days", "field"),
    [
        ({"weekly_off": list("0123456")}, [], "weekly_off"),
        ({"public_holidays": True}, [], "country"),
        ({"code": "A B"}, [], "code"),
        ({}, ["2026-05-01", "2026-05-02", "2026-05-01"], "days-2-day"),
    ],
)
def test_a_calendar_is_refused_at_the_field(shop, data, days, field):
    lines = [{"day": date.fromisoformat(d), "kind": "off", "name": ""} for d in days]
    with pytest.raises(Refused) as refused:
        shop.save(
            "calendar", None, {"days": lines}, **{"code": "C", "name": "C", "weekly_off": ["6"], **data}
        )
    assert fields_of(refused) == {field}


def test_the_code_of_the_companys_calendar_stays(shop, ctx):
    row = shop.save("calendar", code="HQ", name="HQ", weekly_off=["6"])
    follow(ctx, row)
    with pytest.raises(Refused) as refused:
        shop.save("calendar", row, code="OTHER")
    assert fields_of(refused) == {"code"}
    shop.save("calendar", row, code="HQ", name="Head office")


def test_the_demo_tenant_has_the_calendars_of_its_file(demo_tenant, hub):
    with hub.context(demo_tenant, write=False) as ctx:
        rows = {row.code: row for row in ctx.session.scalars(select(Calendar))}
        assert set(rows) == {"HQ-TW", "F-CN", "F-VN", "F-TW", "F-KH"}
        partners = {p.code: p for p in ctx.session.scalars(select(Partner).where(Partner.is_factory))}
        assert {p.calendar.code for p in partners.values()} == {"F-CN", "F-VN", "F-TW", "F-KH"}
        assert partners["F01"].calendar.code == "F-CN"
        assert calendars.company(ctx) == calendars.values(ctx, [rows["HQ-TW"]])[rows["HQ-TW"].id]
        own = calendars.of_factories(ctx, [partners["F01"].id])[partners["F01"].id]
        assert own.weekly_off == {6}
        assert date(2026, 10, 7) in own.off
        assert len(own.off) == 8
