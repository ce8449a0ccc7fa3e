"""Lines as they are typed, whatever the way in (grid, paste, quick entry, command line), and how single values are read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from core.api import T, Text, parse_date, parse_decimal

MOST_PIECES = 9_999_999
PRICE_PLACES = 6
WHOLE = re.compile(r"\d+|\d{1,3}(,\d{3})+")


@dataclass(frozen=True)
class LineInput:
    """One line as typed: codes, dates and numbers may still be text, and wrong.

    sizes   (size code, pieces) as typed, in order; a size may stand twice, which is refused
    qty     the line's total where somebody typed one: the sizes must add up to it
    id      the order line it changes; None for a new one
    name    what the names of its inputs start with: ``lines-3`` gives ``lines-3-color``, ``lines-3-size-M``
    at      input names that differ: fields that several lines share (``{"style": "blocks-0-style"}``)
    """

    style: str
    color: str
    destination: str
    ship_date: str | date | None
    price: str | Decimal | None
    sizes: tuple[tuple[str, str | int], ...]
    qty: str | int | None = None
    id: int | None = None
    name: str = ""
    at: Mapping[str, str] = field(default_factory=dict)

    def input(self, field_name: str) -> str:
        """The name of the input that held a value."""
        return self.at.get(field_name) or (f"{self.name}-{field_name}" if self.name else field_name)


class Wrong(ValueError):
    """A value that cannot be read; ``message`` says why in plain words."""

    def __init__(self, message: Text | str) -> None:
        super().__init__(str(message))
        self.message = message


def key(code: str) -> str:
    """A code as it is compared: without blanks and case, full-width letters as plain ones."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", code)).upper()


def read_pieces(raw: str | int, *, least: int = 0) -> int:
    """Whole pieces: digits, also full-width, with or without thousands commas; an empty cell is 0. Raises Wrong."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(raw)))
    if not text and least == 0:
        return 0
    if re.fullmatch(r"-(\d+\.?\d*|\.\d+)", text):
        raise Wrong(T("“{value}”: pieces cannot be negative.", value=raw))
    if re.fullmatch(r"\d*\.\d*[1-9]\d*|\d+\.0*", text):
        raise Wrong(T("“{value}”: garments are whole pieces.", value=raw))
    if not WHOLE.fullmatch(text):
        raise Wrong(T("“{value}” is not a number of pieces.", value=raw))
    pieces = int(text.replace(",", ""))
    if pieces < least:
        raise Wrong(T("“{value}”: at least {n} piece.", value=raw, n=least))
    if pieces > MOST_PIECES:
        raise Wrong(T("“{value}”: this number is too large.", value=raw))
    return pieces


def read_price(raw: str | Decimal | None) -> Decimal | None:
    """A price per piece, at most 6 decimals, not negative; None where it is still open. Raises Wrong."""
    if raw is None:
        return None
    text = unicodedata.normalize("NFKC", str(raw)).strip()
    if not text:
        return None
    try:
        price = parse_decimal(text, PRICE_PLACES)
    except ValueError as error:
        raise Wrong(str(error)) from error
    if price < 0:
        raise Wrong(T("A price cannot be negative."))
    return price


def read_day(raw: str | date | None) -> date:
    """A ship date. Raises Wrong where it is missing or no date."""
    if isinstance(raw, date):
        return raw
    text = unicodedata.normalize("NFKC", raw or "").strip()
    if not text:
        raise Wrong(T("The ship date is missing."))
    try:
        return parse_date(text)
    except ValueError as error:
        raise Wrong(str(error)) from error
