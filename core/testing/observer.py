"""What a run of tests may want to know of how they are prepared. Override the fixture ``hub_observer`` to hear of it."""

from __future__ import annotations

import contextlib
from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy import Engine


class Observer:
    """Hears of it and does nothing."""

    def listen(self, engine: Engine) -> None:
        """The tests of this process send their statements through ``engine``."""

    def shared(self) -> AbstractContextManager[None]:
        """What is prepared inside the block is for many tests, not for the one that runs."""
        return contextlib.nullcontext()

    def scene(self, file: Path) -> AbstractContextManager[None]:
        """A scene is made inside the block; what there is to say of it may be kept in ``file``, beside its database."""
        return contextlib.nullcontext()

    def stands_on(self, file: Path) -> None:
        """The running test begins with the scene of which ``file`` tells."""

    def demo(self) -> AbstractContextManager[None]:
        """The demo tenant is loaded inside the block."""
        return contextlib.nullcontext()
