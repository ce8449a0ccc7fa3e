"""What plugins may import is small, and nobody changes it unawares."""

from __future__ import annotations

import importlib
from types import ModuleType

import pytest

from tests import surface

MOST = {"core.api": 60, "core.db": 20, "core.money": 10, "core.values": 20, "core.web.api": 16}
"""Names of a surface. Who needs another one looks first for one to take away, or to put into a method of what is there."""


def test_signatures_are_those_that_were_promised() -> None:
    """A change is deliberate."""
    stored = surface.STORED.read_text(encoding="utf-8").splitlines()
    found = list(surface.lines())
    assert found == stored, (
        "what plugins may import has changed. If that is meant: `python -m tests.surface` writes it down; where a name is gone "
        "or takes other arguments keep the old one with core/declare/deprecation.py, and say in CHANGELOG.md what to write "
        "instead"
    )


@pytest.mark.parametrize("name", MOST)
def test_a_surface_stays_small(name: str) -> None:
    assert len(surface.names()[name]) <= MOST[name]


@pytest.mark.parametrize("name", [*surface.SURFACES, "core.base_api", "core.web.base_api"])
def test_a_surface_gives_things_under_their_own_names_and_no_modules(name: str) -> None:
    promised = {each: getattr(importlib.import_module(name), each) for each in surface.promised(name)}
    assert [each for each, value in promised.items() if isinstance(value, ModuleType)] == []
    called = {each: value.__name__ for each, value in promised.items() if hasattr(value, "__code__")}
    assert [each for each, known in called.items() if each != known] == []


def test_no_name_has_two_surfaces() -> None:
    """So that there is one place to import it from; commands see the hub as default plugins do."""
    homes: dict[str, list[str]] = {}
    for name in (
        "core.api",
        "core.db",
        "core.money",
        "core.values",
        "core.remote",
        "core.base_api",
        "core.web.api",
        "core.web.base_api",
    ):
        for each in surface.promised(name):
            homes.setdefault(each, []).append(name)
    assert {each: found for each, found in homes.items() if len(found) > 1} == {}
