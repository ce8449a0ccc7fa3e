"""A request that ran into somebody else's in the database is carried out again, from its beginning.

Deadlocks, serialization failures and locks not had in time roll the whole transaction back: nothing has been done, so the
request may begin anew, with a session, rows and rights read afresh. After a few times, or when the person has waited long
enough, the last round only reads: :func:`core.web.screens.page.once` refuses, and the page shows what
was typed together with that sentence.
"""

from __future__ import annotations

import logging
import time
from typing import Any

from flask import Flask, g, request, session

from core.data.retry import is_passing, step_aside

log = logging.getLogger("hub")
ROUNDS = 5
"""How often a request is begun at most, the last round (which only shows the form again) not counted."""
PATIENCE = 15.0
"""Seconds after which it is not tried again: the person is told instead."""


class Application(Flask):
    """Flask, with requests that are begun anew after a collision."""

    def handle_user_exception(self, e: Exception) -> Any:
        """What an exception in a view or in the gate leads to; after a collision, first another round."""
        rounds, error = 1, e
        while is_passing(error) and not g.get("busy"):
            what = type(getattr(error, "orig", error)).__name__
            log.info("%s %s, round %s: %s", request.method, request.path, rounds, what)
            if rounds < ROUNDS and time.perf_counter() - g.started < PATIENCE:
                step_aside(rounds)
            else:
                g.busy = True
            rounds += 1
            _anew()
            try:
                reply = self.preprocess_request()
                return self.dispatch_request() if reply is None else reply
            except Exception as again:  # noqa: BLE001 - looked at above, or handed on below
                error = again
        return super().handle_user_exception(error)


def _anew() -> None:
    """Forget what the last round left in this request: its transaction, the sentences it flashed, uploads read."""
    ctx = g.pop("ctx", None)
    if ctx is not None:
        ctx.session.close()
    if session.get("_flashes", []) != g.get("flashed", []):
        session["_flashes"] = list(g.get("flashed", []))
    for _name, upload in request.files.items(multi=True):
        upload.stream.seek(0)


def busy() -> bool:
    """Is this the round that only says that the hub is busy?"""
    return bool(g.get("busy"))
