"""The tree: built in one table over HTTP, read with costs, asked about."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.api import Refused, run_action, save_row
from plugins.catalog.api import SupplierPrice, rules_of
from plugins.catalog.testing import make_material, make_partner, make_style
from plugins.engineering.models import EngineeringBom, MaterialSource
from plugins.engineering.services.tree_reading import tree_of
from plugins.engineering.services.versions import new_version

D = Decimal


def row(level, code, consumption="1", **more):
    return {"level": level, "material": code, "consumption": consumption, "color_rule": "none", **more}


@pytest.fixture
def parts(ctx):
    """A panel printed on a dyed cloth, a button; cloth and ink have prices."""
    supplier = make_partner(ctx, "S1", supplier=True)
    for code in ("PANEL", "CLOTH", "GREIGE", "INK", "BUTTON"):
        material = make_material(ctx, code, stock_uom="pcs" if code == "BUTTON" else "m")
        if code in ("GREIGE", "INK", "BUTTON"):
            ctx.session.add(
                SupplierPrice(supplier_id=supplier.id, material_id=material.id, currency="USD", price=D(2), min_qty=D(0),
                              valid_from=date(2020, 1, 1))
            )  # fmt: skip
    return make_style(ctx)


def save(ctx, bom, *rows):
    return run_action(ctx, ctx.registry.entity_for(bom), bom, "tree", {"lines": list(rows)})


def test_one_table_makes_all_levels(ctx, parts):
    bom = new_version(ctx, parts)
    save(
        ctx, bom,
        row(1, "PANEL", "0.5", wastage_pct="10", source="make"), row(2, "CLOTH", "1.2"), row(3, "GREIGE", "1.1", source="buy"),
        row(2, "INK", "0.1"), row(1, "BUTTON", "4"),
    )  # fmt: skip
    drafts = ctx.session.scalars(select(EngineeringBom).where(EngineeringBom.material_id.is_not(None))).all()
    assert sorted((b.owner.code, len(b.lines)) for b in drafts) == [("CLOTH", 1), ("PANEL", 2)]
    tree = tree_of(ctx, bom, currency="USD")
    assert [(n.level, n.row["material"], n.source) for n in tree.nodes] == [
        (1, "PANEL", "make"), (2, "CLOTH", "make"), (3, "GREIGE", "buy"), (2, "INK", "buy"), (1, "BUTTON", "buy"),
    ]  # fmt: skip
    # panel: 1.2 × 1.1 × 2 + 0.1 × 2 = 2.84 a metre; half a metre and 10 % of it, and four buttons
    assert (tree.cost.material, tree.cost.wastage) == (D("0.5") * D("2.84") + 8, D("0.05") * D("2.84"))
    run_action(ctx, ctx.registry.entity_for(bom), bom, "activate")
    assert len(rules_of(ctx, [parts.id])) == 2
    assert {b.state for b in drafts} == {"active"}


def test_saving_what_is_shown_changes_nothing_and_a_change_below_makes_a_draft(ctx, parts):
    bom = new_version(ctx, parts)
    rows = (row(1, "PANEL"), row(2, "INK", "0.1"))
    save(ctx, bom, *rows)
    run_action(ctx, ctx.registry.entity_for(bom), bom, "activate")
    second = new_version(ctx, parts)
    assert not re.search("BOM-", str(save(ctx, second, *rows)))
    assert "BOM-" in str(save(ctx, second, rows[0], row(2, "INK", "0.2")))
    panel = make_material(ctx, "PANEL")
    states = ctx.session.scalars(select(EngineeringBom.state).where(EngineeringBom.material_id == panel.id))
    assert sorted(states) == ["active", "draft"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([row(2, "PANEL")], "The row above is on level 0"),
        ([row(1, "PANEL"), row(3, "INK")], "The row above is on level 1"),
        ([row(1, "PANEL"), row(2, "INK"), row(3, "PANEL")], "PANEL → INK → PANEL"),
        ([row(1, "PANEL"), row(2, "INK", place="front"), row(2, "INK", place=" Front")], "INK stands in row 2 already"),
        ([row(1, "PANEL", source="buy"), row(2, "INK")], "What is bought has nothing below it"),
        ([row(1, "PANEL"), row(2, "INK"), row(1, "CLOTH"), row(2, "PANEL"), row(3, "GREIGE")], "stands higher up already"),
        ([row(1, "PANEL", wastage_pct="100")], "less than 100"),
        ([row(1, "PANEL"), row(2, "INK", sizes=[{"size": "S", "consumption": "1"}])], "not in the size run"),
    ],
)  # fmt: skip
def test_what_is_refused(ctx, parts, rows, said):
    bom = new_version(ctx, parts)
    with pytest.raises(Refused, match=said):
        save(ctx, bom, *rows)


def test_a_cycle_over_what_is_there_already_is_refused(ctx, parts):
    cloth = new_version(ctx, make_material(ctx, "CLOTH"))
    save(ctx, cloth, row(1, "PANEL"))
    panel = new_version(ctx, make_material(ctx, "PANEL"))
    with pytest.raises(Refused, match="PANEL → CLOTH → PANEL"):
        save(ctx, panel, row(1, "CLOTH"))


def test_a_story_over_http(ctx, parts, client_as):
    client = client_as("mgr")
    made = client.post(f"/catalog/style/{parts.id}/do/new_version")
    bom = ctx.session.scalars(select(EngineeringBom)).one()
    assert made.status_code in (200, 302)
    page = client.get(f"/engineering/bom/{bom.id}/tree")
    assert page.status_code == 200
    table = "level\tmaterial\tconsumption\tunit\n1\tPANEL\t0.5\tm\n2\tINK\t0.1\tm\n1\tBUTTON\t4\tpcs"
    pasted = client.post(f"/engineering/bom/{bom.id}/tree", data={"_fill": "replace", "lines_sheet": table})
    inputs = dict(re.findall(r'name="(lines-[^"]+)"[^>]* value="([^"]*)"', pasted.text))
    assert {v for k, v in inputs.items() if k.endswith("-material")} >= {"PANEL", "INK", "BUTTON"}
    given = {k: v for k, v in inputs.items() if not k.endswith(("_delete", "optional")) and "__N__" not in k}
    given |= {k.replace("level", "color_rule"): "none" for k in given if k.endswith("level")}
    saved = client.post(f"/engineering/bom/{bom.id}/tree", data=given)
    assert saved.status_code == 302, saved.text
    page = client.get(f"/engineering/bom/{bom.id}")
    assert all(code in page.text for code in ("PANEL", "INK", "BUTTON", "level-2"))
    assert client.post(f"/engineering/bom/{bom.id}/do/activate", data={"below": "1"}).status_code == 302
    assert f"/engineering/bom/called/{bom.number}" in client.get(f"/catalog/style/{parts.id}").text


def test_what_may_stand_in_stands_beside_a_material(ctx, parts, client_as):
    bom = new_version(ctx, parts)
    save(ctx, bom, row(1, "BUTTON", "4"), row(1, "INK"))
    used_up = {
        "main": make_material(ctx, "BUTTON"),
        "by": make_material(ctx, "SHELL", stock_uom="pcs"),
        "ratio": D(2),
    }
    save_row(
        ctx,
        ctx.registry.get("engineering.substitute"),
        None,
        {**used_up, "strategy": "before_main", "valid_from": ctx.today()},
    )
    ctx.session.commit()
    page = re.sub(r"<[^>]+>", "", client_as("mgr").get(f"/engineering/bom/{bom.id}").text)
    assert re.findall(r"or SHELL, 2 for one.*to be used up", page), page[page.index("BUTTON") - 50 :][:300]
    assert page.index("BUTTON") < page.index("or SHELL") < page.index("INK")


def test_where_used_and_the_other_queries_answer(ctx, parts, client_as):
    bom = new_version(ctx, parts)
    save(ctx, bom, row(1, "PANEL", "0.5", wastage_pct="10"), row(2, "INK", "0.1"))
    run_action(ctx, ctx.registry.entity_for(bom), bom, "activate")
    ctx.session.commit()
    client = client_as("mgr")
    for address, found in (
        ("forward?style=ST-1&pieces=1000", "550"),
        ("where_used?material=INK", "ST-1"),
        ("open_orders?material=INK", ""),
        ("cost?style=ST-1&currency=USD", "0.11"),
        (f"difference?first={bom.number}&second_style=ST-1", ""),
        ("forward?style=NONE", ""),
    ):
        page = client.get(f"/engineering/queries/{address}")
        assert page.status_code == (422 if "NONE" in address else 200), address
        assert found in page.text, address
    assert client.get("/engineering/queries/forward/export/csv?style=ST-1").status_code == 200


def test_a_source_stands_beside_the_material(ctx, parts):
    bom = new_version(ctx, parts)
    save(ctx, bom, row(1, "PANEL", source="outsource"), row(2, "INK"))
    panel = make_material(ctx, "PANEL")
    assert ctx.session.scalars(select(MaterialSource)).one().row_id == panel.id


def test_the_catalog_shows_consumption_with_versions_to_be_read(ctx, parts, client_as):
    client = client_as("merch")
    assert 'name="lines-0-' in client.get(f"/catalog/style/{parts.id}/bom").text
    bom = new_version(ctx, parts)
    ctx.session.commit()
    page = client.get(f"/catalog/style/{parts.id}/bom").text
    assert bom.number in page
    assert 'name="lines-0-' not in page


def test_the_tree_asks_as_often_for_many_lines_as_for_few(ctx, parts, count_queries):
    counts = []
    for n in (1, 4):
        bom = new_version(ctx, make_style(ctx, f"WIDE-{n}"))
        for k in range(n):
            make_material(ctx, f"MADE-{n}-{k}", stock_uom="m")
        save(ctx, bom, *(r for k in range(n) for r in (row(1, f"MADE-{n}-{k}"), row(2, "INK", "0.1"))))
        with count_queries() as counted:
            tree_of(ctx, bom, currency="USD")
        counts.append(counted.count)
    assert counts[0] == counts[1]


@pytest.mark.parametrize("field", ["lead_days", "made_days"])
def test_a_lead_time_is_not_negative(ctx, client_as, field):
    cloth = make_material(ctx, "CLOTH", stock_uom="m")
    ctx.session.commit()
    client = client_as("mgr")
    page = client.get(f"/catalog/material/{cloth.id}/edit").text
    given = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*? value="([^"]*)"', page))
    given |= {
        "name": "Cloth",
        "material_class": "main",
        "stock_uom": "m",
        "purchase_uom": "m",
        "source": "make",
    }
    refused = client.post(f"/catalog/material/{cloth.id}/edit", data={**given, field: "-1"})
    assert refused.status_code == 422
    said = re.search(rf'id="e-{field}">([^<]*)<', refused.text)
    assert said, refused.text[-6000:]
    assert "0" in said[1], said[1]
