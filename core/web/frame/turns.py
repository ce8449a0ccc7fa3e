"""Turns of requests that write: some threads are always left for reading and signing in, however long writers wait.

A writer may wait for others in the database; so many of them at once that nobody else is served would make one lock stop
everything. Each process has its own turns.
"""

from __future__ import annotations

import threading

LEFT = 2
"""Threads that are never taken by writers: one waits for a turn, one reads."""
WAIT = 2.0
"""Seconds that one writer waits for a turn; all others beyond are told at once."""


class Turns:
    """As many turns as there are threads, but for those left."""

    def __init__(self, threads: int) -> None:
        self._turns = threading.BoundedSemaphore(max(1, threads - LEFT))
        self._waiting = threading.Lock()

    def take(self) -> bool:
        """Take a turn, to be given back; False where there is none."""
        if self._turns.acquire(blocking=False):
            return True
        if not self._waiting.acquire(blocking=False):
            return False
        try:
            return self._turns.acquire(timeout=WAIT)
        finally:
            self._waiting.release()

    def give(self) -> None:
        """Give a turn back."""
        self._turns.release()
