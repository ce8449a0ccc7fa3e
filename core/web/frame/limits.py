"""How often one person may ask in a minute for what costs much: files of lists, PDFs, searches, uploads.

Counted in the memory of each process, so with N processes somebody may get through N times as much, and a restart begins anew:
enough to keep one person, or a script with their session, from taking the machine, at no cost to the database. Limits are
set in config.toml, ``[limits]``; 0 is none.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Mapping
from math import ceil

from flask import g, request
from werkzeug.exceptions import TooManyRequests

from core.kernel.context import Ctx
from core.text.i18n import T, Text

MINUTE = 60.0
UPLOADS = "uploads"


class TooOften(TooManyRequests):
    """Asked for too often, or too much at once: ``words`` say so, ``wait`` is in how many seconds one may again."""

    def __init__(self, wait: int, words: Text) -> None:
        super().__init__(retry_after=wait)
        self.words, self.wait = words, wait


class Limits:
    """What was asked for in the last minute, by kind and person."""

    def __init__(self, most: Mapping[str, int]) -> None:
        self._most = dict(most)
        self._asked: dict[tuple[str, int, int], deque[float]] = {}
        self._turn = threading.Lock()

    def ask(self, kind: str, tenant_id: int, user_id: int) -> None:
        """Count one of ``kind``; TooOften beyond the limit, which does not count."""
        most = self._most.get(kind, 0)
        if not most:
            return
        now = time.monotonic()
        with self._turn:
            if len(self._asked) > 10_000:
                self._asked = {key: times for key, times in self._asked.items() if times[-1] > now - MINUTE}
            times = self._asked.setdefault((kind, tenant_id, user_id), deque())
            while times and times[0] <= now - MINUTE:
                times.popleft()
            if len(times) >= most:
                wait = max(1, ceil(times[0] + MINUTE - now))
                said = T(
                    "That was a lot in a minute: at most {n}. Nothing was done; try again in {seconds} seconds.",
                    n=most,
                    seconds=wait,
                )
                raise TooOften(wait, said)
            times.append(now)


def limit(limits: Limits | None, kind: str, ctx: Ctx) -> None:
    """Count this request, once however often it is begun anew."""
    if not kind and request.files and any(upload.filename for upload in request.files.values()):
        kind = UPLOADS
    if limits is None or not kind or ctx.user is None or "limited" in g:
        return
    g.limited = True
    limits.ask(kind, ctx.tenant.id, ctx.user.id)
