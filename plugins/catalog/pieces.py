"""Whole pieces, from what a person typed."""

from __future__ import annotations

import re
from typing import Any

from core.api import Refused, T


def pieces(raw: Any, field: str) -> int:
    """A whole number of pieces, not negative, from what was typed. Raises Refused at ``field``."""
    text = str(raw).strip().replace(",", "")
    if not re.fullmatch(r"[+-]?\d{1,9}(\.\d+)?", text):
        raise Refused(T("“{value}” is not a number.", value=raw), field)
    if "." in text and text.rstrip("0")[-1] != ".":
        raise Refused(T("Garments are whole pieces: “{value}”.", value=raw), field)
    value = int(text.split(".")[0])
    if value < 0:
        raise Refused(T("A quantity is not negative: “{value}”.", value=raw), field)
    return value
