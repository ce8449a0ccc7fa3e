"""What is logged, and how: a line to read, or JSON for machines; each line says which request it belongs to.

Never in it: parameters of statements (engines hide them), what was typed, tokens in addresses (routes stand for them).
"""

from __future__ import annotations

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

REQUEST: ContextVar[str] = ContextVar("hub_request", default="")
"""The number of the request that this thread is at."""
QUIET = {"waitress.queue": logging.ERROR, "alembic": logging.WARNING}
"""Housekeeping of libraries, and from which level on it is said."""


class ReadableFormatter(logging.Formatter):
    """Day and time, level, where from, what, and the request it belongs to."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """One line, and a traceback where there is one."""
        facts: dict[str, Any] = getattr(record, "facts", {})
        said = super().format(record)
        if facts:
            return said + " " + " ".join(f"{name}={value}" for name, value in facts.items())
        return f"{said} request={number}" if (number := REQUEST.get()) else said


class JsonFormatter(logging.Formatter):
    """One JSON object a line: ``at``, ``level``, ``logger``, ``message``, what the record adds, ``error`` with a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        found: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if number := REQUEST.get():
            found["request"] = number
        found |= getattr(record, "facts", {})
        if record.exc_info:
            found["error"] = self.formatException(record.exc_info)
        return json.dumps(found, ensure_ascii=False, default=str)


class TerminalHandler(logging.StreamHandler[TextIO]):
    """Writes to what is standard error now: whoever calls the hub from a program may put another stream in its place."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:
        """Standard error."""
        return sys.stderr

    @stream.setter
    def stream(self, value: TextIO) -> None:
        """Not kept."""


def log_to_terminal(form: str = "text") -> None:
    """Log to the terminal: ``text`` for people, ``json`` for machines. Called again, the last word counts."""
    handler = TerminalHandler()
    handler.setFormatter(JsonFormatter() if form == "json" else ReadableFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)
