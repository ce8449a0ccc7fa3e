"""Lists as people work with them: any of several filters, sums at the foot, groups with sums, lists that are kept."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from core.entities import crud, query, sums
from core.entities.columns import visible_columns
from core.entities.query import ListQuery
from core.errors import Denied, NotFound, Refused
from core.web.screens import views


@pytest.fixture
def kind(hub):
    return hub.registry.get("samples.request")


@pytest.fixture
def rows(ctx, ask):
    makers = ctx.registry.get("samples.maker")
    m1 = crud.save_row(ctx, makers, None, {"code": "M1", "name": "Beta"})
    m2 = crud.save_row(ctx, makers, None, {"code": "M2", "name": "Alpha"})
    made = [
        ask(ctx, maker=m2, kind="fit", wanted=date(2026, 12, 1), fee=Decimal(10)),
        ask(ctx, maker=m1, kind="proto", wanted=date(2026, 12, 5), fee=Decimal("2.50")),
        ask(ctx, maker=m2, kind="pp", wanted=date(2026, 12, 9), fee=Decimal("0.25")),
        ask(ctx, kind="pp", wanted=date(2026, 12, 9)),
    ]
    made[2].state = "done"
    ctx.session.flush()
    return made


@pytest.mark.parametrize(
    ("filters", "search", "found"),
    [
        ({"maker": ["M1"], "kind": ["fit"]}, "", [2, 1]),
        ({"maker": ["M1"]}, "", [2]),
        ({"state": ["done"], "wanted_to": ["2026-12-01"]}, "", [3, 1]),
        ({"state": ["done"], "wanted_from": ["soon"]}, "", [3]),
        ({"maker": ["NOBODY"], "kind": ["nothing"]}, "", []),
        ({"maker": ["M1"], "kind": ["fit"]}, "SR-2026-0001", [1]),
        ({"maker": [""], "kind": ["fit"]}, "", [1]),
    ],
)
def test_what_fits_any_of_the_filters(ctx, kind, rows, filters, search, found):
    asked = ListQuery(search, filters, either=True)
    assert [int(row.number[-1]) for row in query.fetch_page(ctx, kind, asked).rows] == found


def test_sums_and_groups(ctx, kind, rows):
    shown = visible_columns(ctx, kind, ())
    assert sums.totals(ctx, kind, ListQuery(size=1), shown) == {"fee": [(Decimal("12.75"), "")]}
    assert sums.totals(ctx, kind, ListQuery(filters={"state": ["done"]}), shown) == {
        "fee": [(Decimal("0.25"), "")]
    }
    assert sums.totals(ctx, kind, ListQuery(), [c for c in shown if c.name != "fee"]) == {}
    found = sums.grouped(ctx, kind, ListQuery(), "maker")
    assert [(g.value, g.rows, g.sums.get("fee")) for g in found] == [
        ("M2", 2, [(Decimal("10.25"), "")]),
        ("", 1, None),
        ("M1", 1, [(Decimal("2.50"), "")]),
    ]
    assert {g.value: g.rows for g in sums.grouped(ctx, kind, ListQuery(), "state")} == {"draft": 3, "done": 1}
    assert {g.value for g in sums.grouped(ctx, kind, ListQuery(filters={"maker": ["M2"]}), "kind")} == {
        "fit",
        "pp",
    }
    for name in ("fee", "number", "colour"):
        with pytest.raises(NotFound):
            sums.grouped(ctx, kind, ListQuery(), name)


def test_lists_are_kept_for_oneself_or_for_everybody(hub, tenant, user_of, kind):
    one, other = user_of("merch"), user_of("wh")
    with hub.context(tenant, one) as ctx:
        views.keep_view(ctx, kind, "  mine  now ", ListQuery(filters={"state": ["draft"]}, sort="-wanted"))
        views.keep_view(ctx, kind, "ours", ListQuery(filters={"kind": ["pp"]}, either=True), shared=True)
        views.keep_view(ctx, kind, "ours", ListQuery(filters={"kind": ["fit"]}), shared=True)
        for name in ("", " ", "x" * 61):
            with pytest.raises(Refused):
                views.keep_view(ctx, kind, name, ListQuery())
        assert [(v.name, v.address, v.shared) for v in views.saved_views(ctx, kind)] == [
            ("mine now", "?sort=-wanted&state=draft", False),
            ("ours", "?kind=fit", True),
        ]
        mine = views.saved_views(ctx, kind)[0].id
    with hub.context(tenant, other) as ctx:
        assert [v.name for v in views.saved_views(ctx, kind)] == ["ours"]
        with pytest.raises(NotFound):
            views.drop_view(ctx, kind, mine)
        ctx.permissions = ctx.permissions - {views.SHARE}
        assert not views.saved_views(ctx, kind)[0].removable
        with pytest.raises(Denied):
            views.keep_view(ctx, kind, "everybody's", ListQuery(), shared=True)


def test_the_page_keeps_groups_and_sums(client_as, ctx, rows):
    ctx.session.commit()
    client = client_as("merch")
    page = client.get("/samples/request/?state=draft&kind=fit&match=any").text
    assert "12.5" in page.split("<tfoot>")[1]
    assert "<tfoot>" not in client.get("/samples/request/?group=maker").text
    assert 'href="/samples/request/?maker=M1"' in client.get("/samples/request/?group=maker").text
    kept = {"name": "drafts", "back": "/samples/request/?state=draft&match=any&page=3&nonsense=1"}
    assert client.post("/samples/request/views", data=kept).status_code == 302
    assert 'href="/samples/request/?state=draft&amp;match=any"' in client.get("/samples/request/").text
    assert client.post("/samples/request/views", data={"drop": "999999"}).status_code == 404
