"""Scenes: what the fixtures of a test prepare in its tenant, made once and then copied.

A fixture marked with :func:`stage` instead of ``pytest.fixture`` prepares a part of a scene: it works in the context
``ctx`` (or ``hub`` and ``tenant``), may build on other stages, and returns rows, contexts, plain values or objects made of
these. Before the first test that asks for some stages they run in a fresh tenant, and the database is kept; each later test
gets the database as they left it, and what they returned read from there. A stage that asks for anything else runs in every
test, like any fixture. So does one in a test that makes its ``tenant`` itself.

Fixtures that use ``monkeypatch`` (stand-ins for plugins) come before the scene, which is then one of its own.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.data.db import TenantRow
from core.kernel.context import Ctx, TenantInfo

KNOWN = ("ctx", "hub", "tenant")
"""What a stage may ask for besides other stages and stand-ins."""


def stage(function: Callable[..., Any]) -> Any:
    """A fixture that prepares a part of a scene."""
    signature = inspect.signature(function)
    scene = inspect.Parameter("hub_scene", inspect.Parameter.POSITIONAL_OR_KEYWORD)

    def ready(hub_scene: Scene | None, **given: Any) -> Any:
        if hub_scene is not None and name_of(function) in hub_scene.values:
            return hub_scene.thaw(hub_scene.values[name_of(function)])
        return function(**given)

    ready.__name__, ready.__doc__, ready.__module__ = function.__name__, function.__doc__, function.__module__
    ready.__signature__ = signature.replace(parameters=[scene, *signature.parameters.values()])  # type: ignore[attr-defined]
    ready.hub_stage = function  # type: ignore[attr-defined]
    return pytest.fixture(ready)


def name_of(function: Callable[..., Any]) -> str:
    """The full name of a stage."""
    return f"{function.__module__}.{function.__qualname__}"


@dataclass(frozen=True)
class Plan:
    """The stages a test asks for that can be kept, in order, and the stand-ins that must be there before them."""

    stages: tuple[tuple[str, Callable[..., Any]], ...]
    stand_ins: tuple[str, ...]

    @property
    def name(self) -> str:
        """What the scene is called: its last stage, and a number for all of it."""
        whole = ",".join([*(name_of(f) for _name, f in self.stages), *self.stand_ins])
        return f"{self.stages[-1][0]}-{hashlib.sha256(whole.encode()).hexdigest()[:12]}"

    @property
    def files(self) -> tuple[Path, ...]:
        """Where its stages are written."""
        return tuple(Path(inspect.getfile(f)) for _name, f in self.stages)


def plan_of(request: pytest.FixtureRequest) -> Plan | None:
    """What can be kept of what a test asks for; None where that is nothing."""
    known: dict[str, Any] = request.node._fixtureinfo.name2fixturedefs
    defs = {name: found[-1] for name, found in known.items() if found}
    if any(n in defs and not defs[n].func.__module__.startswith("core.testing.") for n in KNOWN):
        return None
    stand_ins = [n for n, d in defs.items() if "monkeypatch" in d.argnames and d.scope == "function"]
    stages: dict[str, Callable[..., Any]] = {}

    def keep(name: str) -> bool:
        if name in KNOWN or name in stand_ins or name in stages:
            return True
        function = getattr(defs[name].func, "hub_stage", None) if name in defs else None
        if function is None or name in inspect.signature(function).parameters:
            return False
        if not all(keep(n) for n in inspect.signature(function).parameters):
            return False
        stages[name] = function
        return True

    for name in request.fixturenames:
        if hasattr(getattr(defs.get(name), "func", None), "hub_stage"):
            keep(name)
    return Plan(tuple(stages.items()), tuple(sorted(stand_ins))) if stages else None


@dataclass(frozen=True)
class _Row:
    model: type[TenantRow]
    id: int


@dataclass(frozen=True)
class _Thing:
    kind: type[Any]
    parts: dict[str, Any]


class Scene:
    """A tenant with its stages done; ``values`` are what they returned, as it is kept."""

    def __init__(self, tenant: TenantInfo, values: dict[str, Any], ctx: Callable[[], Ctx]) -> None:
        self.tenant, self.values, self.ctx = tenant, values, ctx

    def thaw(self, value: Any) -> Any:
        """What a stage returned, in the test's own context."""
        if isinstance(value, _Row):
            model = value.model
            return self.ctx().session.scalars(select(model).where(model.id == value.id)).one()
        if isinstance(value, _Thing):
            if value.kind is Ctx:
                return self.ctx()
            if value.kind is TenantInfo:
                return self.tenant
            if value.kind in (list, tuple, set):
                return value.kind(self.thaw(v) for v in value.parts.values())
            parts = {self.thaw(k): self.thaw(v) for k, v in value.parts.items()}
            if value.kind is dict:
                return parts
            made = object.__new__(value.kind)
            for name, part in parts.items():
                object.__setattr__(made, name, part)
            return made
        return value


def freeze(value: Any, tenant: TenantInfo) -> Any:
    """A value of a stage in a form that can be kept. TypeError where it holds what cannot be found again."""
    if isinstance(value, TenantRow):
        return _Row(type(value), value.id)
    if isinstance(value, Ctx):
        return _Thing(Ctx, {})
    if isinstance(value, TenantInfo):
        return _Thing(TenantInfo, {}) if value.id == tenant.id else value
    if isinstance(value, list | tuple | set) and type(value) in (list, tuple, set):
        return _Thing(type(value), {str(n): freeze(v, tenant) for n, v in enumerate(value)})
    if isinstance(value, dict):
        return _Thing(dict, {k: freeze(v, tenant) for k, v in value.items()})
    if is_dataclass(value) and not isinstance(value, type):
        return _Thing(type(value), {f.name: freeze(getattr(value, f.name), tenant) for f in fields(value)})
    plain = type(value).__module__ in ("builtins", "datetime", "decimal") and not callable(value)
    if plain or isinstance(value, Enum):
        return value
    if hasattr(value, "__dict__") and not callable(value):
        return _Thing(type(value), {k: freeze(v, tenant) for k, v in vars(value).items()})
    raise TypeError(
        f"a stage returned {type(value).__name__}, which cannot be kept: use pytest.fixture for it"
    )
