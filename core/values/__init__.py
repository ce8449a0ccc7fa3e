"""Values as people type and paste them: numbers, pieces, days, codes, text in any encoding. The one place that reads them.

A value is read rightly or refused with the true cause (:class:`Unreadable`); none is ever taken for another one. With
:mod:`core.api` this is what services and screens of plugins import.
"""

from __future__ import annotations

from core.errors import Unreadable
from core.values.days import parse_date
from core.values.encodings import decode_text
from core.values.folding import code_key, fold
from core.values.numbers import (
    MOST_PIECES,
    Mark,
    decimal_mark,
    is_number,
    parse_decimal,
    parse_id,
    parse_pieces,
    settle_mark,
)
from core.values.quantities import STEPS, ZERO, decimal_text, shown_in

__all__ = [
    "MOST_PIECES",
    "STEPS",
    "ZERO",
    "Mark",
    "Unreadable",
    "code_key",
    "decimal_mark",
    "decimal_text",
    "decode_text",
    "fold",
    "is_number",
    "parse_date",
    "parse_decimal",
    "parse_id",
    "parse_pieces",
    "settle_mark",
    "shown_in",
]
