"""Tables that pages compute: sorted by what their columns hold, written as they are described."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from kit.exports.csv import write_csv
from kit.exports.tables import TableColumn, sheet_of_table, sorted_rows

COLUMNS = (
    TableColumn[tuple]("word", "Word", lambda r: r[0]),
    TableColumn[tuple]("qty", "Pieces", lambda r: r[1], "qty"),
    TableColumn[tuple]("day", "Day", lambda r: r[2], "date"),
)
A = ("b", Decimal("9.5"), None)
B = ("A", Decimal(10), date(2026, 12, 1))
C = ("c", None, date(2026, 11, 1))


@pytest.mark.parametrize(
    ("sort", "rows"),
    [
        ("", [A, B, C]), ("nothing", [A, B, C]), ("word", [B, A, C]), ("-word", [C, A, B]), ("qty", [A, B, C]),
        ("-qty", [B, A, C]), ("day", [C, B, A]), ("-day", [B, C, A]),
    ],
)  # fmt: skip
def test_rows_are_sorted_and_those_without_a_value_come_last(sort: str, rows: list[tuple]) -> None:
    assert sorted_rows([A, B, C], COLUMNS, sort) == rows


def test_a_table_is_written_with_its_headings() -> None:
    text = b"".join(write_csv(sheet_of_table("T", COLUMNS, [A, B]))).decode("utf-8-sig").splitlines()
    assert text == ['"Word","Pieces","Day"', '"b","9.5",""', '"A","10","2026-12-01"']


def test_a_file_says_a_quantity_in_steps_of_its_unit() -> None:
    """What is held is exact; a thing may have a finer step of its own."""
    rows = [
        ("yd", None, Decimal("382.76455")),
        ("pcs", None, Decimal("4043.06")),
        ("kg", Decimal("0.001"), Decimal("10.52744")),
    ]
    columns = [
        TableColumn[tuple]("held", "Held", lambda r: r[2], "qty", lambda r: (r[0], r[1])),
        TableColumn[tuple]("exact", "Consumption", lambda r: r[2], "qty"),
    ]
    written = [list(map(str, row)) for row in sheet_of_table("T", columns, rows).rows]
    assert written == [["382.76", "382.76455"], ["4043", "4043.06"], ["10.527", "10.52744"]]
    assert sorted_rows(rows, columns, "held")[0] == rows[2]
