"""A request that was stopped by what is around it: others in the database, a connection that broke, a disk without room.

Deadlocks, serialization failures and locks not had in time roll the whole transaction back: nothing has been done, so the
request may begin anew, with a session, rows and rights read afresh. After a few times, or when the person has waited long
enough, the last round only reads: :func:`core.web.screens.page.once` refuses, and the page shows what
was typed together with that sentence. A disk without room leads there at once.

A lost connection is had again once, quietly, where the request only reads or carries its own key: what was saved before the
connection broke is then found, and not saved twice. After that the page says when to come again (503).
"""

from __future__ import annotations

import contextlib
import logging
import time
from typing import Any

from flask import Flask, current_app, g, request, session
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from core.data.retry import BUSY, NO_ROOM, is_full, is_lost, is_passing, step_aside
from core.text.i18n import Text

log = logging.getLogger("hub")
ROUNDS = 5
"""How often a request is begun at most, the last round (which only shows the form again) not counted."""
PATIENCE = 8.0
"""Seconds after which it is not tried again: the person is told instead."""
LOCK_WAIT = 5.0
"""Seconds that one round waits for the embedded database's one writer."""
AGAIN_IN = {503: "5", 507: "60"}
"""Retry-After by status, in seconds."""


class Application(Flask):
    """Flask, with requests that are begun anew after a collision."""

    def handle_user_exception(self, e: Exception) -> Any:
        """What an exception in a view or in the gate leads to; after a collision, first another round."""
        rounds, error = 1, e
        while g.get("refusal") is None and (again := _again(error, rounds)):
            what = type(getattr(error, "orig", error)).__name__
            log.info("%s %s, round %s: %s", request.method, request.path, rounds, what)
            if isinstance(again, Text):
                g.refusal = again
            else:
                step_aside(rounds)
            rounds += 1
            _anew()
            try:
                reply = self.preprocess_request()
                return _said(self.dispatch_request()) if reply is None else reply
            except Exception as failed:  # noqa: BLE001 - looked at above, or handed on below
                error = failed
        return super().handle_user_exception(error)


def _again(error: Exception, rounds: int) -> bool | Text:
    """Is there another round, or one that only says this?"""
    if isinstance(error, HTTPException):
        return False  # an answer already, and of a form that is too large nothing can be read
    if is_passing(error):
        return True if rounds < ROUNDS and time.perf_counter() - g.started < PATIENCE else BUSY
    safe = request.method in ("GET", "HEAD") or "_key" in request.form
    if is_full(error):
        return NO_ROOM if safe else False
    return rounds == 1 and safe and is_lost(error)


def _said(reply: Any) -> Any:
    """A form that is shown again because the disk is full is no fault of who filled it in."""
    if g.get("refusal") is not NO_ROOM:
        return reply
    made = current_app.make_response(reply)
    if made.status_code == 422:
        made.status_code, made.headers["Retry-After"] = 507, AGAIN_IN[507]
    return made


def _anew() -> None:
    """Forget what the last round left in this request: its transaction, the sentences it flashed, uploads read."""
    let_go()
    if session.get("_flashes", []) != g.get("flashed", []):
        session["_flashes"] = list(g.get("flashed", []))
    for _name, upload in request.files.items(multi=True):
        upload.stream.seek(0)


def let_go() -> None:
    """End the transaction of this request, if it has one."""
    ctx = g.pop("ctx", None)
    if ctx is not None:
        end(ctx.session)


def end(db: Session) -> None:
    """Close a session whose connection may be gone: that one cannot be rolled back."""
    with contextlib.suppress(SQLAlchemyError):
        db.close()


def refusal() -> Text | None:
    """Why this round only shows the form again; None: it is one that may save."""
    found: Text | None = g.get("refusal")
    return found
