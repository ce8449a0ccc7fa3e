"""Consumption of a style: typed as a matrix or pasted, checked cell by cell, read back as it was typed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from core.entities import audit, crud
from core.entities.transitions import run_action
from core.errors import Denied, Refused, Stale
from kit.lines.pasted import rows_from_sheet
from kit.lines.posted import payload_rows
from plugins.catalog.api import bom_lines, line_texts
from plugins.catalog.models import BomLine, BomSize
from plugins.catalog.screens.bom import LINES
from plugins.catalog.services.bom import bom_figures, bom_of, rules_of
from tests.plugins.catalog.consumption import save_bom
from tests.support.order import examples


@pytest.fixture
def style(shop):
    navy, white = shop.color("NVY"), shop.color("WHT")
    shop.color("IVO")
    shop.material("FAB", gsm=Decimal(160), width_in=Decimal(71), by_color=True)
    shop.material("THR", stock="cone", content=Decimal(5000), content_uom="m", by_color=True)
    shop.material("LBL", stock="pcs")
    shop.material("ZIP", stock="pcs", by_size=True)
    return shop.style("T1", shop.run(sizes="S M L"), [navy, white])


def row(material="FAB", **given):
    base = {"uom": "", "sizes": {"S": "0.15", "M": "0.16", "L": "0.17"}, "wastage_pct": "6"}
    return {**base, "material": material, **given}


def problems(ctx, style, *rows):
    with pytest.raises(Refused) as refused:
        save_bom(ctx, style, rows)
    ctx.session.expire_all()
    assert ctx.session.scalar(select(func.count()).select_from(BomLine)) == 0
    return {p.field: str(p.message) for p in refused.value.problems}


GOOD = [
    row(place="body", color_rule="match"),
    row(
        "THR",
        uom="m",
        sizes={},
        consumption="135",
        wastage_pct="10 %",
        color_rule="map",
        color_detail="NVY=NVY WHT=IVO",
    ),
    row(
        "FAB",
        sizes={"S": "0.01", "M": "0", "L": "0"},
        color_rule="fixed",
        color_detail="wht",
        fixed_loss="1.5",
    ),
    row("LBL", sizes={}, consumption="1", wastage_pct="", dest_rule="track", stage="packing", optional="on"),
    row("ZIP", sizes={"L": "2"}, consumption="1", size_rule="track"),
]


def test_what_is_typed_is_read_back(ctx, style):
    save_bom(ctx, style, GOOD)
    found = bom_of(ctx, style).rows
    assert [r["material"] for r in found] == ["FAB", "THR", "FAB", "LBL", "ZIP"]
    assert found[0]["sizes"] == {"S": "0.15", "M": "0.16", "L": "0.17"}
    assert [r["uom"] for r in found] == ["kg", "m", "kg", "pcs", "pcs"]
    assert [r["wastage_pct"] for r in found] == ["6", "10", "6", "0", "6"]
    assert [(r["color_rule"], r["color_detail"]) for r in found] == [
        ("match", ""), ("map", "NVY=NVY WHT=IVO"), ("fixed", "WHT"), ("none", ""), ("none", "")
    ]  # fmt: skip
    assert (found[3]["dest_rule"], found[3]["stage"], found[3]["optional"]) == ("track", "packing", True)
    assert (found[4]["consumption"], found[4]["sizes"]) == ("1", {"S": "", "M": "", "L": "2"})
    assert bom_figures(ctx, style)["bom"][1]["consumption"] == "135"


def test_saving_what_was_read_changes_nothing(ctx, style):
    save_bom(ctx, style, GOOD)
    ids = [line["id"] for line in bom_of(ctx, style).rows]
    entries = len(audit.audit_history(ctx, "catalog.style", style.id))
    version = style.version
    save_bom(ctx, style, bom_of(ctx, style).rows, version=version)
    assert [line["id"] for line in bom_of(ctx, style).rows] == ids
    assert (style.bom_version, style.version) == (1, version)
    assert len(audit.audit_history(ctx, "catalog.style", style.id)) == entries


def test_a_change_keeps_the_line_raises_the_version_and_says_what_was(ctx, style):
    save_bom(ctx, style, GOOD)
    rows = bom_of(ctx, style).rows
    rows[0]["sizes"]["M"] = "0.165"
    del rows[3]
    rows.append(row("LBL", sizes={}, consumption="2", place="neck"))
    save_bom(ctx, style, rows)
    again = bom_of(ctx, style).rows
    assert again[0]["id"] == rows[0]["id"]
    assert [r["material"] for r in again] == ["FAB", "THR", "FAB", "ZIP", "LBL"]
    assert style.bom_version == 2
    entry = audit.audit_history(ctx, "catalog.style", style.id)[0]
    assert entry.action == "replace_bom"
    assert [
        "bom",
        "FAB body S 0.15 M 0.16 L 0.17 kg +6% match",
        "FAB body S 0.15 M 0.165 L 0.17 kg +6% match",
    ] in (entry.changes)
    assert (
        ctx.session.scalar(
            select(func.count()).select_from(BomSize).where(BomSize.bom_line_id == again[0]["id"])
        )
        == 3
    )


def test_sizes_can_give_way_to_one_figure_and_come_back(ctx, style):
    save_bom(ctx, style, [row()])
    line = bom_of(ctx, style).rows[0]
    for sizes, common in (({}, "0.2"), ({"S": "0.1", "M": "0.2", "L": "0.3"}, "")):
        save_bom(ctx, style, [{**line, "sizes": sizes, "consumption": common}])
        found = bom_of(ctx, style).rows[0]
        assert (found["id"], found["consumption"]) == (line["id"], common)
        assert {k: v for k, v in found["sizes"].items() if v} == sizes


@pytest.mark.parametrize(
    ("given", "cell", "says"),
    [
        ({"material": ""}, "material", "needed"),
        ({"material": "NOPE"}, "material", "no Material “NOPE”"),
        ({"uom": "bolt"}, "uom", "valid choice"),
        ({"uom": "pcs"}, "uom", "does not convert"),
        ({"sizes": {"S": "-1", "M": "1", "L": "1"}}, "sizes.0.consumption", "At least 0"),
        ({"sizes": {"S": "0.1234567", "M": "1", "L": "1"}}, "sizes.0.consumption", "6 decimals"),
        ({"sizes": {"S": "abc", "M": "1", "L": "1"}}, "sizes.0.consumption", "not a number"),
        ({"sizes": {"S": "NaN", "M": "1", "L": "1"}}, "sizes.0.consumption", "not a number"),
        ({"sizes": {"S": "1e3", "M": "1", "L": "1"}}, "sizes.0.consumption", "not a number"),
        ({"sizes": {"S": "1", "M": "1"}}, "sizes.L", "needed"),
        ({"sizes": {}}, "consumption", "for all sizes or one for each"),
        ({"sizes": {"S": "1", "M": "1", "L": "1", "XL": "1"}}, "sizes.3.size", "not in the size run"),
        ({"sizes": {}, "consumption": "0"}, "consumption", "more than zero"),
        ({"sizes": {"S": "0", "M": "0", "L": "0"}}, "consumption", "more than zero"),
        ({"sizes": {}, "consumption": "-2"}, "consumption", "At least 0"),
        ({"sizes": {}, "consumption": "x"}, "consumption", "not a number"),
        ({"wastage_pct": "-1"}, "wastage_pct", "At least 0"),
        ({"wastage_pct": "100"}, "wastage_pct", "less than 100"),
        ({"wastage_pct": "5.12345"}, "wastage_pct", "4 decimals"),
        ({"fixed_loss": "-3"}, "fixed_loss", "At least 0"),
        ({"color_rule": "rainbow"}, "color_rule", "valid choice"),
        ({"color_rule": "none"}, "color_rule", "kept by colour"),
        ({"material": "LBL", "color_rule": "match"}, "color_rule", "not kept by colour"),
        ({"color_rule": "fixed"}, "colors", "Say which colour"),
        ({"color_rule": "fixed", "color_detail": "PNK"}, "colors.0.color", "no Colour “PNK”"),
        ({"color_rule": "fixed:PNK"}, "colors.0.color", "no Colour “PNK”"),
        ({"color_rule": "map", "color_detail": "NVY=PNK WHT=IVO"}, "colors.0.color", "no Colour “PNK”"),
        ({"color_rule": "map", "color_detail": "NVY=IVO"}, "colors", "No colour is given for WHT"),
        ({"color_rule": "map", "color_detail": "IVO=NVY"}, "colors.0.garment", "IVO is not a colourway"),
        ({"color_rule": "map", "color_detail": "NVY WHT"}, "colors.0.garment", "Write it as"),
        ({"size_rule": "track"}, "size_rule", "not kept by size"),
        ({"material": "ZIP", "size_rule": "none"}, "size_rule", "kept by size"),
        ({"size_rule": "sometimes"}, "size_rule", "valid choice"),
        ({"dest_rule": "sometimes"}, "dest_rule", "valid choice"),
        ({"stage": "ironing"}, "stage", "valid choice"),
    ],
)
def test_every_mistake_is_told_at_its_cell_and_nothing_is_saved(ctx, style, given, cell, says):
    found = problems(ctx, style, row("LBL", sizes={}, consumption="1"), row(**given))
    assert f"lines.1.{cell}" in found
    assert says in found[f"lines.1.{cell}"]
    assert {name.split(".")[2] for name in found} == {cell.split(".")[0]}


def test_all_mistakes_are_told_together(ctx, style):
    wrong = (
        row("NOPE", sizes={"S": "x", "M": "-1"}),
        row(wastage_pct="x"),
        row(uom="bolt", color_rule="fixed"),
    )
    assert set(problems(ctx, style, *wrong)) == {
        "lines.0.material", "lines.0.sizes.0.consumption", "lines.0.sizes.1.consumption", "lines.0.sizes.L",
        "lines.1.wastage_pct", "lines.2.uom", "lines.2.colors",
    }  # fmt: skip


def test_a_colour_rule_may_stand_in_one_cell(ctx, style):
    save_bom(ctx, style, [row(color_rule="fixed:ivo"), row(color_rule="map: NVY=IVO, WHT=WHT")])
    assert [(r["color_rule"], r["color_detail"]) for r in bom_of(ctx, style).rows] == [
        ("fixed", "IVO"),
        ("map", "NVY=IVO WHT=WHT"),
    ]


def test_who_saw_an_older_version_is_told_and_nothing_is_lost(ctx, style):
    seen = style.version
    save_bom(ctx, style, [row()], version=seen)
    with pytest.raises(Stale, match="T1 was changed by system"):
        save_bom(ctx, style, [row("LBL", sizes={}, consumption="1")], version=seen)
    assert [r["material"] for r in bom_of(ctx, style).rows] == ["FAB"]


def test_a_purchaser_reads_but_does_not_write(ctx, style, ctx_as):
    save_bom(ctx, style, [row()])
    with ctx_as("purch") as other:
        own = crud.get_row(other, other.registry.get("catalog.style"), "T1")
        assert bom_of(other, own).rows
        with pytest.raises(Denied):
            save_bom(other, own, [])


TABLE = """material\tplace\tunit\tS\tM\tL\twastage\tcolour rule\tsize rule
FAB\tbody\tkg\t0.15\t0.16\t0.17\t6\tmatch\tnone
THR\t\tm\t135\t135\t135\t10\tfixed:IVO\t
"""


def paste(ctx, style, text):
    """Save what a sheet says, as the page does."""
    rows = payload_rows(LINES, rows_from_sheet(LINES, ctx, style, text, "lines_sheet"), style)
    run_action(ctx, ctx.registry.get("catalog.style"), style, "replace_bom", {"lines": rows})


def test_a_pasted_table_is_read_as_rows_of_the_matrix(ctx, style):
    paste(ctx, style, TABLE)
    assert [(r["material"], r["place"], r["color_detail"]) for r in bom_of(ctx, style).rows] == [
        ("FAB", "body", ""),
        ("THR", "", "IVO"),
    ]


DOZENS = {
    "2.6/dz": ("2.6", 12), "2.6 / doz.": ("2.6", 12), "2.6 per dozen": ("2.6", 12), "2.6／打": ("2.6", 12),
    "0.5/gross": ("0.5", 144), "1.5/100 pcs": ("1.5", 100), "1,200/1000": ("1200", 1000), "0.2/pc": ("0.2", 1),
}  # fmt: skip
"""What may be typed for consumption, and what it means: a figure and the pieces it is for."""


@pytest.mark.parametrize("typed", DOZENS)
def test_consumption_may_be_for_any_number_of_pieces(ctx, style, typed):
    paste(ctx, style, f"material\tunit\tconsumption\nLBL\tpcs\t{typed}\n")
    found = bom_of(ctx, style).rows[0]
    assert (found["consumption"], found["per_pieces"]) == DOZENS[typed]
    assert (rules_of(ctx, [style.id])[0].per_pieces, bom_figures(ctx, style)["bom"][0]["per_pieces"]) == (
        DOZENS[typed][1],
        DOZENS[typed][1],
    )
    entries = len(audit.audit_history(ctx, "catalog.style", style.id))
    save_bom(ctx, style, bom_of(ctx, style).rows)
    assert len(audit.audit_history(ctx, "catalog.style", style.id)) == entries


def test_pieces_have_a_column_of_their_own(ctx, style):
    paste(ctx, style, "物料\t用量\t每件數\nLBL\t2.6\t12\n")
    assert (bom_of(ctx, style).rows[0]["consumption"], bom_of(ctx, style).rows[0]["per_pieces"]) == (
        "2.6",
        12,
    )
    paste(ctx, style, "material\tS\tM\tL\nLBL\t1/dz\t1/dz\t2/dz\n")
    found = bom_of(ctx, style).rows[0]
    assert (found["sizes"], found["per_pieces"]) == ({"S": "1", "M": "1", "L": "2"}, 12)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("material\tS\tM\tL\nLBL\t1/dz\t1\t2/dz\n", "is not a number"),
        ("material\tconsumption\tper pcs\nLBL\t2.6/dz\t10\n", "is not a number"),
        ("material\tconsumption\tper pcs\nLBL\t2.6\t1.5\n", "whole pieces"),
        ("material\tconsumption\tper pcs\nLBL\t2.6\t20000\n", "At most 10,000"),
    ],
)
def test_pieces_that_could_be_two_numbers_are_refused(ctx, style, text, says):
    with pytest.raises(Refused) as refusal:
        paste(ctx, style, text)
    assert says in str(refusal.value)


PAYLOAD = [
    {"material": "fab", "place": "body", "wastage_pct": "6", "sizes": [
        {"size": "S", "consumption": "0.15"}, {"size": "M", "consumption": "0.16"}, {"size": "L", "consumption": "0.17"}]},
    {"material": "THR", "uom": "m", "consumption": "135", "color_rule": "map", "colors": [
        {"garment": "NVY", "color": "NVY"}, {"garment": "WHT", "color": "IVO"}]},
    {"material": "FAB", "consumption": "0.000001", "color_rule": "fixed", "colors": [{"color": "WHT"}]},
    {"material": "LBL", "consumption": "1", "dest_rule": "track", "stage": "packing", "optional": True},
]  # fmt: skip


def test_consumption_as_a_payload_replaces_what_was_there(ctx, style):
    save_bom(ctx, style, [row("LBL", sizes={}, consumption="1", dest_rule="track")])
    entity = ctx.registry.get("catalog.style")
    told = run_action(ctx, entity, style, "replace_bom", {"lines": PAYLOAD})
    assert str(told) == "4 lines of consumption saved."
    found = bom_of(ctx, style).rows
    assert [(r["material"], r["color_rule"], r["color_detail"]) for r in found] == [
        ("FAB", "match", ""),
        ("THR", "map", "NVY=NVY WHT=IVO"),
        ("FAB", "fixed", "WHT"),
        ("LBL", "none", ""),
    ]
    assert (found[0]["sizes"], found[0]["wastage_pct"]) == ({"S": "0.15", "M": "0.16", "L": "0.17"}, "6")
    assert (found[2]["consumption"], found[2]["uom"]) == ("0.000001", "kg")
    assert (found[3]["dest_rule"], found[3]["stage"], found[3]["optional"]) == ("track", "packing", True)
    version = style.version
    run_action(ctx, entity, style, "replace_bom", {"lines": PAYLOAD})
    assert style.version == version, "the same again leaves no trace"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"material": "NONE"}, "lines.0.material"),
        ({"uom": "ell"}, "lines.0.uom"),
        ({"wastage_pct": "100"}, "lines.0.wastage_pct"),
        ({"sizes": [{"size": "XXL", "consumption": "1"}]}, "lines.0.sizes.0.size"),
        ({"color_rule": "fixed"}, "lines.0.colors"),
        ({"color_rule": "map"}, "lines.0.colors"),
        ({"color_rule": "map", "colors": [{"garment": "IVO", "color": "IVO"}]}, "lines.0.colors.0.garment"),
        ({"sizes": []}, "lines.0.consumption"),
    ],
)
def test_what_is_wrong_in_a_payload_is_said_at_its_row(ctx, style, change, where):
    given = {"lines": [PAYLOAD[0] | change, *PAYLOAD[1:]]}
    with pytest.raises(Refused) as refused:
        run_action(ctx, ctx.registry.get("catalog.style"), style, "replace_bom", given)
    assert where in {p.field for p in refused.value.problems}
    ctx.session.rollback()


@pytest.mark.parametrize(
    ("again", "refused"),
    [
        ({}, True),
        ({"consumption": "2", "place": "ＢＯＤＹ "}, True),
        ({"optional": True}, True),
        ({"place": "sleeve"}, False),
        ({"color_rule": "fixed", "colors": [{"color": "WHT"}]}, False),
    ],
)
def test_a_material_stands_twice_only_for_another_part_or_in_another_colour(ctx, style, again, refused):
    first = {"material": "FAB", "place": "body", "consumption": "1"}
    given = {"lines": [first, {"material": "LBL", "consumption": "1"}, first | again]}
    do = lambda: run_action(ctx, ctx.registry.get("catalog.style"), style, "replace_bom", given)  # noqa: E731
    if not refused:
        return do()
    with pytest.raises(Refused, match="FAB stands in row 1 already") as why:
        do()
    assert [p.field for p in why.value.problems] == ["lines.2.material"]


def test_headings_are_known_in_chinese_and_in_any_order(ctx, style):
    paste(ctx, style, "m\t物料\t單位\t損耗率\ts\tL\n0.16\tfab\tkg\t6%\t0.15\t0.17")
    (found,) = bom_of(ctx, style).rows
    assert (found["material"], found["uom"], found["wastage_pct"]) == ("FAB", "kg", "6")
    assert found["sizes"] == {"S": "0.15", "M": "0.16", "L": "0.17"}


def test_what_materials_colours_and_sizes_are_called_beside_their_codes_is_read(ctx, shop):
    navy, ivory = shop.color("NVY"), shop.color("IVO")
    shop.save("color", navy, name="Navy Blue", names={"zh_Hant_TW": "海軍藍"})
    shop.save("color", ivory, name="Ivory")
    fabric = shop.material("FAB", by_color=True)
    shop.save("material", fabric, name="Single jersey", names={"zh_Hans_CN": "汗布"})
    style = shop.style("T9", shop.run("LONG", sizes="L XL 2XL"), [navy])
    shop.save(
        "style",
        style,
        {"colors": [{"id": style.colors[0].id, "color": navy, "customer_code": "MIDNIGHT"}]},
    )
    rows = (
        "material\tplace\tunit\tL\tXL\tXXL\tcolour rule",
        "single jersey\tbody\tKG\t0,15\t0,16\t0,17\tBy table:Midnight=Ivory",
        "汗布\tcollar\tkg\t0,1\t0,1\t0,1\tmap:海軍藍=ivo",
        "FAB\t\tkg\t0,1\t0,1\t0,1\tfixed:Navy Blue",
    )
    paste(ctx, style, "\n".join(rows))
    found = bom_of(ctx, style).rows
    assert [(r["material"], r["color_rule"], r["color_detail"]) for r in found] == [
        ("FAB", "map", "NVY=IVO"),
        ("FAB", "map", "NVY=IVO"),
        ("FAB", "fixed", "NVY"),
    ]
    assert found[0]["sizes"] == {"L": "0.15", "XL": "0.16", "2XL": "0.17"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("S\tM\n1\t2", "heading “Material”"),
        ("material\tXXL\nFAB\t1", "“XXL”: no column"),
        ("x\n" * 3000, "too large"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_under_the_text(ctx, style, text, says):
    with pytest.raises(Refused, match=says) as refused:
        rows_from_sheet(LINES, ctx, style, text, "lines_sheet")
    assert {p.field for p in refused.value.problems} == {"lines_sheet"}


def test_a_table_without_anything_is_refused(ctx, style):
    with pytest.raises(Refused, match="nothing to read"):
        rows_from_sheet(LINES, ctx, style, " \t \n", "lines_sheet")


def test_rules_for_many_styles_in_as_many_queries_as_for_one(ctx, shop, style, count_queries):
    save_bom(ctx, style, GOOD)
    others = []
    for n in range(4):
        other = shop.style(f"X{n}", style.size_run, [c.color for c in style.colors])
        save_bom(ctx, other, GOOD)
        others.append(other.id)
    ctx.session.expunge_all()
    with count_queries() as one:
        assert len(rules_of(ctx, [style.id])) == 5
    ctx.session.expunge_all()
    with count_queries() as many:
        rules = rules_of(ctx, [style.id, *others])
    assert len(rules) == 25
    assert many.count == one.count
    assert len(rules_of(ctx, [style.id], optional=False)) == 4
    assert rules[1].to_stock * 5000 == 1
    assert [r.stage for r in rules[:4]] == ["cutting", "cutting", "cutting", "packing"]


junk = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)


@settings(max_examples=examples(15, 60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.fixed_dictionaries({
    "material": st.sampled_from(["FAB", "lbl", "ZIP", ""]) | junk, "uom": st.sampled_from(["", "kg", "m"]) | junk,
    "consumption": st.sampled_from(["", "1"]) | junk, "sizes": st.dictionaries(st.sampled_from("SML") | junk, junk, max_size=3),
    "wastage_pct": junk, "color_rule": st.sampled_from(["", "match", "map", "fixed"]) | junk, "color_detail": junk,
    "size_rule": st.sampled_from(["", "none", "track"]) | junk, "dest_rule": st.sampled_from(["", "track"]) | junk,
}), max_size=3))  # fmt: skip
def test_whatever_is_typed_is_saved_or_refused_at_a_cell(ctx, style, rows):
    try:
        save_bom(ctx, style, rows)
    except Refused as refused:
        ctx.session.expire_all()
        for problem in refused.problems:
            assert problem.field.startswith("lines.")
        return
    rules_of(ctx, [style.id])


def test_lines_are_kept_by_codes_and_told_in_words(ctx, style):
    save_bom(
        ctx,
        style,
        [row(), row("LBL", sizes={}, consumption="1", dest_rule="track", stage="packing", optional=True)],
    )
    lines = bom_lines(ctx, [style.id])[style.id]
    assert [text.partition("% ")[2] for text in line_texts(ctx, [], lines)] == [
        "match",
        "none dest_rule packing optional",
    ]
    assert [text.partition("% ")[2] for text in line_texts(ctx, [], lines, words=True)] == [
        "As the garment",
        "No colour Per destination Packing optional",
    ]
