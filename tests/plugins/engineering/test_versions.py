"""Versions of BOMs: made, made active with what is below, retired; what is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.api import Refused, run_action
from core.db import flush_rows
from plugins.catalog.api import BomLine, rules_of
from plugins.catalog.testing import make_material, make_style
from plugins.engineering.api import Demand, Owner, explode, structures
from plugins.engineering.models import EngineeringBom, EngineeringBomLine, MaterialSource
from plugins.engineering.services.versions import new_version

D = Decimal


def line(ctx, bom, code, consumption, **more):
    material = make_material(ctx, code, stock_uom="m")
    more = {"wastage_pct": D(0), "color_rule": "none", "uom": "m", **more}
    bom.lines.append(
        EngineeringBomLine(material_id=material.id, material=material, consumption=D(consumption),
                           position=len(bom.lines), sizes=[], **more)
    )  # fmt: skip
    flush_rows(ctx.session)
    return material


def made(ctx, code, **components):
    material = make_material(ctx, code, stock_uom="m")
    bom = new_version(ctx, material)
    for name, consumption in components.items():
        line(ctx, bom, name, consumption)
    return bom


def put_in_force(ctx, bom, **data):
    return run_action(ctx, ctx.registry.entity_for(bom), bom, "activate", data)


def test_activating_a_style_writes_what_everything_else_reads(ctx):
    style = make_style(ctx)
    bom = new_version(ctx, style)
    line(ctx, bom, "PANEL", "2", wastage_pct=D(5), wastage_breaks=[["500", "3"]])
    panel = made(ctx, "PANEL", GREIGE="1.5", INK="0.1")
    put_in_force(ctx, bom)
    assert (bom.state, panel.state, bom.valid_from) == ("active", "active", ctx.today())
    (rule,) = rules_of(ctx, [style.id])
    assert (rule.consumption, rule.breaks) == (D(2), ((D(500), D(3)),))
    assert bom.written_as == style.bom_version == 1
    found = explode(ctx, [Demand(Owner("style", style.id), 1000, style.colors[0].color_id)])
    needs = {make_material(ctx, c).id: c for c in ("PANEL", "GREIGE", "INK")}
    assert {needs[key.material]: need.required for key, need in found.needs.items()} == {
        "PANEL": D(2060),
        "GREIGE": D(3090),
        "INK": D(206),
    }


def test_a_new_version_copies_what_holds_and_retires_it(ctx):
    style = make_style(ctx)
    fabric = make_material(ctx, "FAB")
    ctx.session.add(
        BomLine(style_id=style.id, material_id=fabric.id, uom="yd", consumption=D("1.2"), color_rule="none")
    )
    flush_rows(ctx.session)
    first = new_version(ctx, style)
    assert [(x.material_id, x.consumption) for x in first.lines] == [(fabric.id, D("1.2"))]
    put_in_force(ctx, first)
    second = new_version(ctx, style)
    second.lines[0].consumption = D("1.3")
    flush_rows(ctx.session)
    put_in_force(ctx, second)
    assert (first.state, first.retired_on, second.version_no) == ("retired", ctx.today(), 2)
    assert rules_of(ctx, [style.id])[0].consumption == D("1.3")


def test_the_catalog_does_not_change_a_style_with_versions(ctx):
    style = make_style(ctx)
    bom = new_version(ctx, style)
    with pytest.raises(Refused, match=bom.number):
        run_action(ctx, ctx.registry.entity_for(style), style, "replace_bom", {"lines": []})


def test_a_material_made_of_itself_is_refused_with_the_way(ctx):
    put_in_force(ctx, made(ctx, "DYED", GREIGE="1"))
    greige = made(ctx, "GREIGE", YARN="1")
    put_in_force(ctx, greige)
    yarn = made(ctx, "YARN", DYED="0.1")
    with pytest.raises(Refused, match="YARN → DYED → GREIGE → YARN"):
        put_in_force(ctx, yarn)


def test_what_is_made_needs_an_active_bom(ctx):
    style = make_style(ctx)
    bom = new_version(ctx, style)
    rib = line(ctx, bom, "RIB", "1")
    ctx.session.add(MaterialSource(row_id=rib.id, source="outsource", made_days=9))
    flush_rows(ctx.session)
    with pytest.raises(Refused, match="RIB: made, but without"):
        put_in_force(ctx, bom)
    put_in_force(ctx, made(ctx, "RIB", YARN="0.9"))
    put_in_force(ctx, bom)
    found = structures(ctx, [style.id])
    assert found.sources[rib.id] == ("outsource", 9)
    assert found.levels == {rib.id: 1, make_material(ctx, "YARN").id: 2}


def test_an_empty_version_is_not_activated(ctx):
    with pytest.raises(Refused, match="no lines"):
        put_in_force(ctx, new_version(ctx, make_style(ctx)))


@pytest.mark.parametrize(("styles", "depth"), [(1, 2), (6, 2)])
def test_reading_takes_as_many_statements_however_many(ctx, count_queries, styles, depth):
    ids = []
    for n in range(styles):
        style = make_style(ctx, f"ST-{n}")
        bom = new_version(ctx, style)
        line(ctx, bom, f"P{n}", "1")
        made(ctx, f"P{n}", **{f"Q{n}": "1"})
        put_in_force(ctx, bom)
        ids.append(style.id)
    with count_queries() as counted:
        structures(ctx, ids)
    assert counted.count <= 14


def test_a_day_finds_what_held_then(ctx):
    style = make_style(ctx)
    bom = new_version(ctx, style)
    line(ctx, bom, "FAB", "1")
    put_in_force(ctx, bom)
    assert isinstance(bom, EngineeringBom)
    found = structures(ctx, [style.id], day=ctx.today())
    assert found.boms == {Owner("style", style.id): bom.id}
    assert not structures(ctx, [style.id], day=bom.valid_from.replace(year=2020)).boms
