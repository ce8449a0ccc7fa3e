"""What a change does to lines of consumption: the rules as a table, what holds for any lines, and undoing."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.engineering.services.line_values import LineValues, differences
from plugins.engineering.services.mass_change.rules import Edit, Facts, Rule, changed, merge, outcomes
from tests.support.order import examples

D = Decimal
UNITS = {"pcs": Fraction(1), "doz": Fraction(12)}


def facts(
    code: str, *, by_color: bool = False, by_size: bool = False, units: dict[str, Fraction] | None = None
) -> Facts:
    """A material kept in pieces."""
    return Facts(code, "pcs", by_color, by_size, (UNITS if units is None else units).get)


BUTTON, SHELL, DYED, SIZED, CLOTH, ZIP = range(1, 7)
KNOWN = {
    BUTTON: facts("BUTTON"),
    SHELL: facts("SHELL"),
    DYED: facts("DYED", by_color=True),
    SIZED: facts("SIZED", by_size=True),
    CLOTH: facts("CLOTH", units={"m": Fraction(1)}),
    ZIP: facts("ZIP"),
}
LINE = LineValues(material=BUTTON, place="front", uom="pcs", consumption=D(6), wastage_pct=D(3))
RULE = Rule(kind="replace", material=BUTTON, by=SHELL)


@pytest.mark.parametrize(
    ("line", "rule", "after"),
    [
        (LINE, RULE, replace(LINE, material=SHELL)),
        (LINE, replace(RULE, ratio=D("1.5")), replace(LINE, material=SHELL, consumption=D(9))),
        (replace(LINE, fixed_loss=D(2)), replace(RULE, ratio=D(2)),
         replace(LINE, material=SHELL, consumption=D(12), fixed_loss=D(4))),
        (replace(LINE, sizes=((1, D(7)),)), replace(RULE, ratio=D("0.5")),
         replace(LINE, material=SHELL, consumption=D(3), sizes=((1, D("3.5")),))),
        (replace(LINE, uom="doz", consumption=D(1)), RULE, replace(LINE, material=SHELL, uom="doz", consumption=D(1))),
        (LINE, replace(RULE, ratio=D(1) / 3), replace(LINE, material=SHELL, consumption=D(2))),
        (LINE, replace(RULE, by=DYED), replace(LINE, material=DYED, color_rule="match")),
        (replace(LINE, color_rule="fixed", fixed_color=9), RULE, replace(LINE, material=SHELL)),
        (replace(LINE, color_rule="map", color_map=((1, 2),)), replace(RULE, by=DYED),
         replace(LINE, material=DYED, color_rule="map", color_map=((1, 2),))),
        (LINE, replace(RULE, by=SIZED), replace(LINE, material=SIZED, size_rule="track")),
        (LINE, Rule(kind="consumption", material=BUTTON, pct=D(5)), replace(LINE, consumption=D("6.3"))),
        (LINE, Rule(kind="consumption", material=BUTTON, pct=D("-50")), replace(LINE, consumption=D(3))),
        (LINE, Rule(kind="consumption", material=BUTTON, value=D("-0.5")), replace(LINE, consumption=D("5.5"))),
        (replace(LINE, consumption=None, sizes=((1, D(0)), (2, D(2)))), Rule(kind="consumption", material=BUTTON, value=D(1)),
         replace(LINE, consumption=None, sizes=((1, D(0)), (2, D(3))))),
        (replace(LINE, wastage_breaks=((D(500), D(2)),)), Rule(kind="wastage", material=BUTTON, pct=D(4)),
         replace(LINE, wastage_pct=D(4))),
        (LINE, Rule(kind="delete", material=BUTTON), None),
    ],
)  # fmt: skip
def test_a_line_after_a_rule(line: LineValues, rule: Rule, after: LineValues | None) -> None:
    assert changed(line, rule, KNOWN) == after


@pytest.mark.parametrize(
    ("lines", "rule", "says"),
    [
        ([LINE], Rule(kind="consumption", material=BUTTON, pct=D(-100)), "above zero"),
        ([LINE], Rule(kind="consumption", material=BUTTON, value=D(-6)), "above zero"),
        ([LINE], replace(RULE, ratio=D("0.00000001")), "above zero"),
        ([replace(LINE, uom="m")], RULE, "m does not convert to pcs, the stock unit of BUTTON"),
        ([LINE, replace(LINE, material=SHELL)], RULE, "SHELL is there already"),
        ([LINE], Rule(kind="add", line=replace(LINE, consumption=D(1))), "BUTTON is there already"),
        ([LINE], replace(RULE, ratio=D(100_000_000)), "more than can be kept"),
    ],
)
def test_a_rule_that_cannot_be_applied_says_why(lines: list[LineValues], rule: Rule, says: str) -> None:
    (found,) = outcomes(lines, rule, KNOWN)
    assert found.edit is None
    assert says in str(found.problem)


def test_a_unit_that_the_new_material_does_not_know_becomes_its_stock_unit() -> None:
    dozen = replace(LINE, uom="doz", consumption=D(2))
    known = {**KNOWN, SHELL: facts("SHELL", units={"pcs": Fraction(1)})}
    assert changed(dozen, RULE, known) == replace(LINE, material=SHELL, consumption=D(24))


def test_lines_of_other_materials_and_what_changes_nothing_are_left_alone() -> None:
    other = replace(LINE, material=ZIP)
    assert outcomes([other], RULE, KNOWN) == []
    assert outcomes([LINE], Rule(kind="wastage", material=BUTTON, pct=D(3)), KNOWN) == []
    both = outcomes([LINE, replace(LINE, place="cuff")], RULE, KNOWN)
    assert [found.edit.after.place for found in both if found.edit and found.edit.after] == ["front", "cuff"]


def test_what_differs_is_told_by_name() -> None:
    assert differences(LINE, replace(LINE, material=SHELL, consumption=D(7))) == [
        ("material", BUTTON, SHELL),
        ("consumption", D(6), D(7)),
    ]
    assert differences(None, LINE)[:2] == [("material", None, BUTTON), ("place", None, "front")]
    assert ("consumption", D(6), None) in differences(LINE, None)


def test_an_edit_finds_its_line_by_what_it_says() -> None:
    edit = Edit(LINE, replace(LINE, material=SHELL))
    zipper = replace(LINE, material=ZIP)
    assert merge([zipper, LINE], [edit]).lines == (zipper, edit.after)
    moved = merge([zipper, replace(LINE, consumption=D(7))], [edit])
    assert moved.lost == (edit,)
    coming = Edit(None, replace(LINE, material=ZIP, consumption=D(1)))
    assert merge([zipper], [coming]).lost == (coming,)


amounts = st.decimals(min_value=D("0.000001"), max_value=D(9999), places=6)
lines = st.lists(
    st.builds(
        LineValues,
        material=st.sampled_from([BUTTON, SHELL, ZIP]),
        place=st.sampled_from(["front", "cuff", "collar", "hem"]),
        uom=st.just("pcs"),
        consumption=amounts,
        wastage_pct=st.decimals(min_value=0, max_value=20, places=2),
        sizes=st.lists(st.tuples(st.integers(1, 4), amounts), max_size=3, unique_by=lambda each: each[0]).map(
            lambda found: tuple(sorted(found))
        ),
    ),
    max_size=6,
    unique_by=lambda line: line.same_place,
)
rules = st.one_of(
    st.builds(Rule, kind=st.just("replace"), material=st.just(BUTTON), by=st.just(SHELL),
              ratio=st.decimals(min_value=D("0.01"), max_value=D(100), places=4)),
    st.builds(Rule, kind=st.just("consumption"), material=st.just(BUTTON),
              pct=st.decimals(min_value=D(-99), max_value=D(300), places=2)),
    st.builds(Rule, kind=st.just("consumption"), material=st.just(BUTTON),
              value=st.decimals(min_value=D(-5), max_value=D(5), places=3)),
    st.builds(Rule, kind=st.just("wastage"), material=st.just(BUTTON), pct=st.decimals(min_value=0, max_value=20, places=2)),
    st.just(Rule(kind="delete", material=BUTTON)),
    st.just(Rule(kind="add", line=replace(LINE, material=ZIP, place="yoke"))),
)  # fmt: skip


@given(lines, rules)
@settings(max_examples=examples(60, 600), deadline=None)
def test_what_was_done_is_undone_and_others_are_untouched(found: list[LineValues], rule: Rule) -> None:
    edits = [each.edit for each in outcomes(found, rule, KNOWN) if each.edit is not None]
    after = merge(found, edits)
    assert not after.lost
    touched = [edit.before for edit in edits]
    assert [line for line in found if line not in touched] == [
        line for line in after.lines if line not in [edit.after for edit in edits]
    ]
    back = merge(after.lines, [edit.back for edit in edits])
    assert not back.lost
    assert sorted(map(repr, back.lines)) == sorted(map(repr, found))
    for edit in edits:
        assert edit.after is None or edit.before is None or all(now > 0 for now in edit.after.figures)
