"""Random order, so that no test leans on another; which tests stay together; and how much of a property is tried.

Files are shuffled, and tests within their files (what a file prepares for itself is prepared once). ``HUB_TEST_SEED`` gives
an order again; a run says which one it had.
"""

from __future__ import annotations

import os
import random
import re
import secrets

import pytest
from _pytest.nodeid import coerce_node_id
from hypothesis import settings

from core.testing.databases import engine_name

SEED = "HUB_TEST_SEED"
LONG = 4.0
"""CPU seconds of a file that begins before others."""
GROUP = re.compile(r"@[\w./-]+\.py$")


def examples(few: int, many: int) -> int:
    """How often a property is tried: ``few`` times in the daily run, ``many`` in the thorough one."""
    return many if os.environ.get("HUB_TEST_THOROUGH") else few


@pytest.hookimpl(trylast=True)  # after core.testing has set its own
def pytest_configure(config: pytest.Config) -> None:
    if not os.environ.get(SEED):
        os.environ[SEED] = str(secrets.randbelow(10**6))
    # the rules are tried at length by the build, on one engine; the others only have to agree
    most = examples(25, 100) if engine_name() == "sqlite" else 10
    settings.register_profile("hub-tests", settings.get_profile("hub"), max_examples=most)
    settings.load_profile("hub-tests")


def test_id(nodeid: str) -> str:
    """A test's name without what parallel processes add to it."""
    return GROUP.sub("", nodeid)


def pytest_report_header() -> str:
    return f"random order: {SEED}={os.environ[SEED]}"


@pytest.hookimpl(tryfirst=True)  # before xdist looks for groups
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The same order in every process of a run. Files that took long the last time begin: no process is left with one at
    the end while the others wait."""
    took: dict[str, float] = config.cache.get(f"hub/costs-{engine_name()}", {}) if config.cache else {}
    dice = random.Random(os.environ[SEED])
    files: dict[str, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.nodeid.split("::")[0], []).append(item)
    names = sorted(files)
    dice.shuffle(names)
    for name in names:
        dice.shuffle(files[name])
    spent = {name: sum(took.get(test_id(item.nodeid), 0.0) for item in files[name]) for name in names}
    names.sort(key=lambda name: -spent[name] if spent[name] > LONG else 0.0)
    items[:] = [item for name in names for item in files[name]]
    for item in items if getattr(config.option, "loadgroup", False) else ():
        found = item._fixtureinfo.name2fixturedefs if isinstance(item, pytest.Function) else {}
        if any(d[-1].scope == "module" for d in found.values() if d):
            # what a file prepares for all its tests is prepared in one process only (--dist loadgroup). The mark of
            # pytest-xdist 3.8 changes a name that pytest 9.2 does not look at: the group goes into the one that counts
            item._id = coerce_node_id(f"{item.nodeid}@{item.nodeid.split('::')[0]}")
