"""What is wanted of an item and where that comes from, within a run."""

from __future__ import annotations

from typing import Final, NamedTuple

NOBODY: Final = frozenset((0,))
"""For whom is not known."""


class Need(NamedTuple):
    """A quantity that somebody wants of an item, and for whom (``circles``)."""

    bucket: int
    day: int
    qty: int
    use: str
    user: int
    tag: int = 0
    circles: frozenset[int] = NOBODY


class Source(NamedTuple):
    """A quantity that is there from a bucket on."""

    bucket: int
    kind: str
    place: int
    qty: int
