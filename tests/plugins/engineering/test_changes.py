"""Engineering changes: chosen over many BOMs, approved by somebody else, applied as versions, taken back as one."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.api import Refused, enqueue_job, run_action, save_row
from core.base_api import Job
from core.db import flush_rows
from core.work.jobs import run_due
from plugins.catalog.api import BomLine, BomSize, bom_lines, sizes_of
from plugins.catalog.testing import make_material, make_style
from plugins.engineering.models import (
    ChangeVersion,
    EngineeringBom,
    EngineeringBomLine,
    EngineeringChange,
    EngineeringOperation,
)
from plugins.engineering.services.mass_change.preview import preview
from plugins.engineering.services.versions import active_bom, new_version

D = Decimal
VERSIONED = ("UPDATE catalog_style", "UPDATE engineering_bom ")
"""Rows whose version is checked are written one by one, one statement each; everything else goes together."""


def button(ctx, code="BTN-A", **more):
    return make_material(ctx, code, stock_uom="pcs", material_class="trim", **more)


def styles(ctx, *codes, season="SS27", material="BTN-A"):
    """Styles of a season, each with six buttons and two metres of cloth in the catalog."""
    found = []
    for code in codes:
        style = make_style(ctx, code)
        style.season = season
        for n, (name, unit, qty) in enumerate((("CLOTH", "m", "2"), (material, "pcs", "6"))):
            row = make_material(ctx, name, stock_uom=unit)
            ctx.session.add(
                BomLine(style_id=style.id, position=n, material_id=row.id, uom=unit, consumption=D(qty),
                        wastage_pct=D(3), color_rule="none", sizes=[])
            )  # fmt: skip
        style.bom_version = 1
        found.append(style)
    flush_rows(ctx.session)
    return found


def change(ctx, **more):
    data = {"reason": "The button breaks", "kind": "replace", "ratio": D(1), "effectivity": "now", **more}
    for name in ("material", "by"):
        if isinstance(data.get(name), str):
            data[name] = button(ctx, data[name])
    return save_row(ctx, ctx.registry.get("engineering.change"), None, data, {})


def do(ctx, row, action, **data):
    return run_action(ctx, ctx.registry.get("engineering.change"), row, action, data)


def chosen(ctx, **more):
    row = change(ctx, **{"material": "BTN-A", "by": "BTN-B", **more})
    do(ctx, row, "collect", without=[])
    return row


def approved(ctx, row):
    do(ctx, row, "submit")
    do(ctx, row, "approve")
    return row


def takes(ctx, style):
    return [(line.material.code, line.consumption) for line in bom_lines(ctx, [style.id])[style.id]]


def run_job(hub, tenant):
    with hub.context(tenant) as own:
        job_id = enqueue_job(own, "engineering.changes", {}).id
    run_due(hub, 5, [tenant])
    with hub.context(tenant) as own:
        return own.session.scalars(select(Job).where(Job.id == job_id)).one().result


def versions(ctx, row):
    return list(ctx.session.scalars(select(ChangeVersion).where(ChangeVersion.change_id == row.id)))


def test_a_button_is_replaced_in_a_season_and_one_style_is_left_out(ctx):
    one, two, three = styles(ctx, "ST-1", "ST-2", "ST-3")
    (other,) = styles(ctx, "ST-9", season="FW27")
    large = sizes_of(ctx, [one.id])[one.id][-1].id
    cloth, old = bom_lines(ctx, [one.id])[one.id]
    cloth.sizes, old.sizes = ([BomSize(size_id=large, consumption=D(qty))] for qty in ("2.5", "8"))
    flush_rows(ctx.session)
    row = change(ctx, material="BTN-A", by="BTN-B", ratio=D("1.5"), season="SS27")
    found = preview(ctx, row)
    assert [(f.code, f.edit.after.consumption) for f in found] == [
        ("ST-1", D(9)),
        ("ST-2", D(9)),
        ("ST-3", D(9)),
    ]
    do(ctx, row, "collect", without=[{"line": found[2].key}])
    approved(ctx, row)
    assert row.state == "applied"
    assert takes(ctx, one) == takes(ctx, two) == [("CLOTH", D(2)), ("BTN-B", D(9))]
    assert takes(ctx, three) == takes(ctx, other) == [("CLOTH", D(2)), ("BTN-A", D(6))]
    assert (one.bom_version, three.bom_version) == (2, 1)
    made = versions(ctx, row)
    assert len(made) == 2
    assert {v.base_id for v in made} == {None}
    bom = active_bom(ctx, one)
    assert (bom.state, bom.version_no, bom.written_as) == ("active", 1, 2)
    assert [(line.material.code, line.consumption) for line in bom.lines] == takes(ctx, one)
    assert [[(s.size_id, s.consumption) for s in line.sizes] for line in bom.lines] == [
        [(large, D("2.5"))],
        [(large, D(12))],
    ]


def test_it_is_traceable_and_taken_back_as_one(ctx):
    one, two = styles(ctx, "ST-1", "ST-2")
    first = approved(ctx, chosen(ctx))
    bases = {active_bom(ctx, s).id for s in (one, two)}
    row = chosen(ctx, material="BTN-B", kind="delete", by=None, ratio=None)
    approved(ctx, row)
    assert takes(ctx, one) == [("CLOTH", D(2))]
    assert {v.base_id for v in versions(ctx, row)} == bases
    states = dict(
        ctx.session.execute(
            select(EngineeringBom.version_no, EngineeringBom.state).where(EngineeringBom.style_id == one.id)
        ).all()
    )
    assert states == {1: "retired", 2: "active"}
    with pytest.raises(Refused, match="no longer the active ones"):
        do(ctx, first, "undo", reason="wrong")
    do(ctx, row, "undo", reason="the customer wants it back")
    assert row.state == "undone"
    assert takes(ctx, one) == takes(ctx, two) == [("CLOTH", D(2)), ("BTN-B", D(6))]
    assert [(line.material.code, line.position) for line in active_bom(ctx, one).lines] == [
        ("CLOTH", 0),
        ("BTN-B", 1),
    ]
    assert (
        sorted((v.undo, v.base_id is None) for v in versions(ctx, row))
        == [(False, False)] * 2 + [(True, False)] * 2
    )


def test_a_made_material_gets_its_change_and_keeps_its_operations(ctx):
    panel, ink, dye = (make_material(ctx, code, stock_uom="m") for code in ("PANEL", "INK", "DYE"))
    bom = new_version(ctx, panel)
    bom.lines.append(
        EngineeringBomLine(material_id=ink.id, material=ink, uom="m", consumption=D("0.5"), color_rule="none", position=0,
                           wastage_pct=D(0), sizes=[])
    )  # fmt: skip
    bom.operations.append(
        EngineeringOperation(position=0, name="Print", minutes=D(2), rate=D(30), currency="USD")
    )
    flush_rows(ctx.session)
    run_action(ctx, ctx.registry.entity_for(bom), bom, "activate", {})
    row = change(ctx, material=ink, by=dye, ratio=D(2))
    do(ctx, row, "collect", without=[])
    approved(ctx, row)
    now = active_bom(ctx, panel)
    assert (now.version_no, bom.state) == (2, "retired")
    assert [(line.material.code, line.consumption) for line in now.lines] == [("DYE", D(1))]
    assert [step.name for step in now.operations] == ["Print"]
    looped = change(ctx, material=dye, by=panel)
    (found,) = preview(ctx, looped)
    assert "made of itself" in str(found.problem)
    with pytest.raises(Refused, match="Nothing is chosen"):
        do(ctx, looped, "collect", without=[])


def test_lines_that_are_others_by_now_refuse_it_and_name_the_bom(ctx):
    one, two = styles(ctx, "ST-1", "ST-2")
    row = chosen(ctx)
    approved(ctx, chosen(ctx, kind="consumption", by=None, ratio=None, amount=D(1), style=two))
    do(ctx, row, "submit")
    with pytest.raises(Refused, match="no longer as they were.*ST-2"):
        do(ctx, row, "approve")
    assert takes(ctx, one) == [("CLOTH", D(2)), ("BTN-A", D(6))]


def test_somebody_else_decides(ctx, ctx_as):
    styles(ctx, "ST-1")
    for code in ("BTN-A", "BTN-B"):
        button(ctx, code)
    ctx.session.commit()
    with ctx_as("mgr") as maker:
        number = chosen(maker).number
        row = maker.session.scalars(select(EngineeringChange)).one()
        do(maker, row, "submit")
        with pytest.raises(Refused, match=f"You made {number}"):
            do(maker, row, "approve")
        with pytest.raises(Refused, match=f"You made {number}"):
            do(maker, row, "reject", reason="no")
    with ctx_as("merch") as other, pytest.raises(Exception, match="approve"):
        do(other, other.session.scalars(select(EngineeringChange)).one(), "approve")


def test_from_a_date_on_the_clock_applies_it(ctx, hub, tenant):
    (one,) = styles(ctx, "ST-1")
    row = chosen(ctx, effectivity="date", effective_on=ctx.today() + timedelta(days=1))
    approved(ctx, row)
    assert (row.state, row.applied_at) == ("approved", None)
    row.effective_on = ctx.today()
    ctx.session.commit()
    assert run_job(hub, tenant) == {"applied": 1, "refused": []}
    ctx.session.expire_all()
    assert row.state == "applied"
    assert takes(ctx, one)[1] == ("BTN-B", D(6))
    assert run_job(hub, tenant) == {"applied": 0, "refused": []}


@pytest.mark.parametrize(
    ("more", "field", "says"),
    [
        ({"by": None}, "by", "needed"),
        ({"by": "BTN-A"}, "by", "not replaced by itself"),
        ({"ratio": D(0)}, "ratio", "more than zero"),
        ({"kind": "consumption"}, "pct", "not both"),
        ({"kind": "consumption", "pct": D(-100)}, "pct", "above zero"),
        ({"kind": "wastage", "pct": D(100)}, "pct", "less than 100"),
        ({"kind": "add", "amount": D(1)}, "season", "Say in which BOMs"),
        ({"effectivity": "date"}, "effective_on", "needed"),
    ],
)
def test_what_is_missing_is_said_at_its_field(ctx, more, field, says):
    with pytest.raises(Refused) as refused:
        change(ctx, **{"material": "BTN-A", "by": "BTN-B", **more})
    assert [p.field for p in refused.value.problems] == [field]
    assert says in str(refused.value)


def test_the_number_of_statements_does_not_depend_on_the_boms(ctx, count_queries):
    styles(ctx, "ST-1", "ST-2")
    warm = chosen(ctx)
    approved(ctx, warm)
    do(ctx, warm, "undo", reason="again")
    counts = []
    for codes in ((), ("ST-3", "ST-4", "ST-5", "ST-6", "ST-7")):
        styles(ctx, *codes)
        row = change(ctx, material="BTN-A", by="BTN-B", season="SS27")
        with count_queries() as count:
            do(ctx, row, "collect", without=[])
            do(ctx, row, "submit")
            do(ctx, row, "approve")
        counts.append([sql[:90] for sql in count.statements if not sql.startswith(VERSIONED)])
        do(ctx, row, "undo", reason="again")
    assert len(counts[1]) <= len(counts[0]) + 1  # rows with a version before them, and rows without
