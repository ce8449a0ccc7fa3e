"""Many documents at once: numbers of a series, saves and states on record, in a number of statements that stays the same."""

from __future__ import annotations

from core.base_api import follow_all, next_numbers, record_saves

__all__ = ["follow_all", "next_numbers", "record_saves"]
