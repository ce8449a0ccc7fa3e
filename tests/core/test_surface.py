"""What plugins may import is small, and nobody changes it unawares."""

from __future__ import annotations

from tests import surface


def test_signatures_are_those_that_were_promised() -> None:
    """A change is deliberate: ``python -m tests.surface`` writes the file anew, and the diff is looked at."""
    stored = surface.STORED.read_text(encoding="utf-8").splitlines()
    assert list(surface.lines()) == stored
