"""One test, several contexts: the one it holds is committed when another begins, so that it never waits for itself."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Engine, event

from core.data.tenancy import TenantSession


class HeldContexts:
    """Sessions that fixtures hold open, per thread. SQLite has one writer, and tests are written top to bottom."""

    def __init__(self, engine: Engine) -> None:
        self._held: list[tuple[int, TenantSession]] = []
        if engine.dialect.name == "sqlite":
            event.listen(engine, "before_cursor_execute", self._before)
        else:
            event.listen(engine, "begin", self._step_aside)

    @contextlib.contextmanager
    def hold(self, session: TenantSession) -> Iterator[None]:
        """Hold ``session`` for the ``with`` block."""
        entry = (threading.get_ident(), session)
        event.listen(session, "after_begin", _begun)
        event.listen(session, "after_transaction_end", _ended)
        session.info["connection"] = session.connection()
        self._held.append(entry)
        try:
            yield
        finally:
            self._held.remove(entry)

    def _before(self, connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("BEGIN"):
            self._step_aside(connection)

    def _step_aside(self, connection: Any) -> None:
        for thread, session in self._held:
            mine = session.info.get("connection")
            if thread == threading.get_ident() and mine is not None and mine is not connection:
                session.commit()


def _begun(session: TenantSession, _transaction: Any, connection: Any) -> None:
    session.info["connection"] = connection


def _ended(session: TenantSession, transaction: Any) -> None:
    if transaction.parent is None:
        session.info.pop("connection", None)
