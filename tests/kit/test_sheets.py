"""Text pasted from a spreadsheet."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.api import T
from core.base_api import locale_scope
from core.values import Unreadable, fold
from kit.sheets import (
    Heading,
    compare_totals,
    is_total_row,
    match_headings,
    parse_sheet,
    unknown_headings,
)


def cells_of(text):
    return [list(row.cells) for row in parse_sheet(text).rows]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", []),
        ("\n \n", []),
        ("a\tb\r\nc\td\r\n", [["a", "b"], ["c", "d"]]),
        ("a\tb\rc\td", [["a", "b"], ["c", "d"]]),
        ("a\tb\n\nc\td\n\n\n", [["a", "b"], ["c", "d"]]),
        ("\t\n\na\tb", [["a", "b"]]),
        ("a\t b  c \n d", [["a", "b c"], ["d", ""]]),
        ('"two\nlines"\t2', [["two lines", "2"]]),
        ('"say ""hi"""\t2', [['say "hi"', "2"]]),
        ("\ufeffa\tb", [["a", "b"]]),
        ("a,b\n1,2", [["a", "b"], ["1", "2"]]),
        ("a;b\n1,5;2", [["a", "b"], ["1,5", "2"]]),
        ("1,200\t3", [["1,200", "3"]]),
        ("1,200\n300\n", [["1,200"], ["300"]]),
        ("款號\t尺碼\u3000 M", [["款號", "尺碼 M"]]),
    ],
)
def test_cells(text, rows):
    assert cells_of(text) == rows


def test_too_much_is_refused():
    with pytest.raises(Unreadable, match="2,000 rows"):
        parse_sheet("a\n" * 2001)
    with pytest.raises(Unreadable, match="200 columns"):
        parse_sheet("\t" * 200 + "x")
    with pytest.raises(Unreadable, match="cell"):
        parse_sheet("x" * 200_000 + "\t")


cells = st.text(st.characters(exclude_categories=("Cs", "Cc", "Z")), min_size=1, max_size=8)


@given(
    st.integers(1, 5).flatmap(
        lambda n: st.lists(st.lists(cells, min_size=n, max_size=n), min_size=1, max_size=6)
    )
)
def test_what_a_spreadsheet_copies_comes_back(rows):
    if len(rows[0]) == 1:
        rows = [[*row, "x"] for row in rows]
    out = io.StringIO()
    csv.writer(out, delimiter="\t", lineterminator="\n").writerows(rows)
    expected = [cells for row in rows if any(cells := [fold(cell) for cell in row])]
    assert cells_of(out.getvalue()) == expected


@given(st.text(max_size=200))
def test_any_text_gives_a_rectangle_or_is_refused(text):
    try:
        rows = cells_of(text)
    except Unreadable:
        return
    assert len({len(row) for row in rows}) <= 1


TRADE = (
    Heading("style", T("Style"), ("style",)),
    Heading("color", T("Colour"), ("color",)),
    Heading("ship_date", T("Ship date"), ("ship_date",)),
    Heading("price", T("Price"), ("price",)),
    Heading("qty", T("Pieces"), ("pieces",)),
    Heading("roll", None, ("roll",)),
    Heading("net", None, ("kg",)),
)


@pytest.mark.parametrize("locale", ["en", "zh_Hant_TW", "zh_Hans_CN"])
@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("Style#", "style"), ("STYLE NO.", "style"), ("款號", "style"), ("款号", "style"), ("Ex-Factory", "ship_date"),
        ("交期", "ship_date"), ("FOB", "price"), ("單價", "price"), ("ROLL#", "roll"), ("匹号", "roll"), ("N.W.(KGS)", "net"),
        ("n.w.", "net"), ("淨重", "net"), ("合計", "qty"), ("Total", "qty"), ("Ｃｏｌｏｒ", "color"), ("PO#", ""), ("XL", ""),
    ],
)  # fmt: skip
def test_headings_are_known_in_every_language_whatever_the_readers(locale, heading, name):
    with locale_scope(locale):
        assert match_headings([heading], TRADE) == [name]


def test_unknown_columns_are_named_and_what_says_nothing_new_is_not():
    cells = ["PO#", "Style", "Description", "G.W.(KGS)", "XL", ""]
    names = match_headings(cells, TRADE)
    assert unknown_headings(cells, names) == ["PO#", "XL"]
    assert unknown_headings(cells, names, lambda heading: heading == "XL") == ["PO#"]


def test_a_column_stands_once():
    assert match_headings(["Style", "Item", "Qty"], TRADE) == ["style", "", "qty"]


@pytest.mark.parametrize(
    ("first", "total"),
    [
        ("TOTAL", True), ("Total:", True), ("Sub-total A-118", True), ("Grand Total", True), ("合计", True), ("小計", True),
        ("TTL", True), ("1", False), ("TOTE-BAG", False), ("Totally", False), ("", False),
    ],
)  # fmt: skip
def test_rows_of_totals(first, total):
    assert is_total_row(["", first, "5"]) == total


def table(text):
    return parse_sheet(text).rows


def test_totals_agree_with_what_stands_above_them():
    rows = table("1\t10\t1.5\nSub-total\t10\t1.5\n2\t20\t2.5\nSub-total\t20\t2.5\nTOTAL\t30\t4.0")
    assert compare_totals(rows, {1: "YDS", 2: "KG"}, "rolls") == []
    rows = table("1\t10\n2\t20\nTOTAL\t40\n")
    assert [str(p) for p in compare_totals(rows, {1: "YDS"}, "rolls")] == [
        "Line 3: the total of “YDS” says 40, the rows above add up to 30."
    ]


def test_lines_are_counted_as_they_stand_in_the_sheet():
    assert [row.line for row in table("\n\nStyle\tQty\n\nA\t1")] == [3, 5]
