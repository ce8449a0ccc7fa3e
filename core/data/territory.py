"""What a migration may change: tables of its own plugin. Others' are theirs, and models of theirs would not know of it.

Also: on SQLite, where a change makes a table anew, it goes on numbering where it was. Ids of rows that were deleted are in
the audit trail, and are never given again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Table, event, text

ANEW = "_alembic_tmp_"
"""How a table that is made anew is called until it is whole."""
CHANGES = re.compile(
    r'\s*(?:(?:CREATE|ALTER|DROP)\s+TABLE\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?|CREATE\s+(?:UNIQUE\s+)?INDEX\s.*?\sON\s+)"?(\w+)',
    re.IGNORECASE | re.DOTALL,
)


class Trespass(Exception):
    """A migration changes a table that is not its plugin's."""


@contextmanager
def within(connection: Connection, lineage: str, owner: Callable[[str], str]) -> Iterator[None]:
    """Inside, statements that make, change or drop tables of others than ``lineage`` raise Trespass. ``owner`` says whose a
    table is, "" for nobody's."""

    def look(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not (found := CHANGES.match(statement)):
            return
        table = found[1].removeprefix(ANEW)
        whose = owner(table)
        if whose == lineage:
            return
        named = f"which belongs to '{whose}'" if whose else "which is named after no plugin"
        raise Trespass(
            f"it changes table {table}, {named}. Keep what you add in a table of your own ({lineage}_…) that refers to it."
        )

    event.listen(connection, "before_cursor_execute", look)
    try:
        yield
    finally:
        event.remove(connection, "before_cursor_execute", look)


@event.listens_for(Table, "before_create")
def _keep_numbering(table: Table, connection: Connection, **_: Any) -> None:
    if connection.dialect.name != "sqlite" or not table.name.startswith(ANEW):
        return
    made = text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name")
    before = connection.scalar(made, {"name": table.name.removeprefix(ANEW)})
    if "AUTOINCREMENT" in str(before).upper():
        table.dialect_options["sqlite"]["autoincrement"] = True


@event.listens_for(Table, "after_create")
def _go_on_numbering(table: Table, connection: Connection, **_: Any) -> None:
    numbered = connection.dialect.name == "sqlite" and table.dialect_options["sqlite"]["autoincrement"]
    if numbered and table.name.startswith(ANEW):
        last = "INSERT INTO sqlite_sequence (name, seq) SELECT :anew, seq FROM sqlite_sequence WHERE name = :name"
        connection.execute(text(last), {"anew": table.name, "name": table.name.removeprefix(ANEW)})
