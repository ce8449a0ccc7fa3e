"""How long is waited between two attempts."""

from __future__ import annotations

import random
from datetime import timedelta

PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=8),
    timedelta(hours=9),
)
"""Pauses after the first, second … attempt that failed: eight attempts in 24 hours and 35 minutes."""
JITTER = 0.2
"""Each pause is longer or shorter by up to this share, so that what failed together does not come together again."""


def next_pause(attempts: int) -> timedelta | None:
    """How long to wait after so many failed attempts; None: it is given up."""
    if attempts > len(PAUSES):
        return None
    return PAUSES[attempts - 1] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - nobody guesses pauses
