"""Fixtures come from the hub's own test tools; small plugins of somebody else are always loaded beside ours."""

from __future__ import annotations

import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from core.kernel.plugins import discover
from core.testing.observer import Observer
from tests.support.costs import Apart

pytest_plugins = [
    "core.testing.plugin", "tests.support.costs", "tests.support.order", "tests.support.shapes", "tests.support.sample",
]  # fmt: skip


def pytest_configure() -> None:
    """Plugins are found by the entry points that were installed: say so where pyproject.toml names others by now."""
    said = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text())["project"][
        "entry-points"
    ]
    for group, points in said.items():
        if set(points) != set(discover(group)):
            pytest.exit(f"pyproject.toml names other {group} than are installed. Run: make .venv/.ready", 3)


@pytest.fixture(scope="session")
def hub_observer(pytestconfig: pytest.Config) -> Observer:
    """Notes what each test and scene sends, and leaves what is prepared for many out of the costs."""
    notes: Observer | None = pytestconfig.pluginmanager.get_plugin("hub-shapes")
    return notes or Apart()


@pytest.fixture(scope="session")
def hub_extra() -> tuple[ModuleType, ...]:
    from tests.thirdparty.buyer_rules import plugin as buyer_rules
    from tests.thirdparty.couriers import plugin as couriers
    from tests.thirdparty.factory_desk import plugin as factory_desk
    from tests.thirdparty.pp_sample import plugin as pp_sample
    from tests.thirdparty.samples import plugin as samples
    from tests.thirdparty.workshop import plugin as workshop

    return (samples, couriers, pp_sample, factory_desk, workshop, buyer_rules)
