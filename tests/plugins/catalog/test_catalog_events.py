"""Since when the consumption of a style stands, and who is told when it changes."""

from __future__ import annotations

from datetime import date

import pytest

from core.api import Ctx
from plugins.catalog.services import milestones
from tests.plugins.catalog.consumption import save_bom
from tests.plugins.conftest import days_of

ENTITY, EVENT = "catalog.style", "catalog.bom_released"
FIRST, LATER = date(2026, 11, 23), date(2026, 11, 27)


@pytest.fixture
def today(monkeypatch):
    """Says which day it is."""

    def set_to(day):
        monkeypatch.setattr(Ctx, "today", lambda self: day)

    set_to(FIRST)
    return set_to


def row(consumption):
    return {"material": "FAB", "uom": "kg", "consumption": consumption, "color_rule": "none"}


def test_consumption_is_released_changed_and_taken_away(told, today, shop, ctx):
    style = shop.style()
    shop.material()
    assert days_of(ctx, ENTITY, style.id) == {}
    told.since()
    save_bom(ctx, style, [row("0.2")])
    assert told.since() == [(ENTITY, (style.id,))]
    assert days_of(ctx, ENTITY, style.id) == {EVENT: FIRST}
    today(LATER)
    save_bom(ctx, style, [row("0.2")])
    assert told.since() == []  # nothing changed
    assert days_of(ctx, ENTITY, style.id) == {EVENT: FIRST}
    shop.save("style", style, name="Another name")
    assert days_of(ctx, ENTITY, style.id) == {EVENT: FIRST}
    save_bom(ctx, style, [row("0.21")])
    assert told.since() == [(ENTITY, (style.id,))]
    assert days_of(ctx, ENTITY, style.id) == {EVENT: LATER}
    save_bom(ctx, style, [])
    assert told.since() == [(ENTITY, (style.id,))]
    assert days_of(ctx, ENTITY, style.id) == {}


def test_many_styles_cost_what_one_costs(shop, ctx, count_queries):
    shop.material()
    styles = [shop.style(f"T{n}") for n in range(5)]
    for style in styles:
        save_bom(ctx, style, [row("0.2")])
    ids = [style.id for style in styles]
    for asked in (ids[:1], ids):
        with count_queries() as log:
            assert set(milestones.style_milestones(ctx, asked)) == set(asked)
        assert log.count == 1
