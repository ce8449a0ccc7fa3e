"""Tables of lines: from inputs to the payload of an action and back to the inputs, with every message at its place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from core.api import Ctx, Field, PayloadTable, Problem, Refused, T
from kit.lines import LineRow, LineTable, Nested, Spread, Typed
from kit.lines.pasted import rows_from_sheet
from kit.lines.posted import dress_rows, payload_rows, placed, posted_rows

pytestmark = pytest.mark.once
CTX = cast(Ctx, None)
"""Nothing here asks the database."""

PAYLOAD = PayloadTable(
    "lines",
    T("Lines"),
    (
        Field("line", T("Line"), "int"),
        Field("material", T("Material"), required=True),
        Field("qty", T("Quantity"), "qty", required=True),
        Field("when", T("Available in"), "choice", choices=(("unknown", "?"), ("stock", "stock"))),
    ),
    tables=(
        PayloadTable("styles", T("Styles"), (Field("style", T("Style")),)),
        PayloadTable("sizes", T("Sizes"), (Field("size", T("Size")), Field("pcs", T("Pieces"), "int"))),
    ),
    key="line",
)


def split(text: str, line: LineRow, document: Any) -> list[dict[str, Any]] | None:
    return [{"style": code.strip()} for code in text.split(",")] if text else None


def held(ctx: Any, document: Any) -> list[LineRow]:
    return [LineRow(7, 1, {"material": "FAB", "qty": "5"})]


def across(ctx: Any, document: Any) -> list[tuple[str, str]]:
    return [(size, size) for size in ("S", "M", "2XL", "10")]


def alike(size: str) -> str:
    return {"XXL": "2XL"}.get(size.upper(), size.upper())


TABLE = LineTable(
    PAYLOAD,
    (
        Typed("material", kinds=("material",)),
        Typed("qty", kinds=("pieces",), sum=True),
        Typed("when"),
        Nested(Field("styles", T("Styles")), split),
        Spread("sizes", "size", "pcs", across, alike),
    ),
    held,
    starts={"when": "unknown"},
    most=5,
)


SHEET = replace(TABLE, columns=tuple(c for c in TABLE.columns if not isinstance(c, Spread)))


def form(*rows: dict[str, str]) -> dict[str, str]:
    return {f"lines-{n}-{name}": text for n, row in enumerate(rows) for name, text in row.items()}


def test_rows_that_say_something_are_read_in_their_order() -> None:
    found = posted_rows(
        TABLE,
        form(
            {"id": "7", "material": "", "qty": ""},
            {"material": " ", "qty": "", "when": "unknown"},
            {"material": "THR", "qty": "2", "when": "stock"},
            {"material": "X", "_delete": "1"},
            {"when": "stock"},
        ),
    )
    assert [(row.index, row.own, row.typed["material"]) for row in found] == [(0, 7, ""), (2, 0, "THR")]


def test_too_many_rows_are_refused_before_anything_is_read() -> None:
    with pytest.raises(Refused, match="At most 5 rows at once; these are 6"):
        posted_rows(TABLE, form(*({"qty": "1"} for _ in range(6))))


def test_the_payload_names_lines_by_their_key_and_holds_rows_within_rows() -> None:
    rows = posted_rows(
        TABLE,
        form(
            {
                "id": "7",
                "material": "FAB",
                "qty": "5",
                "styles": "A, B",
                "sizes.S": "1",
                "sizes.M": "",
                "sizes.L/XL": "2",
            },
            {"material": "THR", "qty": "2", "when": "unknown"},
        ),
    )
    dress_rows(TABLE, CTX, None, rows)
    assert payload_rows(TABLE, rows, None) == [
        {
            "line": 1, "material": "FAB", "qty": "5", "when": "", "styles": [{"style": "A"}, {"style": "B"}],
            "sizes": [{"size": "S", "pcs": "1"}, {"size": "L/XL", "pcs": "2"}],
        },
        {"material": "THR", "qty": "2", "when": "unknown", "sizes": []},
    ]  # fmt: skip
    rows = posted_rows(TABLE, form({"id": "8", "material": "FAB"}))
    assert dress_rows(TABLE, None, None, rows) == rows, "somebody else removed it"  # type: ignore[arg-type]


def test_every_message_stands_at_its_cell() -> None:
    rows = posted_rows(
        TABLE,
        form(
            {},
            {"material": "A", "styles": "X", "sizes.S": "", "sizes.M": "x"},
            {},
            {"material": "B", "sizes.XL": "3"},
        ),
    )
    problems = [
        Problem("no style", "lines.0.styles.0.style"),
        Problem("no number", "lines.0.sizes.0.pcs"),
        Problem("left out", "lines.0.sizes.10"),
        Problem("no such size", "lines.1.sizes.0.size"),
        Problem("needed", "lines.1.qty"),
        Problem("no reason", "reason"),
        Problem("elsewhere", "lines.1.uom"),
        Problem("whole", ""),
    ]
    assert placed(TABLE, problems, rows, {"reason"}, TABLE.across(CTX, None)) == {
        "lines-1-styles": ["no style"],
        "lines-1-sizes.M": ["no number"],
        "lines-1-sizes.10": ["left out"],
        "lines-3-qty": ["needed"],
        "reason": ["no reason"],
        "": ["no such size", "elsewhere", "whole"],
    }


@pytest.mark.parametrize(
    "text",
    [
        "Qty\tMaterial\n1,5\tFAB\n2\tTHR\nTotal\t\n",
        "數量\t物料\n1,5\tFAB\n2\tTHR",
        "FAB\t1.5\nTHR\t2",
        "Material;Quantity\nFAB;1,5\nTHR;2\n合计;3,5",
    ],
)
def test_a_pasted_sheet_becomes_rows(text: str) -> None:
    rows = rows_from_sheet(SHEET, CTX, None, text, "sheet")
    assert [
        (row.typed["material"], row.typed["qty"].replace(",", "."), row.typed["when"]) for row in rows
    ] == [
        ("FAB", "1.5", "unknown"),
        ("THR", "2", "unknown"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Material\tQty\tShade\nFAB\t1\tdark", "“Shade”: no column of this table is called so."),
        ("Material\tQty\nFAB\t1\nTotal\t2", "Line 3: the total of “Qty” says 2, the rows above add up to 1."),
        ("Material\tQty\nFAB\t1,234\nTHR\t1,5\nBTN\t2.25", "Line 2: “1,234” can be two numbers"),
        ("Material\tQty\n" + "FAB\t1\n" * 6, "At most 5 rows at once; these are 6."),
        ("", "There is nothing to read."),
    ],
)
def test_a_sheet_that_is_not_understood_is_refused(text: str, said: str) -> None:
    with pytest.raises(Refused) as error:
        rows_from_sheet(SHEET, CTX, None, text, "sheet")
    assert said in str(error.value.problems[0])
    assert {p.field for p in error.value.problems} == {"sheet"}


def test_unknown_columns_can_be_left_out() -> None:
    (row,) = rows_from_sheet(SHEET, CTX, None, "Material\tQty\tShade\nFAB\t1\tdark", "sheet", leave_out=True)
    assert row.typed == {"material": "FAB", "qty": "1", "when": "unknown"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("S\tM\n1\t2", "A column with the heading “Material” is needed."),
        ("FAB\t1\nTHR\t2", "“FAB”, “1”: no column of this table is called so."),
    ],
)
def test_where_columns_stand_across_a_sheet_needs_headings(text: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        rows_from_sheet(TABLE, CTX, None, text, "sheet")


def test_columns_across_are_known_by_what_they_are_called() -> None:
    text = "m\tMaterial\tXXL\tAvailable in\n1,5\tFAB\t1,234\tSTOCK\n2\tTHR\t\tsoon"
    rows = rows_from_sheet(TABLE, CTX, None, text, "sheet")
    assert [row.typed for row in rows] == [
        {"material": "FAB", "sizes.M": "1,5", "sizes.2XL": "1.234", "when": "stock"},
        {"material": "THR", "sizes.M": "2", "when": "soon"},
    ]


def test_what_two_cells_mean_together_is_settled_when_typed_and_when_pasted() -> None:
    def settle(typed: dict[str, str]) -> dict[str, str]:
        when, colon, material = typed.get("when", "").partition(":")
        return {**typed, "when": when, "material": material} if colon else typed

    table = replace(SHEET, settle=settle)
    (typed,) = posted_rows(table, form({"when": "stock:FAB", "qty": "1"}))
    (pasted,) = rows_from_sheet(table, CTX, None, "Qty\tMaterial\tAvailable in\n1\t\tstock:FAB", "sheet")
    assert [(row.typed["when"], row.typed["material"]) for row in (typed, pasted)] == [("stock", "FAB")] * 2
