"""Sheets and rolls that labels are bought on, and labels set on them: each stands in a frame of its own, exact to a tenth of a
millimetre, whatever is printed on the one before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.api import Ctx, T, Text
from core.base_api import locale_scope
from kit.labels.label import Label, barcode_width, fit
from kit.printing.documents import Source, environment

MOST = 1000
"""Labels that are made at once."""
EDGE = 2.0
"""Millimetres around a label that nothing is printed on."""
LINE = 3.7
"""Millimetres that a line of text takes, at eight points."""


@dataclass(frozen=True)
class Sheet:
    """A sheet (or, with one label on it, a roll); lengths are millimetres, ``left`` and ``top`` those of the first label."""

    name: str
    title: Text
    page: tuple[float, float]
    size: tuple[float, float]
    columns: int = 1
    rows: int = 1
    left: float = 0
    top: float = 0
    gaps: tuple[float, float] = (0, 0)

    @property
    def places(self) -> int:
        """Labels on one sheet."""
        return self.columns * self.rows

    def frames(self) -> list[tuple[float, float]]:
        """Where labels begin: left and top of each, row by row."""
        (width, height), (across, down) = self.size, self.gaps
        return [
            (round(self.left + column * (width + across), 2), round(self.top + row * (height + down), 2))
            for row in range(self.rows)
            for column in range(self.columns)
        ]


A4, LETTER = (210.0, 297.0), (215.9, 279.4)
SHEETS = {
    sheet.name: sheet
    for sheet in (
        Sheet("a4-21", T("A4, 21 labels of 63.5 × 38.1 mm"), A4, (63.5, 38.1), 3, 7, 7.2, 15.1, (2.5, 0)),
        Sheet("a4-24", T("A4, 24 labels of 70 × 37 mm"), A4, (70.0, 37.0), 3, 8, 0, 0.5),
        Sheet("a4-14", T("A4, 14 labels of 99.1 × 38.1 mm"), A4, (99.1, 38.1), 2, 7, 4.65, 15.1, (2.5, 0)),
        Sheet("a4-8", T("A4, 8 labels of 99.1 × 67.7 mm"), A4, (99.1, 67.7), 2, 4, 4.65, 13.1, (2.5, 0)),
        Sheet("letter-30", T("Letter, 30 labels of 66.7 × 25.4 mm"), LETTER, (66.7, 25.4), 3, 10, 4.8, 12.7, (3.1, 0)),
        Sheet("roll-60", T("Roll, 60 × 40 mm"), (60.0, 40.0), (60.0, 40.0)),
        Sheet("roll-100", T("Roll, 100 × 50 mm"), (100.0, 50.0), (100.0, 50.0)),
        Sheet("roll-150", T("Roll, 100 × 150 mm (cartons)"), (100.0, 150.0), (100.0, 150.0)),
    )
}  # fmt: skip
"""What is offered, by name."""


def compose(
    ctx: Ctx, sheet: Sheet, labels: Sequence[Label], *, address: str, language: str, first: int = 1
) -> Source:
    """``labels`` on ``sheet``, beginning at its place ``first`` (a sheet of which some are used already), ready to be drawn.

    ``address`` is what the paths of labels begin with: the hub as a phone reaches it.
    """
    width, height = sheet.size
    room = width - 2 * EDGE
    picture = round(min(height * 0.52, room * 0.36, 44.0), 1)
    beside = room - picture - 2
    strip = 9.0 if height >= 34 else 0.0  # a low label has no room for bars under its picture
    most = max(1, int((max(picture, height - 2 * EDGE - strip - 1) - 5.2) / LINE))
    values: list[dict[str, Any]] = [
        {
            "code": fit(label.code, beside, 11),
            "lines": [fit(line, beside, 8) for line in label.within(most)],
            "address": address.rstrip("/") + label.path,
            "value": label.code,
            "bars": barcode_width(label.code, room - 2) if strip else None,
        }
        for label in labels
    ]
    with locale_scope(language):
        html = environment(ctx).get_template("kit/labels.html").render(
            hub_ctx=ctx, language=language, sheet=sheet, frames=sheet.frames(), labels=values, edge=EDGE,
            picture=picture, first=first, strip=strip,
        )  # fmt: skip
    return Source(html, language, numbered=False)
