"""Finds quantities that are shown finer than their unit, on a page as people see it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import html

PLACES = {
    **dict.fromkeys(("pcs", "set", "cone", "roll", "g"), 0), **dict.fromkeys(("m", "yd", "in", "dozen", "gross"), 2),
    "kg": 3, "cm": 1,
}  # fmt: skip
"""Most decimals of a quantity in each unit; kilograms go to the gram on receipts."""

BESIDE = re.compile(rf"(?<![\w.\-])\d[\d,]*\.(\d+)\s*({'|'.join(PLACES)})(?![\w/.²])")
NUMBER = re.compile(r"(?<![\w.])[-+−]?\d[\d,]*(?:\.(\d+))?(?![\w.])")
NO_QUANTITY = re.compile(
    r"\b(price|cost|amount|value|consumption|per piece|per set|wastage|factor|rate|units in|loss|USD|TWD|EUR|CNY|VND)\b|%",
    re.IGNORECASE,
)
"""Headings of columns that hold no quantity in the unit of their row."""


def too_fine(page: str) -> list[str]:
    """Figures of a page with more decimals than the unit beside them, or in their row of a table, has."""
    main = html.fromstring(page).find(".//main")
    if main is None:
        return []
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
