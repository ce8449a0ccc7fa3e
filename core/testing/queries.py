"""Watching the statements that an engine sends: counting them, and on split tables checking that each stays in one part."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
from sqlalchemy import Engine, event

from core.data.db import tenant_tables

PART = re.compile(r"^(.+)_p(\d+)$")
LIST = re.compile(r"\((%\([^)]*\)s(?:::\w+)?)(?:, %\([^)]*\)s(?:::\w+)?)+\)")
ALLOWED = "/* every tenant */"
"""A statement with this comment may touch every part: work of the operator, never in a person's path."""


@dataclass
class QueryLog:
    """The statements sent while it was listening (housekeeping like ``SET LOCAL`` is left out)."""

    statements: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many there were."""
        return len(self.statements)

    def __str__(self) -> str:
        return "\n".join(f"{i}. {' '.join(s.split())}" for i, s in enumerate(self.statements, 1))


class Watch:
    """Listens to one engine for its whole life; :meth:`counting` opens a log."""

    def __init__(self, engine: Engine) -> None:
        self.logs: list[QueryLog] = []
        event.listen(engine, "before_cursor_execute", self._before)

    def _before(
        self, _conn: Any, _cursor: Any, statement: str, _params: Any, _context: Any, _many: bool
    ) -> None:
        if not statement.startswith(("SET LOCAL", "BEGIN")):
            for log in self.logs:
                log.statements.append(statement)

    @contextlib.contextmanager
    def counting(self) -> Iterator[QueryLog]:
        """``with watch.counting() as log``: everything sent inside the block."""
        log = QueryLog()
        self.logs.append(log)
        try:
            yield log
        finally:
            self.logs = [other for other in self.logs if other is not log]


class OnePart:
    """EXPLAINs each distinct statement once and notes those that touch more than one part of a split table.

    The plan is made by an administrator on a connection of its own: row-level security would narrow the statement to one
    part by itself and hide that it does not name its tenant.
    """

    def __init__(self, engine: Engine, admin_address: str) -> None:
        self.connection = psycopg.ClientCursor(psycopg.connect(admin_address, autocommit=True))
        self.tables = re.compile(r"\b(" + "|".join(t.name for t in tenant_tables()) + r")\b")
        self.seen: set[str] = set()
        self.faults: list[str] = []
        event.listen(engine, "after_cursor_execute", self._after)

    def _after(
        self, _conn: Any, _cursor: Any, statement: str, params: Any, _context: Any, many: bool
    ) -> None:
        if not statement.lstrip("( \n").upper().startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            return
        shape = LIST.sub(r"(\1)", statement)
        if shape in self.seen or not self.tables.search(statement) or ALLOWED in statement:
            return
        self.seen.add(shape)
        given = params[0] if many and isinstance(params, list | tuple) else params
        self.connection.execute("EXPLAIN (FORMAT JSON) " + statement, given)
        found: set[tuple[str, int]] = set()
        row = self.connection.fetchone()
        plan = row[0] if row else []
        _parts(json.loads(plan) if isinstance(plan, str) else plan, found)
        if len({number for _table, number in found}) > 1:
            touched = ", ".join(sorted({table for table, _number in found}))
            self.faults.append(f"touches several parts of {touched}:\n{statement}\n{given!r}")

    def close(self) -> None:
        """Give the connection back."""
        self.connection.connection.close()


def _parts(node: Any, found: set[tuple[str, int]]) -> None:
    if isinstance(node, list):
        for child in node:
            _parts(child, found)
    elif isinstance(node, dict):
        match = PART.match(str(node.get("Relation Name", "")))
        if match:
            found.add((match.group(1), int(match.group(2))))
        for child in node.values():
            if isinstance(child, list | dict):
                _parts(child, found)
