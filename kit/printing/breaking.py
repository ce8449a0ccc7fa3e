"""Where the lines of a printed text end, whatever scripts are mixed in it.

The renderer's own way for Chinese breaks between any two characters ("Q / uận"), its way for Latin only at blanks. This breaks
at blanks and beside Chinese characters, never before a sign that closes nor after one that opens, and within a word only where
the word is wider than the line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

CLOSING = frozenset(
    "!%),.:;?]}¢°’”‰′″℃、。〃々〉》」』】〕〗〞︰︱︳︶︸︺︼︾﹀﹂﹄﹏！％），．：；？｜］｝～￠…—·／/"
)
"""Signs that begin no line."""
OPENING = frozenset("$(£¥[{‘“〈《「『【〔〖〝﹛﹝（［｛￡￥")
"""Signs that end no line."""
FUZZ = 1e-8


def is_wide(sign: str) -> bool:
    """Is it a character of a script that is written without blanks (Chinese, Japanese, full-width signs)?"""
    return sign >= "\u2e80"


def breaks_before(before: str, sign: str) -> bool:
    """May a line end between these two?"""
    if before == " ":
        return sign != " "
    if sign == " " or sign in CLOSING or before in OPENING:
        return False
    return is_wide(before) or is_wide(sign)


def line_spans(
    text: str, widths: Sequence[float], first: float, later: float, forced: frozenset[int] = frozenset()
) -> Iterator[tuple[int, int]]:
    """(start, stop) of each line of ``text``, whose characters are so wide, blanks at its ends left out.

    ``first`` and ``later`` are the widths of lines; a line ends after each position in ``forced``.
    """
    start, room, at, used, last = 0, first, 0, 0.0, -1
    while at < len(text):
        if at > start and breaks_before(text[at - 1], text[at]):
            last = at
        used += widths[at]
        if used > room + FUZZ and text[at] != " " and at > start:
            stop = last if last > start else _within(text, start, at)
            yield start, _without_blanks(text, start, stop)
            start = at = _after_blanks(text, stop)
            room, used, last = later, 0.0, -1
            continue
        if at in forced:
            yield start, _without_blanks(text, start, at + 1)
            start = _after_blanks(text, at + 1)
            room, used, last = later, 0.0, -1
            at = max(at + 1, start)
            continue
        at += 1
    if start < len(text):
        yield start, _without_blanks(text, start, len(text))


def _within(text: str, start: int, at: int) -> int:
    """Where a word that is wider than its line is broken: not before a sign that begins no line, if anywhere else."""
    stop = at
    while stop > start + 1 and text[stop] in CLOSING:
        stop -= 1
    return stop


def _without_blanks(text: str, start: int, stop: int) -> int:
    while stop > start and text[stop - 1] == " ":
        stop -= 1
    return stop


def _after_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at] == " ":
        at += 1
    return at


@lru_cache(maxsize=100_000)
def _width(sign: str, font: str, size: float) -> float:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    return float(stringWidth(sign, font, size))


NOTHING = "\u200b"
"""Stands for a piece without text: an image, a line break."""


def break_lines(paragraph: Any, width: Any) -> Any:
    """The renderer's ``Paragraph.breakLinesCJK``, breaking by :func:`line_spans`."""
    from xhtml2pdf import reportlab_paragraph as pisa

    widths = list(width) if isinstance(width, list | tuple) else [width]
    style, frags = paragraph.style, paragraph.frags
    pisa._handleBulletWidth(paragraph.bulletText, style, widths, rtl=paragraph.dir == "rtl")
    if hasattr(paragraph, "blPara") and getattr(paragraph, "_splitpara", False):
        return paragraph.blPara
    paragraph.height = 0
    if not frags:
        return pisa.ParaLines(
            kind=0, fontSize=style.fontSize, fontName=style.fontName, textColor=style.textColor, lines=[],
            ascent=style.fontSize, descent=-0.2 * style.fontSize,
        )  # fmt: skip
    signs: list[Any] = []
    own: list[float] = []
    forced: set[int] = set()
    for frag in frags:
        text = frag.text if hasattr(frag, "text") else "".join(getattr(frag, "words", []))
        if hasattr(frag, "lineBreak"):
            forced.add(len(signs))
            text = ""
        signs += [pisa.cjkU(sign, frag, "utf8") for sign in text] or [pisa.cjkU("", frag, "utf8")]
        own += [_width(sign, frag.fontName, frag.fontSize) for sign in text] or [
            getattr(getattr(frag, "cbDefn", None), "width", 0)
        ]
    calc = getattr(paragraph, "autoLeading", getattr(style, "autoLeading", "")) not in {"", "off"}
    text = "".join(sign or NOTHING for sign in signs)
    lines: list[Any] = []
    for start, stop in line_spans(text, own, widths[0], widths[-1], frozenset(forced)):
        room = widths[-1] if lines else widths[0]
        spare = room - sum(own[start:stop])
        kept = signs[start:stop] or [pisa.cjkU("", frags[0], "utf8")]
        lines.append(pisa.makeCJKParaLine(kept, spare, calc))
    return pisa.ParaLines(kind=1, lines=lines)


def install() -> None:
    """Let the renderer break lines this way."""
    from xhtml2pdf import reportlab_paragraph as pisa

    pisa.Paragraph.breakLinesCJK = break_lines
