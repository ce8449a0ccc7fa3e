"""Finds quantities that are shown finer than their unit, on a page, a paper or in a file as people see it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from lxml import html

PLACES = {
    **dict.fromkeys(("pcs", "set", "cone", "roll", "g"), 0),
    **dict.fromkeys(("m", "yd", "in", "dozen", "gross"), 2),
    "kg": 3,
    "cm": 1,
}
"""Most decimals of a quantity in each unit; kilograms go to the gram on receipts."""

BESIDE = re.compile(rf"(?<![\w.\-])\d[\d,]*\.(\d+)\s*({'|'.join(PLACES)})(?![\w/.²])")
NUMBER = re.compile(r"(?<![\w.])[-+−]?\d[\d,]*(?:\.(\d+))?(?![\w.])")
NO_QUANTITY = re.compile(
    r"\b(price|cost|amount|value|consumption|per piece|per set|wastage|factor|rate|units in|loss|USD|TWD|EUR|CNY|VND)\b|%",
    re.IGNORECASE,
)
"""Headings of columns that hold no quantity in the unit of their row."""
FIGURE = re.compile(r"-?\d+\.(\d+)")
UNITS = ("Unit", "Stock unit", "UoM")
NO_FIGURE = re.compile(r"\b(version|time|turnover|sales|margin|balance due|due|total)\b", re.IGNORECASE)
"""Headings of a file's columns that hold money or what only looks like a figure."""


def too_fine(page: str) -> list[str]:
    """Figures of a page with more decimals than the unit beside them, or in their row of a table, has."""
    main = html.fromstring(page).find(".//main")
    return [] if main is None else _of(main)


def too_fine_on_paper(source: str) -> list[str]:
    """The same of a document's HTML, before it becomes a PDF."""
    return _of(html.fromstring(source).find("body"))


def too_fine_in_file(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """The same of the rows of a list's file. Where no column says the unit, nothing is finer than the finest unit."""
    found = []
    for row in rows:
        unit = next((row[name] for name in row if name in UNITS and row[name] in PLACES), "")
        for name, text in row.items():
            figure = FIGURE.fullmatch(text)
            if figure is None or NO_QUANTITY.search(name) or NO_FIGURE.search(name):
                continue
            if len(figure[1]) > (PLACES[unit] if unit else max(PLACES.values())):
                found.append(f"{text} {unit} ({name}: {' '.join(list(row.values())[:3])})")
    return found


def _of(main: html.HtmlElement) -> list[str]:
    for choices in list(main.iter("select")):
        choices.drop_tree()  # nobody sees what is not chosen beside a figure
    text = re.sub(r"\s+", " ", " ".join(main.itertext()))
    found = [m[0] for m in BESIDE.finditer(text) if len(m[1]) > PLACES[m[2]]]
    for table in main.iter("table"):
        found += _of_table(table)
    return found


def _of_table(table: html.HtmlElement) -> Iterator[str]:
    heads = [
        _words(cell)
        for row in table.iter("tr")
        for cell in row
        if cell.tag == "th" and row.find("td") is None
    ]
    whole = next((u for h in heads for u in PLACES if h.endswith(f" {u}")), None)
    for row in table.iter("tr"):
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        unit = next((u for c in cells if (u := _words(c).split(" ")[0]) in PLACES), whole)
        for place, cell in enumerate(cells):
            head = heads[place] if place < len(heads) and len(heads) >= len(cells) else ""
            if "num" not in (cell.get("class") or "") or NO_QUANTITY.search(head):
                continue
            for match in NUMBER.finditer(_words(cell)):
                if unit and len(match[1] or "") > PLACES[unit] and not (len(heads) < len(cells)):
                    yield f"{match[0]} {unit} ({head}: {' '.join(_words(c) for c in cells[:3])})"


def _words(cell: html.HtmlElement) -> str:
    return re.sub(r"\s+", " ", " ".join(cell.itertext())).strip()
