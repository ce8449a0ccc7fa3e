"""Text as it is compared: full-width letters and digits as the plain ones, odd blanks as blanks."""

from __future__ import annotations

import re

# Only forms that differ in width: NFKC would also make 52 of 5² and 1/2 of ½.
_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_BLANKS = dict.fromkeys(
    [0x00A0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0x0009, 0x000A, 0x000B,
     0x000C, 0x000D, 0x0085], 0x20,
)  # fmt: skip
_NOTHING = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x200E, 0x200F, 0x00AD], None)
_TABLE: dict[int, int | None] = {**_WIDTH, **_BLANKS, **_NOTHING}

DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
"""What people and programs write where they mean a minus or a dash."""


def fold(text: str) -> str:
    """``text`` with full-width forms as plain ones, every blank as one, what cannot be seen left out, trimmed."""
    return re.sub(" {2,}", " ", text.translate(_TABLE)).strip()


def code_key(text: str) -> str:
    """A code as it is compared: folded, in capitals, without any blank."""
    return fold(text).replace(" ", "").upper()
