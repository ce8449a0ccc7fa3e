"""What garments take: the worked figures of the trade, and what must hold for any BOM."""

from __future__ import annotations

import csv
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

import plugins.orders
from plugins.catalog.demo import loader
from plugins.catalog.models import Color, Destination, Material, Style
from plugins.catalog.services.bom import rules_of
from plugins.catalog.services.need import Key, MissingColor, Pieces, Rule, cartons, compute_need, round_up
from plugins.catalog.services.sizes import sizes_of

CODES = {1: "S", 2: "M", 3: "L"}
STEP = Decimal("0.01")


def rule(**given):
    base = {"style": 1, "material": 7, "to_stock": Fraction(1), "step": STEP, "consumption": Decimal("0.1")}
    return Rule(**{**base, **given})


def pieces(qty=100, style=1, color=1, size=1, destination=1):
    return Pieces(style, color, size, destination, qty)


@pytest.mark.parametrize(
    ("rules", "made", "options", "found"),
    [
        ([rule()], [pieces(100)], {}, [(Key(7), "10", "10", "10")]),
        ([rule(wastage_pct=Decimal(6))], [pieces(100)], {}, [(Key(7), "10", "10.6", "10.6")]),
        # by the dozen: multiplied first, 2.6 ÷ 12 has no end
        ([rule(consumption=Decimal("2.6"), per_pieces=12, wastage_pct=Decimal(5))], [pieces(4000)], {},
         [(Key(7), "866.666667", "910", "910")]),
        ([rule(consumption=Decimal(1), per_pieces=3), rule(by_size={1: Decimal("0.7")}, per_pieces=7)], [pieces(30)],
          {}, [(Key(7), "13", "13", "13")]),
        # wastage as a share of what is cut
        ([rule(wastage_pct=Decimal(5))], [pieces(95)], {"yield_mode": True}, [(Key(7), "9.5", "10", "10")]),
        # over-cut raises what is needed, not the net
        ([rule(wastage_pct=Decimal(5))], [pieces(100)], {"overcut_pct": Decimal(2)}, [(Key(7), "10", "10.71", "10.71")]),
        # rounded once for the group: two lines of 0.5 cone are one cone
        ([rule(consumption=Decimal("0.005"), step=Decimal(1))], [pieces(100), pieces(100, destination=2)], {},
         [(Key(7), "1", "1", "1")]),
        ([rule(consumption=Decimal("0.0051"), step=Decimal(1))], [pieces(100), pieces(100, destination=2)], {},
         [(Key(7), "1.02", "1.02", "2")]),
        # a size of its own figure, one of zero, one of the common figure
        ([rule(by_size={2: Decimal("0.2"), 3: Decimal(0)})], [pieces(10), pieces(10, size=2), pieces(10, size=3)], {},
         [(Key(7), "3", "3", "3")]),
        # keys
        ([rule(color_rule="match")], [pieces(10), pieces(20, color=2)], {},
         [(Key(7, 1), "1", "1", "1"), (Key(7, 2), "2", "2", "2")]),
        ([rule(color_rule="fixed", fixed_color=9)], [pieces(10), pieces(20, color=2)], {}, [(Key(7, 9), "3", "3", "3")]),
        ([rule(color_rule="map", color_map={1: 5, 2: 5})], [pieces(10), pieces(20, color=2)], {},
         [(Key(7, 5), "3", "3", "3")]),
        ([rule(size_rule="track")], [pieces(10), pieces(20, size=2)], {},
         [(Key(7, None, "M"), "2", "2", "2"), (Key(7, None, "S"), "1", "1", "1")]),
        ([rule(dest_rule="track")], [pieces(10), pieces(20, destination=2)], {},
         [(Key(7, None, None, 1), "1", "1", "1"), (Key(7, None, None, 2), "2", "2", "2")]),
        # a fixed loss counts once per group, not per piece or line
        ([rule(fixed_loss=Decimal(2))], [pieces(10), pieces(10, destination=2)], {}, [(Key(7), "2", "4", "4")]),
        ([rule(fixed_loss=Decimal(2), color_rule="match")], [pieces(10), pieces(10, color=2)], {},
         [(Key(7, 1), "1", "3", "3"), (Key(7, 2), "1", "3", "3")]),
        # the same material in two places of the garment is one group
        ([rule(), rule(consumption=Decimal("0.2"))], [pieces(10)], {}, [(Key(7), "3", "3", "3")]),
        # other styles, no pieces, nothing used
        ([rule(style=2)], [pieces(10)], {}, []),
        ([rule()], [pieces(0)], {}, []),
        ([rule(consumption=Decimal(0))], [pieces(10)], {}, []),
        # converted to the stock unit exactly: 91.44 m are 100 yd, not a step more
        ([rule(consumption=Decimal("0.9144"), to_stock=Fraction(10000, 9144))], [pieces(100)], {},
         [(Key(7), "100", "100", "100")]),
    ],
)  # fmt: skip
def test_need(rules, made, options, found):
    result = compute_need(rules, made, CODES, **options)
    assert [(n.key, n.net, n.gross, n.required) for n in result] == [
        (key, Decimal(net), Decimal(gross), Decimal(required)) for key, net, gross, required in found
    ]


def test_a_gap_in_a_colour_map_is_an_error_not_a_guess():
    with pytest.raises(MissingColor):
        compute_need([rule(color_rule="map", color_map={2: 5})], [pieces()], CODES)


decimals = st.decimals("0.001", "9", places=3)
some_rules = st.lists(
    st.builds(
        rule, material=st.integers(1, 3), consumption=decimals, wastage_pct=st.decimals(0, 30, places=2),
        color_rule=st.sampled_from(["match", "none"]), size_rule=st.sampled_from(["none", "track"]),
        dest_rule=st.sampled_from(["none", "track"]), to_stock=st.fractions("1/9", 3),
    ),
    min_size=1, max_size=4,
)  # fmt: skip
some_pieces = st.lists(
    st.builds(
        pieces,
        st.integers(0, 500),
        color=st.integers(1, 3),
        size=st.integers(1, 3),
        destination=st.integers(1, 2),
    ),
    max_size=8,
)


@given(some_rules, some_pieces)
def test_required_is_gross_rounded_up_less_than_one_step_and_gross_covers_net(rules, made):
    for need in compute_need(rules, made, CODES):
        assert need.net <= need.gross
        assert need.required % STEP == 0
        assert -Decimal("0.000001") <= need.required - need.gross < STEP + Decimal("0.000001")


@given(some_rules, some_pieces, some_pieces)
def test_one_purchase_for_both_never_needs_more_than_two_apart(rules, one, other):
    def required(made):
        return {n.key: n.required for n in compute_need(rules, made, CODES)}

    together, first, second = required(one + other), required(one), required(other)
    assert set(together) == set(first) | set(second)
    for key, qty in together.items():
        apart = first.get(key, 0) + second.get(key, 0)
        assert apart - STEP <= qty <= apart


@given(some_rules, some_pieces)
def test_the_order_of_pieces_does_not_matter(rules, made):
    assert compute_need(rules, made, CODES) == compute_need(rules, made[::-1], CODES)


@given(st.fractions(0, 10**6), st.sampled_from([Decimal(1), STEP, Decimal("0.001"), Decimal("0.5")]))
def test_rounding_up(value, step):
    rounded = round_up(value, step)
    assert Fraction(rounded) >= value > Fraction(rounded) - Fraction(step)
    assert Fraction(rounded) % Fraction(step) == 0


@pytest.mark.parametrize(
    ("qty", "per", "boxes"),
    [(2520, 36, 70), (840, 36, 24), (1, 36, 1), (0, 36, 0), (36, 36, 1), (37, 36, 2), (5, None, 0)],
)
def test_cartons(qty, per, boxes):
    assert cartons(qty, per) == boxes


# --- the demo tenant -------------------------------------------------------------------------------------------------

FIRST_ORDER = (
    ("SO-26001", "ST-2601"),
    ("SO-26002", "ST-2601"),
    ("SO-26002", "ST-2602"),
    ("SO-26003", "ST-2602"),
)
SECOND_ORDER = (("SO-26004", "ST-2603"), ("SO-26006", "ST-2603"), ("SO-26005", "ST-2604"))


def demo_need(ctx, lines):
    """Need of the factory order over these (customer order, style) of the demo files, by readable key."""
    styles = {s.code: s for s in ctx.session.scalars(select(Style))}
    colors = {c.code: c.id for c in ctx.session.scalars(select(Color))}
    places = {d.code: d.id for d in ctx.session.scalars(select(Destination))}
    materials = {m.id: m.code for m in ctx.session.scalars(select(Material))}
    used = {styles[code].id for _, code in lines}
    sizes = sizes_of(ctx, used)
    path = Path(plugins.orders.__file__).parent / "demo" / "order_sizes.csv"
    made = []
    for line in csv.DictReader(path.open(encoding="utf-8")):
        if (line["so"], line["style"]) in lines:
            style = styles[line["style"]].id
            size = next(s.id for s in sizes[style] if s.code == line["size"])
            made.append(
                Pieces(style, colors[line["color"]], size, places[line["destination"]], int(line["qty"]))
            )
    codes = {s.id: s.code for run in sizes.values() for s in run}
    names = {v: k for k, v in colors.items()}
    found = compute_need(rules_of(ctx, used), made, codes)
    return {(materials[n.key.material], names.get(n.key.color), n.key.size): n for n in found}, made


def test_the_worked_figures_of_the_demo(ctx):
    loader.load(ctx, 0)
    need, made = demo_need(ctx, FIRST_ORDER)
    assert sum(p.qty for p in made) == 6160
    jersey = need["FAB-SJ160", "NVY", None]
    assert (jersey.net, jersey.gross, jersey.required) == (
        Decimal("362.5"),
        Decimal("384.25"),
        Decimal("384.25"),
    )
    thread = need["THR-402", "NVY", None]
    assert (thread.gross, thread.required) == (Decimal("62.37"), 63)
    label = need["LBL-MAIN", None, None]
    assert (label.net, label.gross, label.required) == (6160, Decimal("6283.2"), 6284)
    assert label.stage == "sewing"


def test_the_second_factory_order_needs_28_groups_beside_its_cartons(ctx):
    loader.load(ctx, 0)
    need, made = demo_need(ctx, SECOND_ORDER)
    assert sum(p.qty for p in made) == 3380
    assert len(need) == 28
    by_material = defaultdict(int)
    for material, _color, _size in need:
        by_material[material] += 1
    assert (by_material["LBL-SIZE"], by_material["THR-402"], by_material["BTN-18L"]) == (10, 4, 1)
