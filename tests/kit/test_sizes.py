"""Colours × sizes: from inputs to the payload of an action and back, nothing typed ever becoming another number or cell's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.api import Field, PayloadTable, Problem, Refused, T
from kit.lines import Typed
from kit.sheets import Heading
from kit.sizes import Cell, CellValue, Free, GridBlock, GridRow, SizeGrid, posted_blocks
from kit.sizes.editor import take_left
from kit.sizes.pasted import fill_from_sheet
from kit.sizes.posted import numbered, payload_lines, placed, posted_lines, take_over

pytestmark = pytest.mark.once
SIZES = ("S", "M", "7.5", "38/40")
COLORS = ("NVY", "WHT")
PAYLOAD = PayloadTable(
    "lines",
    T("Lines"),
    (
        Field("line", T("Line"), "int"),
        Field("color", T("Colour")),
        Field("price", T("Price"), "price"),
        Field("cartons", T("Cartons"), "pieces"),
    ),
    tables=(
        PayloadTable(
            "sizes",
            T("Sizes"),
            (
                Field("size", T("Size")),
                Field("pcs", T("Pieces"), "pieces"),
                Field("bad", T("Rejected"), "pieces"),
            ),
        ),
    ),
)


def held(ctx: Any, document: Any) -> list[GridBlock]:
    """Two blocks of two colours; 10 pieces of navy S in the first are there, 7 of each are left."""
    return [
        GridBlock(
            f"ST-{n}",
            sizes=[(size, size) for size in SIZES],
            rows=[
                GridRow(
                    f"{n}-{color}",
                    {"line": n, "color": color},
                    color,
                    typed={"cartons": ""},
                    cells={
                        size: Cell(
                            {"pcs": "10" if (n, color, size) == (1, "NVY", "S") else ""},
                            left=7,
                            at=f"cell-{n}-{color}-{size}",
                        )
                        for size in SIZES
                    },
                    names={"style": (f"ST-{n}",), "color": (color, color.lower() + " blue")},
                )
                for color in COLORS
            ],
        )
        for n in (1, 2)
    ]


GRID = SizeGrid(
    PAYLOAD,
    (CellValue("pcs", T("Pieces")), CellValue("bad", T("Rejected"))),
    held,
    row_columns=(Typed("cartons"),),
    left=T("All that is left"),
    sheet=(Heading("style", T("Style"), ("style",)), Heading("color", T("Colour"), ("color",))),
    most=6,
    most_cells=40,
)
CHANGED = replace(GRID, changed=True)


def page(grid: SizeGrid = GRID) -> dict[str, str]:
    """The form as a browser sends it: every input of the page."""
    form = {}
    for block in numbered(grid.blocks(None, None)):  # type: ignore[arg-type]
        for row in block.rows:
            form[f"lines-{row.index}-id"] = row.key
            form[f"lines-{row.index}-cartons"] = row.typed["cartons"]
            for size, cell in row.cells.items():
                for value in ("pcs", "bad"):
                    form[f"lines-{row.index}-sizes.{value}.{size}"] = cell.texts.get(value, "")
    return form


def sent(form: dict[str, str], grid: SizeGrid = GRID) -> tuple[Any, list[GridBlock], list[Any]]:
    blocks = numbered(grid.blocks(None, None))  # type: ignore[arg-type]
    problems = take_over(grid, blocks, posted_lines(grid, form))
    rows, places = payload_lines(grid, blocks)
    return (rows, blocks, places) if not problems else (problems, blocks, places)


def test_what_was_typed_is_in_the_payload_under_its_line_and_size() -> None:
    form = page() | {"lines-3-sizes.pcs.7.5": "12", "lines-3-sizes.bad.7.5": "2", "lines-3-cartons": "1"}
    rows, _blocks, _places = sent(form)
    assert rows == [
        {"line": 1, "color": "NVY", "cartons": "", "sizes": [{"size": "S", "pcs": "10"}]},
        {"line": 2, "color": "WHT", "cartons": "1", "sizes": [{"size": "7.5", "pcs": "12", "bad": "2"}]},
    ]


def test_only_what_differs_goes_where_the_rest_stays() -> None:
    assert sent(page(), CHANGED)[0] == []
    emptied = sent(page() | {"lines-0-sizes.pcs.S": ""}, CHANGED)[0]
    assert emptied == [], "without a word for nothing it cannot be said"
    zero = replace(CHANGED, values=(CellValue("pcs", T("Pieces"), empty="0"), GRID.values[1]))
    assert sent(page() | {"lines-0-sizes.pcs.S": ""}, zero)[0] == [
        {"line": 1, "color": "NVY", "sizes": [{"size": "S", "pcs": "0"}]}
    ]


texts = st.text(st.characters(blacklist_categories=["Cs"]), max_size=6)
cells = st.tuples(st.integers(0, 3), st.sampled_from(["pcs", "bad"]), st.sampled_from(SIZES))


@given(st.dictionaries(cells, texts, max_size=12), st.permutations(range(4)))
def test_nothing_typed_becomes_another_number_or_another_cell(
    typed: dict[tuple[int, str, str], str], order: list[int]
) -> None:
    """Whatever is typed, and however the rows were numbered when the page was opened, each text is in the payload once, at
    the row and size it was typed for, as it was typed."""
    form = {}
    keys = [f"{n}-{color}" for n in (1, 2) for color in COLORS]
    for place, key in zip(order, keys, strict=True):
        form[f"lines-{place}-id"] = key
        for size in SIZES:
            for value in ("pcs", "bad"):
                text = typed.get((keys.index(key), value, size), "")
                form[f"lines-{place}-sizes.{value}.{size}"] = text
    rows, _blocks, _places = sent(form)
    found = {
        (f"{row['line']}-{row['color']}", value, cell["size"]): cell[value]
        for row in rows
        for cell in row["sizes"]
        for value in ("pcs", "bad")
        if value in cell
    }
    assert found == {
        (keys[n], value, size): text.strip() for (n, value, size), text in typed.items() if text.strip()
    }


@given(st.dictionaries(texts, texts, max_size=8))
def test_names_of_no_input_are_nothing(form: dict[str, str]) -> None:
    assert (
        sent({f"lines-{name}": text for name, text in form.items()} | {f"x{n}": t for n, t in form.items()})[
            0
        ]
        == []
    )


@pytest.mark.parametrize(
    "more",
    [
        {"lines-8-id": "3-NVY", "lines-8-sizes.pcs.S": "5"},
        {"lines-0-sizes.pcs.XXL": "5"},
        {"lines-8-id": "1-NVY", "lines-8-sizes.pcs.S": "5"},
    ],
)
def test_what_was_typed_for_something_that_is_gone_is_said(more: dict[str, str]) -> None:
    problems, _blocks, _places = sent(page() | more)
    assert [str(p) for p in problems] == ["A line was removed by somebody else. Open the document again."]


def test_an_empty_row_that_is_gone_is_nobodys_loss() -> None:
    rows, _blocks, _places = sent(page() | {"lines-8-id": "3-NVY", "lines-8-sizes.pcs.S": "0"})
    assert len(rows) == 1


def test_what_was_not_on_the_page_is_not_saved_by_it() -> None:
    form = {n: v for n, v in page().items() if not n.startswith("lines-0-")}
    assert sent(form)[0] == []


def test_a_form_is_bounded() -> None:
    with pytest.raises(Refused, match="At most 6 rows at once; these are 7"):
        posted_lines(GRID, {f"lines-{n}-cartons": "1" for n in range(7)})
    with pytest.raises(Refused, match="At most 40 cells at once; these are 41"):
        posted_lines(GRID, {f"lines-0-sizes.pcs.Z{n}": "1" for n in range(41)})


def test_messages_stand_at_their_cells() -> None:
    form = page() | {"lines-0-sizes.pcs.S": "", "lines-2-sizes.pcs.M": "1", "lines-2-sizes.bad.38/40": "x"}
    _rows, blocks, places = sent(form)
    problems = [
        Problem("one", "lines.0.sizes.0.pcs"),
        Problem("two", "lines.0.sizes.1.bad"),
        Problem("three", "cell-2-WHT-S"),
        Problem("line", "lines.0.color"),
        Problem("cartons", "lines.0.cartons"),
        Problem("reason", "over_reason"),
        Problem("none", "lines.9.sizes.0.pcs"),
        Problem("other", "nowhere"),
    ]
    assert placed(GRID, problems, blocks, places, {"over_reason"}) == {
        "lines-2-sizes.pcs.M": ["one"],
        "lines-2-sizes.bad.38/40": ["two"],
        "lines-3-sizes.pcs.S": ["three"],
        "lines-2-sizes": ["line"],
        "lines-2-cartons": ["cartons"],
        "over_reason": ["reason"],
        "": ["none", "other"],
    }


def test_all_that_is_left_goes_into_a_row_a_block_or_everything() -> None:
    for what, filled in (("row:1", 1), ("block:1", 2), ("all", 4)):
        blocks = numbered(held(None, None))
        take_left(GRID, blocks, what)
        rows = [r for b in blocks for r in b.rows if all(c.texts["pcs"] == "7" for c in r.cells.values())]
        assert len(rows) == filled


def test_a_sheet_with_sizes_across_goes_onto_its_rows() -> None:
    blocks = numbered(held(None, None))
    text = "款號\tColour\tS\tM\t38/40\tTotal\nst-1\tNVY BLUE\t5\t\t1,000\t1,005\nST-2\twht\t-\t2\t\t2"
    text += "\n合計\t\t5\t2\t1,000\t1,007"
    assert fill_from_sheet(GRID, blocks, text, "sheet") == 2
    typed = {
        (row.key, size): cell.texts["pcs"]
        for block in blocks
        for row in block.rows
        for size, cell in row.cells.items()
        if cell.texts["pcs"]
    }
    assert typed == {("1-NVY", "S"): "5", ("1-NVY", "38/40"): "1000", ("2-WHT", "M"): "2"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Style\tColour\tS\nST-9\tNVY\t5", "Line 2: There is no row for “ST-9, NVY” here."),
        ("Colour\tS\nNVY\t5", "Line 2: “NVY” fits several rows: give a further column."),
        ("Style\tColour\tS\nST-1\tNVY\t5\nST-1\tNVY\t6", "Line 3: It names the same row as line 2."),
        ("Style\tColour\tS\tM\tTotal\nST-1\tNVY\t5\t1\t7", "Line 2: The sizes add up to 6, not to 7."),
        ("Style\tColour\tS\nST-1\tNVY\t1.5", "garments are whole pieces"),
        (
            "Style\tColour\tS\tShade\nST-1\tNVY\t5\tA",
            "“Shade”: neither a size nor a column that is known here.",
        ),
        ("ST-1\tNVY\t5", "The first row must name the columns"),
        ("Style\tColour\tS\nST-1\tNVY\t5\nTotal\t\t6", "6"),
    ],
)
def test_a_sheet_that_does_not_fit_is_refused_whole(text: str, says: str) -> None:
    blocks = numbered(held(None, None))
    with pytest.raises(Refused) as caught:
        fill_from_sheet(GRID, blocks, text, "sheet")
    assert says in "; ".join(str(p) for p in caught.value.problems)
    assert {p.field for p in caught.value.problems} == {"sheet"}


FREE = replace(
    GRID,
    block_columns=(Typed("price"),),
    row_columns=(Typed("color"),),
    free=Free("price", "color", T("Block"), T("Colour")),
)


@given(st.dictionaries(cells, texts, max_size=8))
def test_rows_of_typed_blocks_keep_what_was_typed(typed: dict[tuple[int, str, str], str]) -> None:
    form = {"blocks-4-price": "2", "blocks-9-price": "3"}
    for n in range(4):
        form |= {f"lines-{n}-block": "94"[n % 2], f"lines-{n}-color": f"C{n}"}
    form |= {f"lines-{n}-sizes.{value}.{size}": text for (n, value, size), text in typed.items()}
    blocks = posted_blocks(FREE, form)
    assert [(b.index, b.typed["price"], [r.index for r in b.rows]) for b in blocks] == [
        (4, "2", [1, 3]),
        (9, "3", [0, 2]),
    ]
    found = {
        (row.index, value, size): text
        for block in blocks
        for row in block.rows
        for size, cell in row.cells.items()
        for value, text in cell.texts.items()
    }
    assert found == {place: text.strip() for place, text in typed.items()}


def test_a_row_of_no_block_is_said_and_one_that_is_ticked_goes() -> None:
    with pytest.raises(Refused, match="was removed by somebody else"):
        posted_blocks(FREE, {"lines-0-block": "7", "lines-0-sizes.pcs.S": "5"})
    gone = {"blocks-0-price": "2", "lines-0-block": "0", "lines-0-sizes.pcs.S": "5", "lines-0-_delete": "1"}
    assert posted_blocks(FREE, gone)[0].rows == []
