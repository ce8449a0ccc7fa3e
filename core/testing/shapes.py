"""The shapes of the statements each test sends, and the sample of tests that shows each shape on the second engine.

A statement's shape is its text without the length of its lists. What PostgreSQL refuses, or sends to two parts of a split
table, depends on the shape and not on the story around it: so the second engine runs the tests of ``sample.toml``, chosen
from a run on SQLite such that they show every shape as cheaply as possible, and whole folders and files that are about the
database itself. A whole run on SQLite says which shapes no test of the sample shows.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import tomllib
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from core.testing.databases import engine_name
from core.testing.order import test_id

LISTS = re.compile(r"\(\?(?:, \?)+\)")
ROWS = re.compile(r"\(\?\)(?:, \(\?\))+")
HOUSEKEEPING = (
    "/* tests */", "BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT", "PRAGMA", "SET LOCAL", "ANALYZE", "EXPLAIN",
    "CREATE", "ALTER", "DROP",
)  # fmt: skip
SAMPLE = "HUB_TEST_SAMPLE"
SLACK = 0.02
"""Part of the shapes that may be shown by no sampled test before the run says more than their number."""


def shape_of(statement: str) -> str:
    """A statement's text with every list of one length."""
    return ROWS.sub("(?)", LISTS.sub("(?)", " ".join(statement.split())))


class Shapes:
    """Notes the shapes that the running test sends, in each process; the main one compares them with the sample."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.known: dict[str, str] = {}
        self.texts: dict[str, str] = {}
        self.seen: dict[str, set[str]] = {}
        self.now: set[str] | None = None
        self.paused = False

    @contextlib.contextmanager
    def pause(self) -> Iterator[None]:
        """Note nothing inside the block."""
        self.paused = True
        yield
        self.paused = False

    def listen(self, engine: Engine) -> None:
        """Hear what an engine sends."""
        event.listen(engine, "after_cursor_execute", self._after)

    def _after(self, _conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if self.now is None or self.paused:
            return
        key = self.known.get(statement)
        if key is None:
            shape = shape_of(statement)
            key = "" if shape.startswith(HOUSEKEEPING) else hashlib.sha256(shape.encode()).hexdigest()[:12]
            self.known[statement] = key
            self.texts[key] = shape
        if key:
            self.now.add(key)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Everything from its set-up to its teardown is the test's; those that run on SQLite only show nothing."""
        if item.get_closest_marker("once") or item.get_closest_marker("browser"):
            return (yield)
        self.now = self.seen.setdefault(test_id(item.nodeid), set())
        try:
            return (yield)
        finally:
            self.now = None

    def folder(self) -> Path:
        """Where the processes of a run leave their notes."""
        return Path(str(self.config.cache.mkdir("hub-shapes")))

    def pytest_sessionfinish(self) -> None:
        """Leave this process's notes for the main one."""
        if self.seen:
            name = os.environ.get("PYTEST_XDIST_WORKER", "main")
            notes = {"tests": {t: sorted(s) for t, s in self.seen.items()}, "texts": self.texts}
            (self.folder() / f"{name}.json").write_text(json.dumps(notes))

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Which shapes the sample does not show; only after a run of everything."""
        sample = read_sample(self.config)
        if not sample.get("tests") or engine_name() != "sqlite" or os.environ.get("HUB_TEST_THOROUGH"):
            return
        tests, texts = read_notes(self.folder())
        sampled = {t for t in tests if in_sample(t, sample)}
        if not sampled or len(tests) < sample.get("recorded", 0) * 0.9:
            return  # a part of the tests
        every = set().union(*tests.values())
        unseen = sorted(every - set().union(*(tests[t] for t in sampled)))
        terminalreporter.section("statement shapes")
        terminalreporter.write_line(
            f"{len(every)} shapes; {len(sampled)} of {len(tests)} tests run on PostgreSQL too; "
            f"{len(unseen)} shapes are shown by none of them"
            + (": make test-sample chooses anew" if unseen else "")
        )
        if len(unseen) > SLACK * len(every):
            for key in unseen[:20]:
                terminalreporter.write_line(f"  {texts[key][:200]}", yellow=True)


def read_notes(folder: Path) -> tuple[dict[str, set[str]], dict[str, str]]:
    """Shapes by test, and texts by shape, as the processes of the last run left them."""
    tests: dict[str, set[str]] = {}
    texts: dict[str, str] = {}
    for file in folder.glob("*.json"):
        notes = json.loads(file.read_text())
        for test, shapes in notes["tests"].items():
            tests.setdefault(test, set()).update(shapes)
        texts |= notes["texts"]
    return tests, texts


def read_sample(config: pytest.Config) -> dict[str, Any]:
    """What sample.toml says; empty where there is none."""
    for folder in config.getini("testpaths"):
        file = config.rootpath / str(folder) / "sample.toml"
        if file.exists():
            found = tomllib.loads(file.read_text(encoding="utf-8"))
            return {**found, "tests": frozenset(found.get("tests", ()))}
    return {}


def in_sample(nodeid: str, sample: dict[str, Any]) -> bool:
    """Does the second engine run this test every time?"""
    return nodeid.startswith(tuple(sample.get("always", ()))) or nodeid in sample.get("tests", ())


def cover(tests: dict[str, set[str]], costs: dict[str, float], shown: Iterable[str]) -> list[str]:
    """Tests that show every shape not in ``shown``: again and again the one that shows most new ones for its cost."""
    left = set().union(*tests.values()) - set(shown)
    chosen = []
    while left:
        best = max(sorted(tests), key=lambda t: len(tests[t] & left) / (0.3 + costs.get(t, 0.0)))
        chosen.append(best)
        left -= tests[best]
    return sorted(chosen)


def pytest_configure(config: pytest.Config) -> None:
    notes = Shapes(config)
    if not hasattr(config, "workerinput") and getattr(config, "cache", None) is not None:
        for old in notes.folder().glob("*.json"):
            old.unlink()
    config.pluginmanager.register(notes, "hub-shapes")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With ``HUB_TEST_SAMPLE`` only the sample runs."""
    if not os.environ.get(SAMPLE):
        return
    sample = read_sample(config)
    wanted = [item for item in items if in_sample(test_id(item.nodeid), sample)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(wanted)])
    items[:] = wanted
