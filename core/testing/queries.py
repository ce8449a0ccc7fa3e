"""Watching the statements that an engine sends: counting them, and on split tables checking that each stays in one part."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.schema import CreateTable

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
        self, conn: Any, _cursor: Any, statement: str, _params: Any, _context: Any, _many: bool
    ) -> None:
        if statement.startswith(("SET LOCAL", "BEGIN")) or conn.get_execution_options().get("hub_test"):
            return
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
    part by itself and hide that it does not name its tenant. What was found good is kept in ``folder`` by statement and
    tables, for the next run.
    """

    def __init__(self, engine: Engine, admin_address: str, folder: Path | None = None) -> None:
        self.good = Known(folder, _tables_hash(engine)) if folder else None
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
        if self.good is not None and shape in self.good:
            return
        given = params[0] if many and isinstance(params, list | tuple) else params
        self.connection.execute("EXPLAIN (FORMAT JSON) " + statement, given)
        found: set[tuple[str, int]] = set()
        row = self.connection.fetchone()
        plan = row[0] if row else []
        _parts(json.loads(plan) if isinstance(plan, str) else plan, found)
        if len({number for _table, number in found}) > 1:
            touched = ", ".join(sorted({table for table, _number in found}))
            self.faults.append(f"touches several parts of {touched}:\n{statement}\n{given!r}")
        elif self.good is not None:
            self.good.add(shape)

    def close(self) -> None:
        """Give the connection back."""
        self.connection.connection.close()
        if self.good is not None:
            self.good.keep()


class Known:
    """Texts that need not be looked at again while ``tables`` are what they were; kept as hashes, a file for each process."""

    def __init__(self, folder: Path, tables: str) -> None:
        self.folder, self.tables = folder, tables
        kept = [file.read_text().split() for file in folder.glob("*.txt")]
        self.hashes = {line for first, *lines in kept if first == tables for line in lines}
        self.new: set[str] = set()

    def __contains__(self, text: str) -> bool:
        return _hash(text) in self.hashes

    def add(self, text: str) -> None:
        """This text is good."""
        self.new.add(_hash(text))

    def keep(self) -> None:
        """Leave what is known for the next run."""
        if self.new:
            file = self.folder / f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}.txt"
            file.write_text("\n".join([self.tables, *sorted(self.hashes | self.new)]))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _tables_hash(engine: Engine) -> str:
    made = (str(CreateTable(table).compile(dialect=engine.dialect)) for table in tenant_tables())
    return _hash("".join(sorted(made)))


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
