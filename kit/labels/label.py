"""What stands on a label, and what of it fits."""

from __future__ import annotations

from dataclasses import dataclass

FULL_WIDTH = 0x2E7F
"""Characters beyond it are as wide as two Latin ones."""
NARROWEST = 0.19
"""Millimetres of the thinnest bar that a hand scanner still tells apart on paper from an office printer."""
WIDEST = 0.38
MODULES, ENDS = 11, 35
"""Code 128: bars of a character; of start, check, and stop."""


@dataclass(frozen=True)
class Label:
    """One label: ``code`` is what a scanner types (a document's number, a roll), ``lines`` what people read beside it, the most
    important first, and ``path`` the page that a phone opens (``/receiving/receipt/7``). ``more`` are lines that the company
    chose: they stand last and stay where there is no room for all."""

    code: str
    lines: tuple[str, ...]
    path: str
    more: tuple[str, ...] = ()

    def within(self, most: int) -> tuple[str, ...]:
        """At most ``most`` lines: the first of ``lines`` always, then what was chosen, then the others."""
        own = max(1, most - len(self.more))
        return (*self.lines[:own], *self.more)[:most]


def fit(text: str, room: float, points: float) -> str:
    """As much of ``text`` as stands on one line of ``room`` millimetres, with an ellipsis where it goes on."""
    half = points * 0.3528 * 0.56  # a Latin letter is somewhat more than half as wide as it is high
    left = room / half
    for at, character in enumerate(text):
        left -= 1 if ord(character) <= FULL_WIDTH else 1.8
        if left < 0:
            return text[: max(0, at - 1)].rstrip() + "…"
    return text


def barcode_width(code: str, room: float) -> float | None:
    """How wide the thinnest bar of ``code`` in Code 128 may be, in millimetres, so that it fits ``room``; None where a scanner
    could not tell the bars apart, or where the code has characters that Code 128 has not."""
    if not code or not code.isascii() or not code.isprintable():
        return None
    width = room / (MODULES * len(code) + ENDS)
    return round(min(width, WIDEST), 3) if width >= NARROWEST else None
