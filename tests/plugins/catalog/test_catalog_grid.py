"""Text pasted from a spreadsheet."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.catalog.grid import parse_grid


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", []),
        ("\n \n", []),
        ("a\tb\r\nc\td\r\n", [["a", "b"], ["c", "d"]]),
        ("a\tb\rc\td", [["a", "b"], ["c", "d"]]),
        ("a\tb\n\nc\td\n\n\n", [["a", "b"], ["", ""], ["c", "d"]]),
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
    assert parse_grid(text) == rows


def test_too_much_is_refused():
    with pytest.raises(ValueError, match="rows"):
        parse_grid("a\n" * 2001)
    with pytest.raises(ValueError, match="columns"):
        parse_grid("\t" * 200 + "x")
    with pytest.raises(ValueError, match="cell"):
        parse_grid("x" * 200_000 + "\t")


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
    expected = [
        [cell.lstrip("\ufeff") if (i, j) == (0, 0) else cell for j, cell in enumerate(row)]
        for i, row in enumerate(rows)
    ]
    assert parse_grid(out.getvalue()) == expected


@given(st.text(max_size=200))
def test_any_text_gives_a_rectangle_or_is_refused(text):
    try:
        rows = parse_grid(text)
    except ValueError:
        return
    assert len({len(row) for row in rows}) <= 1
