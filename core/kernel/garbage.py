"""How often a serving process looks for garbage."""

from __future__ import annotations

import gc


def spare_start() -> None:
    """Nearly all that a start makes stays: looking through it for garbage finds nothing and takes a sixth of the start. Called
    first by a command; :func:`settle` follows in a process that goes on to serve."""
    gc.set_threshold(100_000, 50, 100)


def settle() -> None:
    """What was made at the start (models, screens, translations: some 300,000 objects) lives as long as the process: the
    garbage collector need not walk through it again. And a page makes thousands of small values that soon go by
    themselves, so it looks less often. Called once, when everything is there.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 10)
