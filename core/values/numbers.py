"""Numbers as people write them: ``1,200.50``, ``1.200,50``, ``1 200,5``, ``１２３．５``, ``(12)``, ``1,5``.

Two marks may stand in a number: one between groups of three, one before the decimals. Groups are checked. What can mean only
one number is read as that; of the two that could be meant by ``1,234`` (a comma, then three digits) the comma between groups
is taken, as in English and Chinese writing, unless ``mark`` says what the rest of the sheet shows. Everything else is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

from core.errors import Unreadable
from core.text.i18n import T
from core.values.folding import DASHES, fold

MOST_DIGITS = 12
"""Most digits before the decimals."""

MOST_LETTERS = 60
"""Longer texts are looked at no further: they state no number of anybody's."""

MOST_PIECES = 9_999_999

Mark = Literal[".", ",", "?"]
"""What stands before decimals in a sheet: a point, a comma; ``?``: both occur, so that what could be either is refused."""

_DASH = str.maketrans(dict.fromkeys(DASHES, "-"))
_GROUPS = {mark: re.compile(rf"\d{{1,3}}({re.escape(mark)}\d{{3}})+") for mark in (",", ".", " ", "'")}
_SIGNED = re.compile(r"(?P<open>\()?(?P<sign>[+-]?) ?(?P<digits>[\d., ']*\d[\d., ']*?)(?P<close>\))?")


def parse_decimal(raw: str, places: int, mark: Mark | None = None, *, digits: int = MOST_DIGITS) -> Decimal:
    """The number that ``raw`` states, with at most ``places`` decimals. Raises Unreadable with the cause.

    ``digits``: most before the decimals, where fewer make sense than could be read.
    ``mark``: what stands before decimals where ``raw`` comes from (:func:`decimal_mark`), for ``1,234`` and ``1.234``.
    """
    value = _number(raw, mark)
    if len(str(abs(int(value)))) > digits:
        raise Unreadable(T("This number is too large."))
    exponent = value.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > places:
        raise Unreadable(
            T("At most {places} decimals.", places=places) if places else T("Whole numbers only.")
        )
    return value


def parse_pieces(raw: str | int, *, least: int = 0, mark: Mark | None = None) -> int:
    """Whole pieces, at least ``least``; nothing typed, or the dash of a sheet, is none. Raises Unreadable with the cause."""
    text = fold(str(raw)).translate(_DASH)
    pieces = Decimal(0) if text in ("", "-") else _number(str(raw), mark)
    if pieces < 0:
        raise Unreadable(T("“{value}”: pieces cannot be negative.", value=raw))
    if pieces != int(pieces):
        raise Unreadable(T("“{value}”: garments are whole pieces.", value=raw))
    if pieces < least:
        raise Unreadable(T("“{value}”: at least {n} piece.", value=raw, n=least))
    if pieces > MOST_PIECES:
        raise Unreadable(T("“{value}”: this number is too large.", value=raw))
    return int(pieces)


def parse_id(raw: str | None) -> int | None:
    """A row's number or version as an address or a hidden input carries it; None for anything else."""
    if raw and raw.isascii() and raw.isdigit() and len(raw) < 19:  # what fits into a column
        return int(raw)
    return None


def is_number(raw: str) -> bool:
    """Whether ``raw`` states a number in any of the ways in which they are written."""
    try:
        _number(raw, None)
    except Unreadable:
        return False
    return True


def decimal_mark(cells: Iterable[str], separator: str = "") -> Mark | None:
    """What stands before decimals in these cells of one sheet, as far as they show it; None where none does.

    ``separator``: what divides the cells of a file. Semicolons do where commas are needed for decimals.
    """
    seen: set[Mark] = set()
    for cell in cells:
        if not is_number(cell):
            continue
        digits = re.sub(r"[^\d., ']", "", fold(cell)).strip()
        comma, point = digits.rfind(","), digits.rfind(".")
        last, other = _marks(comma, point)
        if comma < 0 and point < 0:
            continue
        if (comma >= 0 and point >= 0) or not _ambiguous(digits, last):
            seen.add(last if digits.count(last) == 1 else other)
    if not seen and separator == ";":
        return ","
    return "?" if len(seen) > 1 else next(iter(seen), None)


def settle_mark(raw: str, mark: Mark | None) -> str:
    """``raw`` as it may leave its sheet: what could be two numbers there is written with a point before the decimals.

    Raises Unreadable where the sheet does not show which it is.
    """
    if mark in (None, ".") or not is_number(raw):
        return raw
    value = _number(raw, mark)
    return raw if value == _number(raw, None) else f"{value:f}"


def _ambiguous(digits: str, mark: str) -> bool:
    """Whether one ``mark`` in ``digits`` could stand before decimals and between groups: 1,234 but not 0,234 or 1,23."""
    return digits.count(mark) == 1 and bool(_GROUPS[mark].fullmatch(digits)) and digits[0] != "0"


def _number(raw: str, mark: Mark | None) -> Decimal:
    if len(raw) > MOST_LETTERS:
        start = f"{raw[:MOST_LETTERS]}…"
        if fold(raw[:MOST_LETTERS]).strip("-+0123456789.,' "):
            raise Unreadable(T("“{value}” is not a number.", value=start))
        raise Unreadable(T("“{value}”: this number is too large.", value=start))
    text = fold(raw).translate(_DASH)
    match = _SIGNED.fullmatch(text)
    if match is None or bool(match["open"]) != bool(match["close"]) or (match["open"] and match["sign"]):
        raise Unreadable(T("“{value}” is not a number.", value=raw))
    whole, decimals = _divide(raw, match["digits"], mark)
    for group in (",", ".", " ", "'"):
        if group in whole and not _GROUPS[group].fullmatch(whole):
            raise Unreadable(
                T("“{value}” is not a number: between thousands stand groups of three digits.", value=raw)
            )
        if group in whole:
            whole = whole.replace(group, "")
    if not (whole + decimals).isascii() or not (whole + decimals).isdigit():
        raise Unreadable(T("“{value}” is not a number.", value=raw))
    value = Decimal(f"{whole or '0'}.{decimals or '0'}" if decimals else whole)
    return -value if match["open"] or match["sign"] == "-" else value


def _marks(comma: int, point: int) -> tuple[Literal[".", ","], Literal[".", ","]]:
    """Which mark stands last, and the other one, from where they stand."""
    return (",", ".") if comma > point else (".", ",")


def _divide(raw: str, digits: str, mark: Mark | None) -> tuple[str, str]:
    """What stands before the decimals, and the decimals."""
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma < 0 and point < 0:
        return digits, ""
    last, _other = _marks(comma, point)
    if digits.count(last) > 1:  # 1,234,567: it divides groups; 1.234,567,8 is nothing
        return digits, ""
    if min(comma, point) < 0 and _ambiguous(digits, last):
        if mark == "?":
            raise Unreadable(
                T(
                    "“{value}” can be two numbers: elsewhere a point and a comma both stand before decimals.",
                    value=raw,
                )
            )
        if last != (mark or "."):
            return digits, ""
    whole, _, decimals = digits.rpartition(last)
    return whole, decimals
