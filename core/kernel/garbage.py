"""How often a serving process looks for garbage."""

from __future__ import annotations

import gc


def settle() -> None:
    """What was made at the start (models, screens, translations: some 300,000 objects) lives as long as the process: the
    garbage collector need not walk through it again. And a page makes thousands of small values that soon go by
    themselves, so it looks less often. Called once, when everything is there.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 10)
