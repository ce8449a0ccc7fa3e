"""Whole pieces, from what a person typed."""

from __future__ import annotations

from typing import Any

from core.api import Refused
from core.values import Unreadable, parse_pieces


def pieces(raw: Any, field: str) -> int:
    """A whole number of pieces, not negative, from what was typed. Raises Refused at ``field``."""
    try:
        return parse_pieces(raw)
    except Unreadable as error:
        raise Refused(error.message, field) from error
