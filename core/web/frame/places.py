"""How much that is heavy one person, and one company, may have made at the same time: files of lists, PDFs.

Beside how often in a minute (:mod:`core.web.frame.limits`): one large list takes a thread for as long as it takes, and those of
one company must not take them all. Counted in the memory of each process; ``at_once``, ``at_once_company`` of ``[limits]``.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import Flask, request
from werkzeug.wsgi import ClosingIterator

from core.kernel.context import Ctx
from core.text.i18n import T
from core.web.frame.limits import TooOften

HEAVY = ("exports", "pdfs")
PATIENCE = 5.0
"""Seconds that a request waits for a place: three PDFs in three tabs all come."""
HELD = "hub.places"
"""In the WSGI environment: what gives back the places of a request, once its answer has been sent."""


class Places:
    """Who has how much made at this moment; 0 is no limit."""

    def __init__(self, limits: Mapping[str, int], patience: float = PATIENCE) -> None:
        self._person, self._company = limits.get("at_once", 0), limits.get("at_once_company", 0)
        self._patience = patience
        self._taken: Counter[tuple[int, int]] = Counter()
        self._waiting: Counter[tuple[int, int]] = Counter()
        self._changed = threading.Condition()

    def take(self, tenant_id: int, user_id: int) -> Callable[[], None]:
        """A place, which is given back by calling what this returns; TooOften where none becomes free in a moment, and at once
        where as many of the person wait as may be at work: each that waits holds a thread."""
        of_person, of_company = (tenant_id, user_id), (tenant_id, 0)

        def free() -> bool:
            fits = not self._person or self._taken[of_person] < self._person
            return fits and (not self._company or self._taken[of_company] < self._company)

        def give_back() -> None:
            with self._changed:
                self._taken -= Counter((of_person, of_company))
                self._changed.notify_all()

        with self._changed:
            if not free() and not self._wait(of_person, free):
                raise TooOften(5, T("What you asked for before is still being made. Try again in a moment."))
            self._taken.update((of_person, of_company))
        return give_back

    def _wait(self, of_person: tuple[int, int], free: Callable[[], bool]) -> bool:
        """Was a place free in time? Called with the lock held."""
        if self._person and self._waiting[of_person] >= self._person:
            return False
        self._waiting.update((of_person,))
        try:
            return self._changed.wait_for(free, self._patience)
        finally:
            self._waiting -= Counter((of_person,))


def place(places: Places | None, kind: str, ctx: Ctx) -> None:
    """Take a place for this request, one however often it is begun anew; it is given back when the answer has been sent."""
    held = request.environ.get(HELD)
    if places is not None and held is not None and not held and kind in HEAVY and ctx.user is not None:
        held.append(places.take(ctx.tenant.id, ctx.user.id))


def install(app: Flask) -> None:
    """Give places back with the last byte of the answer, or when there is none."""
    inner = app.wsgi_app

    def giving_back(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        held: list[Callable[[], None]] = environ.setdefault(HELD, [])

        def done() -> None:
            while held:
                held.pop()()

        try:
            return ClosingIterator(inner(environ, start_response), done)
        except BaseException:
            done()
            raise

    app.wsgi_app = giving_back  # type: ignore[method-assign]
