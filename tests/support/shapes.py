"""The shapes of the statements each test sends, noted by a run on SQLite.

A statement's shape is its text without the length of its lists; one that writes a row by its key has a shape for each column,
one that joins several by UNION ALL a shape for each of these. What PostgreSQL refuses, or sends to two parts of a split table,
depends on the shape and not on the story around it: the second engine runs a sample that shows them all, chosen from these
notes (:mod:`tests.support.sample`). What a test asks the database itself, to see what has become of a row, the product never
sends: it is not noted.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import sys
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from sqlalchemy import Engine, event

from core.testing.databases import engine_name
from tests.support.costs import Apart, cpu_seconds
from tests.support.order import test_id

LISTS = re.compile(r"\(\?(?:, \?)+\)")
ROWS = re.compile(r"\(\?\)(?:, \(\?\))+")
NUMBERED = re.compile(r"\b(anon|param|count|min|max|sum|coalesce)_\d+\b")
NOTHING = "IN (SELECT 1 FROM (SELECT 1) WHERE 1!=1)"
"""A list without anything in it, in SQLAlchemy's words."""
CHANGED = re.compile(r"UPDATE (\S+) SET ((?:\"?\w+\"?=\?(?:, )?)+) (WHERE \1\.id = \?.*)")
ADDED = re.compile(r"INSERT INTO (\S+) \(([^)]*)\) VALUES \(\?\)(.*)")
BETWEEN = re.compile(r"[()]| UNION ALL ")
PRODUCT = ("core/", "kit/", "plugins/", "tests/thirdparty/")
TOOLS = ("core/testing/", "core/data/tenancy.py", "core/data/db.py", "tests/support/")
HOUSEKEEPING = (
    "/* tests */", "BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT", "PRAGMA", "SET LOCAL", "ANALYZE", "EXPLAIN",
    "CREATE", "ALTER", "DROP",
)  # fmt: skip


def housekeeping(shape: str) -> bool:
    """Whether a statement is one of the database's own affairs, which another engine has in other words."""
    return shape.startswith(HOUSEKEEPING) or "sqlite_master" in shape


def shapes_of(statement: str) -> set[str]:
    """The shapes of a statement."""
    text = ROWS.sub("(?)", LISTS.sub("(?)", " ".join(statement.split()).replace(NOTHING, "IN (?)")))
    text = NUMBERED.sub(r"\1", text)
    if found := CHANGED.fullmatch(text):
        table, columns, where = found.groups()
        return {f"UPDATE {table} SET {column} {where}" for column in columns.split(", ")}
    if found := ADDED.fullmatch(text):
        table, columns, then = found.groups()
        return {f"INSERT INTO {table} ({column}) VALUES (?){then}" for column in columns.split(", ")}
    return set(_united(text))


def _united(text: str) -> Iterator[str]:
    """What UNION ALL joins, outside of any brackets."""
    depth = start = 0
    for found in BETWEEN.finditer(text):
        if found[0] in "()":
            depth += 1 if found[0] == "(" else -1
        elif depth == 0:
            yield text[start : found.start()]
            start = found.end()
    yield text[start:]


def asked_by_test(root: Path) -> bool:
    """Whether the statement that is being sent comes from a test and not from the product: by the nearest of their modules
    on the way here. What a session writes is the product's, whoever saves."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if name.endswith("sqlalchemy/orm/unitofwork.py"):
            return False
        if name.startswith(f"{root}/"):
            inside = name[len(str(root)) + 1 :]
            if inside.startswith(PRODUCT) and not inside.startswith(TOOLS):
                return False
            if inside.startswith("tests/") and not inside.startswith(TOOLS):
                return True
        frame = frame.f_back
    return False


@dataclass
class Notes:
    """What a run saw: where it looked, shapes by test, the scene a test stands on, what each scene takes, texts by shape."""

    paths: list[str] = field(default_factory=list)
    tests: dict[str, set[str]] = field(default_factory=dict)
    scenes: dict[str, str] = field(default_factory=dict)
    prices: dict[str, float] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


class Shapes(Apart):
    """Notes the shapes that the running test sends, in each process of a daily run on SQLite."""

    def __init__(self, config: pytest.Config, leaves_notes: bool = True) -> None:
        self.config = config
        self.leaves_notes = leaves_notes
        self.known: dict[str, frozenset[str]] = {}
        self.heard: set[str] = set()
        self.notes = Notes()
        self.test = ""
        self.now: set[str] | None = None
        self.paused = False
        self.found: dict[Path, dict[str, Any]] = {}

    @contextlib.contextmanager
    def demo(self) -> Iterator[None]:
        """Nothing is noted: on PostgreSQL every run loads it."""
        self.paused = True
        try:
            yield
        finally:
            self.paused = False

    @contextlib.contextmanager
    def scene(self, file: Path) -> Iterator[None]:
        """What the block sends is a scene's, written to ``file``: every test that stands on it shows it."""
        before, self.now, started = self.now, set(), cpu_seconds()
        self.heard.clear()
        try:
            yield
            said = {key: self.notes.texts[key] for key in self.now}
            file.write_text(json.dumps({"cpu": cpu_seconds() - started, "shapes": said}))
        finally:
            self.now = before
            self.heard.clear()

    def stands_on(self, file: Path) -> None:
        """The running test begins with the scene noted in ``file``."""
        if self.now is None:
            return
        if file not in self.found:
            said = self.found[file] = json.loads(file.read_text())
            self.notes.texts |= said["shapes"]
            self.notes.prices[file.stem] = said["cpu"]
        self.now |= set(self.found[file]["shapes"])
        self.notes.scenes[self.test] = file.stem

    def listen(self, engine: Engine) -> None:
        """Hear what an engine sends."""
        event.listen(engine, "after_cursor_execute", self._after)

    def _after(self, _conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if self.now is None or self.paused or statement in self.heard:
            return
        keys = self.known.get(statement)
        if keys is None:
            shapes = {s for s in shapes_of(statement) if not housekeeping(s)}
            said = {hashlib.sha256(shape.encode()).hexdigest()[:12]: shape for shape in shapes}
            keys = self.known[statement] = frozenset(said)
            self.notes.texts |= said
        if not keys:
            return
        if not asked_by_test(self.config.rootpath):
            self.heard.add(statement)
            self.now |= keys

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Everything from its set-up to its teardown is the test's; those that run on SQLite only show nothing."""
        if item.get_closest_marker("once") or item.get_closest_marker("browser"):
            return (yield)
        self.test = test_id(item.nodeid)
        self.now = self.notes.tests.setdefault(self.test, set())
        self.heard.clear()
        try:
            return (yield)
        finally:
            self.now = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Of a test that was skipped nothing is known: it may be one for the other engine."""
        if report.skipped:
            self.notes.tests.pop(test_id(report.nodeid), None)

    def pytest_sessionfinish(self) -> None:
        """Leave this process's notes for the next run."""
        if self.notes.tests and self.leaves_notes:
            n, name = self.notes, os.environ.get("PYTEST_XDIST_WORKER", "main")
            left = {
                "tests": {t: sorted(s) for t, s in n.tests.items()},
                "scenes": n.scenes,
                "prices": n.prices,
            }
            file = notes_folder(self.config) / f"{name}.json"
            said = {"of": tree_hash(self.config.rootpath), "paths": self.config.args, "texts": n.texts}
            file.write_text(json.dumps({**said, **left}))


def notes_folder(config: pytest.Config) -> Path:
    """Where the processes of a run leave their notes."""
    return Path(str(config.cache.mkdir("hub-shapes")))


def read_notes(folder: Path, of: str) -> Notes:
    """What the processes of the last run left; nothing where they ran over another tree than that with hash ``of``."""
    found = Notes()
    for file in folder.glob("*.json"):
        left = json.loads(file.read_text())
        if left["of"] == of:
            for test, shapes in left["tests"].items():
                found.tests.setdefault(test, set()).update(shapes)
            found.paths = left["paths"]
            found.scenes |= left["scenes"]
            found.prices |= left["prices"]
            found.texts |= left["texts"]
    return found


def tree_hash(root: Path) -> str:
    """One hash of code, pages and tests: what decides which statements a test sends."""
    found = hashlib.sha256()
    for folder in ("core", "kit", "plugins", "tests"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".py", ".html", ".toml") and "__pycache__" not in path.parts:
                found.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:16]


def pytest_configure(config: pytest.Config) -> None:
    if engine_name() != "sqlite" or config.option.collectonly:
        return
    if getattr(config, "cache", None) is None:  # pytest without a place for notes
        return
    daily = not os.environ.get(
        "HUB_TEST_THOROUGH"
    )  # the other one makes scenes that a daily run finds, with what they send
    if daily and not hasattr(config, "workerinput"):
        for old in notes_folder(config).glob("*.json"):
            old.unlink()
    config.pluginmanager.register(Shapes(config, daily), "hub-shapes")
