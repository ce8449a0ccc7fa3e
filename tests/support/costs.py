"""What a run of tests cost, in CPU seconds: of each folder beside its budget, and of the dearest tests.

The clock on the wall says how busy the machine was; CPU seconds say what the tests did, programs they started included.
Budgets stand in ``budget.toml`` in the folder of the tests: ``[folders]`` by path, ``default`` for any other, ``test`` for
a single one. What is over is said at the end of the run.
"""

from __future__ import annotations

import contextlib
import os
import time
import tomllib
from collections import defaultdict
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from core.testing.databases import engine_name
from core.testing.observer import Observer
from tests.support.order import test_id

DEAREST = 10
_apart = _latest = _gone = 0.0


def cpu_seconds() -> float:
    """CPU seconds of this process and of all it started, those that still run included."""
    global _latest, _gone
    now = _counted()
    if now < _latest:  # the system may leave a process out of its list while another one ends: look again
        now = max(now, _counted(), _counted())
    # a browser that ends takes along what its own processes had used: nobody waits for them
    _gone += max(0.0, _latest - now)
    _latest = now
    return now + _gone


def _counted() -> float:
    done = os.times()
    return done.user + done.system + done.children_user + done.children_system + _running(os.getpid())


@contextlib.contextmanager
def apart() -> Iterator[None]:
    """What is prepared for many tests is not the cost of the one that came first."""
    global _apart
    before = cpu_seconds()
    yield
    _apart += cpu_seconds() - before


class Apart(Observer):
    """What is prepared for many tests is nobody's cost."""

    def shared(self) -> AbstractContextManager[None]:
        """Not the cost of the test that came first."""
        return apart()


def _clock() -> float:
    return cpu_seconds() - _apart


def _running(pid: int) -> float:
    total = 0.0
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _text(children).split():
            used = _text(Path(f"/proc/{child}/stat")).rpartition(")")[2].split()[11:15]
            total += sum(map(int, used)) / os.sysconf("SC_CLK_TCK") + _running(int(child))
    return total


def _text(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:  # it has just ended
        return ""


class Costs:
    """Counts in each process; adds up and reports in the main one."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.tests: dict[str, float] = defaultdict(float)
        self.processes = 0.0
        self.ended: tuple[float, float] | None = None
        self.between = 0.0

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """The clock starts before a test's fixtures; what this process did since the test before is nobody's."""
        if self.ended is None:
            self.ended = _clock(), time.process_time()
        self.between = time.process_time() - self.ended[1]
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """The report of its teardown carries what a test took. Other programs are looked at once for each test: to ask the
        system for all of them takes a millisecond and more."""
        report = yield
        if call.when == "teardown" and self.ended is not None:
            before, self.ended = self.ended[0] + self.between, (_clock(), time.process_time())
            report.user_properties.append(("cpu", max(0.0, self.ended[0] - before)))
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Reports of all processes arrive in the main one."""
        last = [value for name, value in report.user_properties if name == "cpu"][-1:]
        self.tests[test_id(report.nodeid)] += sum(float(str(value)) for value in last)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A parallel process has ended and says what it took as a whole."""
        self.processes += getattr(node, "workeroutput", {}).get("cpu", 0.0)

    def pytest_sessionfinish(self) -> None:
        """A parallel process tells the main one what it took; that keeps what each test took for whoever asks later."""
        if hasattr(self.config, "workeroutput"):
            self.config.workeroutput["cpu"] = cpu_seconds()
        elif getattr(self.config, "cache", None) is not None:
            self.config.cache.set(f"hub/costs-{engine_name()}", dict(self.tests))

    def over(self) -> list[str]:
        """What is dearer than its budget allows."""
        budget = read_budget(self.config)
        if not budget:
            return []
        found = [
            f"{folder} took {spent:.0f} s, its budget is {allowed:.0f} s"
            for folder, spent in self.folders().items()
            if spent > (allowed := budget.get("folders", {}).get(folder, budget.get("default", 20)))
        ]
        most = budget.get("test", 3)
        left = budget.get("tests", {})
        return found + [
            f"{test} took {spent:.1f} s, a test's budget is {left.get(test, most):.1f} s"
            for test, spent in self.dearest()
            if spent > left.get(test, most)
        ]

    def folders(self) -> dict[str, float]:
        """CPU seconds by folder, the dearest first."""
        found: dict[str, float] = defaultdict(float)
        for test, spent in self.tests.items():
            found[test.split("::")[0].rpartition("/")[0]] += spent
        return dict(sorted(found.items(), key=lambda pair: -pair[1]))

    def dearest(self) -> list[tuple[str, float]]:
        """The dearest tests."""
        return sorted(self.tests.items(), key=lambda pair: -pair[1])[:DEAREST]

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Folders, dearest tests, and what is over its budget."""
        if len(self.tests) < 2:
            return
        write = terminalreporter.write_line
        inside = sum(self.tests.values())
        whole = max(self.processes or 0.0, inside) if self.processes else cpu_seconds()
        terminalreporter.section(f"CPU seconds ({engine_name()})")
        write(f"{whole:7.1f} in all, {whole - inside:.1f} of them before and between the tests")
        for folder, spent in self.folders().items():
            write(f"{spent:7.1f} {folder}")
        write("the dearest tests:")
        for test, spent in self.dearest():
            write(f"{spent:7.2f} {test}")
        for line in self.over() if watched() else ():
            terminalreporter.write_line(f"over budget: {line}", yellow=True)


def watched() -> bool:
    """Budgets are for the daily run: the embedded engine, few examples."""
    return engine_name() == "sqlite" and not os.environ.get("HUB_TEST_THOROUGH")


def read_budget(config: pytest.Config) -> dict[str, Any]:
    """What budget.toml says; empty where there is none."""
    for folder in config.getini("testpaths"):
        file = config.rootpath / str(folder) / "budget.toml"
        if file.exists():
            return tomllib.loads(file.read_text(encoding="utf-8"))
    return {}


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Costs(config), "hub-costs")
