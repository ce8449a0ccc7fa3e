"""Quick entry: one line per style, ``234 @NVY #US-LAX, S-1, M-2``.

``line := sku ("@" colour)? ("#" destination)? ("," size "-" pieces)+`` with pieces a whole number above 0. Blanks and
case do not matter; full-width commas, dashes and blanks count as plain ones. An empty line is skipped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.api import Problem, T
from core.values import Unreadable, fold, parse_pieces

MOST_LINES = 2000
"""Lines of one text, as many as rows of a pasted table."""
HEAD = re.compile(r"(?P<sku>[^@#]*)(?P<marks>([@#][^@#]*)*)")
PLAIN = str.maketrans({"、": ",", "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-"})


@dataclass(frozen=True)
class Entry:
    """A line that was understood: codes as typed, in capitals and without blanks; no colour or destination is ""."""

    line: int
    style: str
    color: str
    destination: str
    sizes: tuple[tuple[str, int], ...]


def parse(text: str, field: str = "text") -> tuple[list[Entry], list[Problem]]:
    """Every line of the text as an Entry, or a Problem that names the line. Codes are not looked up here."""
    entries: list[Entry] = []
    problems: list[Problem] = []
    typed = text.splitlines()
    if len(typed) > MOST_LINES:
        return [], [
            Problem(T("At most {n} lines at once; these are {many}.", n=MOST_LINES, many=len(typed)), field)
        ]
    for number, raw in enumerate(typed, 1):
        line = re.sub(r"\s+", "", fold(raw).translate(PLAIN)).upper()
        if not line:
            continue
        try:
            entries.append(_entry(number, line))
        except Unreadable as wrong:
            problems.append(at_line(number, wrong.message, field))
    return entries, problems


def at_line(number: int, message: object, field: str = "text") -> Problem:
    """A problem of line ``number`` of the text area called ``field``."""
    return Problem(T("Line {n}: {message}", n=number, message=message), field, {"line": number})


def _entry(number: int, line: str) -> Entry:
    head, *parts = line.split(",")
    match = HEAD.fullmatch(head)
    marks = re.findall(r"([@#])([^@#]*)", match["marks"]) if match else []
    found = {"@": "", "#": ""}
    for mark, code in marks:
        if found[mark]:
            raise Unreadable(T("“{mark}” stands twice.", mark=mark))
        if not code:
            raise Unreadable(T("Nothing stands after “{mark}”.", mark=mark))
        found[mark] = code
    style = match["sku"] if match else ""
    if not style:
        raise Unreadable(T("The style is missing. Write it first: 234, S-1, M-2"))
    if not parts:
        raise Unreadable(T("No sizes. Write them after the style: 234, S-1, M-2"))
    sizes: dict[str, int] = {}
    for part in parts:
        size, dash, pieces = part.rpartition("-")
        if not part:
            raise Unreadable(T("Nothing stands between two commas, or after the last one."))
        if not dash or not size or not pieces:
            raise Unreadable(T("“{part}” is not a size and a quantity. Write S-1.", part=part))
        if size.endswith("-"):
            raise Unreadable(T("“{value}”: pieces cannot be negative.", value=f"-{pieces}"))
        if size in sizes:
            raise Unreadable(T("Size {size} stands twice.", size=size))
        sizes[size] = parse_pieces(pieces, least=1)
    return Entry(number, style, found["@"], found["#"], tuple(sizes.items()))
