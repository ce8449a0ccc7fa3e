"""The sample of the second engine: with ``HUB_TEST_SAMPLE`` a run takes the tests that together show every statement.

They are chosen from the notes of the run on SQLite before it (:mod:`tests.support.shapes`), as cheaply as can be: so there is
no list to keep up, and a new statement is shown by the next run. ``sample.toml`` in the folder of the tests names what runs
every time. A test that nothing is known of runs too: it was skipped on SQLite, or is for another engine.

At the end the run fails where a statement was shown by no test that passed.
"""

from __future__ import annotations

import os
import tomllib
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.order import test_id
from tests.support.shapes import Notes, notes_folder, read_notes, tree_hash

SAMPLE = "HUB_TEST_SAMPLE"
EACH = 0.02
"""What a test takes beside its own CPU seconds."""


def cover(notes: Notes, costs: Mapping[str, float], chosen: set[str]) -> set[str]:
    """Tests that show every shape that those already ``chosen`` do not: again and again the one that shows most new ones for
    what it takes, and at the end none that the others make superfluous. A scene is paid by the first that stands on it."""
    paid = {notes.scenes.get(test, "") for test in chosen}

    def price(test: str) -> float:
        scene = notes.scenes.get(test, "")
        return EACH + costs.get(test, 0.0) + (0.0 if scene in paid else notes.prices.get(scene, 0.0))

    left = set().union(*notes.tests.values()) - set().union(*(notes.tests.get(t, set()) for t in chosen))
    new = {test: shapes & left for test, shapes in sorted(notes.tests.items()) if shapes & left}
    picked = []
    while left:
        best = max(new, key=lambda t: len(new[t]) / price(t))
        picked.append(best)
        paid.add(notes.scenes.get(best, ""))
        left -= new[best]
        new = {test: shapes & left for test, shapes in new.items() if shapes & left}
    wanted = set().union(*(notes.tests[t] for t in picked)) if picked else set()
    wanted -= set().union(*(notes.tests.get(t, set()) for t in chosen))
    times = Counter(shape for t in picked for shape in notes.tests[t] & wanted)
    for test in sorted(picked, key=price, reverse=True):
        mine = notes.tests[test] & wanted
        if all(times[shape] > 1 for shape in mine):
            picked.remove(test)
            times.subtract(mine)
    return set(picked)


class Sample:
    """Leaves out what is not in the sample; says at the end what nobody showed."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.notes = read_notes(notes_folder(config), tree_hash(config.rootpath))
        self.passed: set[str] = set()
        self.unseen: list[str] = []

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Every process chooses the same."""
        names = {item: test_id(item.nodeid) for item in items}
        if items and not set(names.values()) & set(self.notes.tests):
            raise pytest.UsageError(
                "the sample is chosen from a run on SQLite of the same tree: make test-sqlite first"
            )
        known = {test: shapes for test, shapes in self.notes.tests.items() if test in set(names.values())}
        here = Notes(tests=known, scenes=self.notes.scenes, prices=self.notes.prices)
        every = tuple(_every_time(config))
        chosen = {name for name in names.values() if name not in known or name.startswith(every)}
        costs: dict[str, float] = config.cache.get("hub/costs-sqlite", {}) if config.cache else {}
        chosen |= cover(here, costs, chosen)
        config.hook.pytest_deselected(items=[item for item in items if names[item] not in chosen])
        items[:] = [item for item in items if names[item] in chosen]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Which tests did what they were chosen for; reports of all processes arrive in the main one."""
        if report.when == "call" and report.passed:
            self.passed.add(test_id(report.nodeid))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """A statement that nobody showed fails the run, unless a test has failed anyway."""
        if hasattr(self.config, "workerinput") or session.exitstatus != pytest.ExitCode.OK:
            return
        if self.config.args != self.notes.paths:
            return  # another part of the tests than that which was noted
        shown = set().union(*(self.notes.tests.get(test, set()) for test in self.passed))
        self.unseen = sorted(set().union(*self.notes.tests.values()) - shown)
        if self.unseen:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Which statements those are, and which tests send them on SQLite."""
        if self.unseen:
            terminalreporter.section("statements that no test showed on this engine")
        for key in self.unseen[:20]:
            who = next(test for test, shapes in sorted(self.notes.tests.items()) if key in shapes)
            terminalreporter.write_line(
                f"{self.notes.texts[key][:300]}\n  {who} sends it on SQLite", red=True
            )


def _every_time(config: pytest.Config) -> list[str]:
    """Folders and files that run every time."""
    for folder in config.getini("testpaths"):
        file = config.rootpath / str(folder) / "sample.toml"
        if file.exists():
            return list(tomllib.loads(file.read_text(encoding="utf-8"))["always"])
    return []


def pytest_configure(config: pytest.Config) -> None:
    if os.environ.get(SAMPLE):
        config.pluginmanager.register(Sample(config), "hub-sample")
