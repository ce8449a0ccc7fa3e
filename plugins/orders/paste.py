"""Lines pasted from a spreadsheet: a heading row names the columns, every other column is a size.

Wide tables have a column per size; long ones a row per size with the columns *size* and *qty*. An empty style,
destination, ship date or price means "as above" (merged cells). A new heading row starts a new table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute

from core.api import Problem, Refused, T
from plugins.catalog.grid import parse_grid
from plugins.orders.inputs import LineInput, key
from plugins.orders.quick_entry import at_line

WORDS = {
    "style": "style sku styleno styleno. item 款式 款號 款号",
    "color": "color colour colorway colourway 顏色 颜色 配色 色號 色号",
    "destination": "destination dest dest. 目的地",
    "ship_date": "shipdate ship_date delivery date 交期 船期 出貨日 出货日",
    "price": "price unitprice unit_price 單價 单价 價格 价格",
    "qty": "qty total pcs quantity 合計 合计 總數 总数 數量 数量",
    "size": "size 尺碼 尺码",
}
HEADINGS = {key(word): name for name, words in WORDS.items() for word in words.split()}
CARRIED = ("style", "destination", "ship_date", "price")
LONG = {"size", "qty"}


@dataclass
class _Row:
    """One line so far; rows of a long table add their size to it."""

    number: int
    values: dict[str, str]
    sizes: list[tuple[str, str]] = attribute(default_factory=list)
    total: str = ""


def parse(
    text: str, defaults: Mapping[str, str], field: str = "text"
) -> tuple[list[LineInput], list[Problem]]:
    """Lines of a pasted table; ``defaults`` fill style, destination, ship date and price where the table has none.

    Input names are ``<field>-<row>-…``: :func:`plugins.orders.text_entry.by_line` turns them into messages per row.
    Rows that cannot be read come back as problems. Raises Refused where there is no table to read.
    """
    try:
        table = parse_grid(text)
    except ValueError as error:
        raise Refused(T("This is too large to paste: at most 2,000 rows and 200 columns."), field) from error
    rows: list[_Row] = []
    problems: list[Problem] = []
    heading: list[str] = []
    above: dict[str, str] = {}
    merged: dict[tuple[str, ...], _Row] = {}
    for number, cells in enumerate(table, 1):
        if not any(cells):
            continue
        if is_heading(cells):
            heading, above, merged = cells, {}, {}
            continue
        if not heading:
            raise Refused(T("The first row must name the columns: Style, Colour, …, and the sizes."), field)
        row = _read(number, heading, cells, above, defaults, field)
        if isinstance(row, Problem):
            problems.append(row)
            continue
        if HEADINGS.get(key(row.values["style"])) == "qty" or HEADINGS.get(key(row.values["color"])) == "qty":
            continue  # the sheet's own row of totals
        place = tuple(key(value) for value in row.values.values())
        if is_long(heading) and place in merged:
            merged[place].sizes += row.sizes
            continue
        merged[place] = row
        rows.append(row)
    if not rows and not problems:
        raise Refused(T("There is nothing to read."), field)
    return [_line(row, f"{field}-{row.number}") for row in rows], problems


def is_heading(cells: Sequence[str]) -> bool:
    """Does this row name columns? It has the word for colour or style, or for size and quantity."""
    names = {HEADINGS[key(c)] for c in cells if key(c) in HEADINGS}
    return bool(names & {"style", "color"}) or names >= LONG


def is_long(heading: Sequence[str]) -> bool:
    """Is it a table with a row per size?"""
    return {HEADINGS.get(key(h), "") for h in heading} >= LONG


def _read(
    number: int,
    heading: Sequence[str],
    cells: Sequence[str],
    above: dict[str, str],
    defaults: Mapping[str, str],
    field: str,
) -> _Row | Problem:
    row = _Row(number, {"style": "", "color": "", "destination": "", "ship_date": "", "price": ""})
    size = pieces = ""
    for title, cell in zip(heading, cells, strict=False):
        name = HEADINGS.get(key(title), "")
        if name in row.values:
            row.values[name] = cell
        elif name == "size":
            size = cell
        elif name == "qty":
            pieces = row.total = cell
        elif title and cell:
            row.sizes.append((title, cell))
        elif cell:
            return at_line(number, T("“{value}” stands in a column without a heading.", value=cell), field)
    if is_long(heading):
        row.total, row.sizes = "", [(size, pieces)]
    for name in CARRIED:
        row.values[name] = above[name] = row.values[name] or above.get(name) or defaults.get(name, "")
    return row


def _line(row: _Row, name: str) -> LineInput:
    values = {name: re.sub(r"\s+", " ", value) for name, value in row.values.items()}
    return LineInput(
        style=values["style"], color=values["color"], destination=values["destination"],
        ship_date=values["ship_date"], price=values["price"], sizes=tuple(row.sizes), qty=row.total or None, name=name,
        at={"qty": f"{name}-qty"},
    )  # fmt: skip
