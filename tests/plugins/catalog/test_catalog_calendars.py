"""Working calendars: what may be saved, whose calendar holds, and the page with the year."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from core.errors import Refused
from plugins.base_company.services import company as settings
from plugins.catalog.models import Calendar, Partner
from plugins.catalog.services import calendars
from plugins.catalog.services.workdays import WorkCalendar
from plugins.catalog.shown import year

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


# --- the page ----------------------------------------------------------------------------------------------------------


def test_the_year_as_a_picture():
    found = WorkCalendar(
        frozenset({5, 6}), frozenset({date(2026, 10, 9)}), frozenset({date(2026, 10, 17)}), "TW"
    )
    own = {date(2026, 10, 9): "Staff trip", date(2026, 10, 17): "", date(2025, 10, 9): "Last year"}
    made = year.picture(2026, found, own, date(2026, 10, 1))
    october = made.months[9]
    kinds = {cell.number: cell.kind for cell in october.cells}
    assert len(kinds) == 31
    assert (kinds[1], kinds[3], kinds[9], kinds[10], kinds[17], kinds[24]) == (
        "work", "week", "own", "holiday", "extra", "week",
    )  # fmt: skip
    assert [cell.number for cell in october.cells if cell.today] == [1]
    first = october.cells[0]
    assert (first.x, first.y) == (
        3 * year.CELL_WIDTH,
        year.TOP,
    )  # 1 October 2026 is a Thursday, weeks begin on Monday
    assert "9, 10, 11" in october.off
    assert ", 17" not in october.off
    assert made.working == sum(not found.is_off(date(2026, 1, 1) + timedelta(days=n)) for n in range(365))
    named = {s.day: (s.kind, s.name) for s in made.specials}
    assert named[date(2026, 10, 9)] == ("own", "Staff trip")
    assert named[date(2026, 10, 17)] == ("extra", "")
    assert named[date(2026, 10, 10)][0] == "holiday"
    assert date(2025, 10, 9) not in named


def test_the_page_of_a_calendar(shop, ctx, client_as):
    row = shop.save(
        "calendar", None, {"days": [{"day": date(2026, 10, 9), "kind": "off", "name": "Staff trip"}]},
        code="HQ", name="Head office", weekly_off=["5", "6"], country="TW", public_holidays=True,
    )  # fmt: skip
    shop.partner("F1", "factory", calendar=row)
    follow(ctx, row)
    page = client_as("merch").get(f"/catalog/calendar/{row.id}?year=2026")
    assert page.status_code == 200
    text = page.get_data(as_text=True)
    assert text.count('role="img"') == 12
    for said in ("Year 2026", "?year=2025#year", "?year=2027#year", "Staff trip", "Saturday, Sunday", "F1"):
        assert said in text
    assert "/edit" not in text  # a merchandiser looks, a manager keeps it
    for odd in ("0", "9999", "x", ""):
        assert client_as("merch").get(f"/catalog/calendar/{row.id}?year={odd}").status_code == 200


def test_a_manager_makes_a_calendar_and_a_factory_follows_it(shop, ctx, client_as):
    partner = shop.partner("F1", "factory")
    manager = client_as("mgr")
    given = {
        "code": "f-vn", "name": "Vietnam", "weekly_off": ["6"], "country": "VN", "public_holidays": "1", "active": "1",
        "days-0-day": "2026-12-24", "days-0-kind": "off", "days-0-name": "Party", "days-1-day": "2026-12-27",
        "days-1-kind": "working",
    }  # fmt: skip
    refused = manager.post("/catalog/calendar/new", data={**given, "weekly_off": list("0123456")})
    assert refused.status_code == 422
    assert "At least one day of the week is a working day." in refused.get_data(as_text=True)
    made = manager.post("/catalog/calendar/new", data=given)
    assert made.status_code == 302
    form = {"code": "F1", "name": "F1", "is_factory": "1", "calendar": "F-VN", "active": "1"}
    assert manager.post(f"/catalog/partner/{partner.id}/edit", data=form).status_code == 302
    ctx.session.expire_all()
    found = calendars.of_factories(ctx, [partner.id])[partner.id]
    assert found == WorkCalendar(
        frozenset({6}), frozenset({date(2026, 12, 24)}), frozenset({date(2026, 12, 27)}), "VN"
    )
    assert client_as("merch").get("/catalog/calendar/new").status_code == 403
