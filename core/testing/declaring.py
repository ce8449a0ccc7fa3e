"""Declare something for the length of one test: the registry of a hub that runs is closed."""

from __future__ import annotations

from typing import Any

import pytest

from core.declare.declarations import Column
from core.declare.kinds import DocumentKind, Event, JobKind, ProcessStep
from core.declare.registry import Registry
from core.declare.shelf import Shelf


def declare_for_test(
    registry: Registry, monkeypatch: pytest.MonkeyPatch, declared: Any, entity: str = ""
) -> None:
    """Keep a job, document, event, step or column, whose ``plugin`` says whose it is, in the place of what has its name.
    ``entity`` is the list that a column stands in."""
    place: dict[type, tuple[Shelf[Any], str]] = {
        JobKind: (registry.jobs, "name"),
        DocumentKind: (registry.documents, "name"),
        Event: (registry.events, "code"),
        ProcessStep: (registry.steps[getattr(declared, "entity", "")], "name"),
        Column: (registry.columns[entity], "name"),
    }
    shelf, key = place[type(declared)]
    monkeypatch.setitem(shelf._own, getattr(declared, key), declared)
