"""The parts of the demo company come in an order that plugins declare, and no manifest is bent for it."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from core.declare.kinds import DemoPart
from core.kernel.hub import Hub
from plugins.base_demo import commands
from plugins.base_demo.demo import loader


def part(name: str, *after: str) -> DemoPart:
    return DemoPart(lambda ctx, shift: None, after, name)


def test_whatever_the_order_of_loading_each_comes_after_those_it_names() -> None:
    parts = [
        part("issues", "receipts", "counts"),
        part("counts", "receipts"),
        part("receipts"),
        part("alone", "not there"),
    ]
    for given in itertools.permutations(parts):
        found = [each.plugin for each in loader.in_order(given)]
        assert found.index("receipts") < found.index("counts") < found.index("issues")
        assert "alone" in found
    assert [each.plugin for each in loader.in_order(parts[2:])] == ["receipts", "alone"]


def test_parts_that_wait_for_each_other_are_named() -> None:
    with pytest.raises(ValueError, match="wait for each other: a, b"):
        loader.in_order([part("a", "b"), part("b", "a"), part("c")])


def test_the_parts_of_our_plugins(hub: Hub) -> None:
    """Each after what its rows point at, without requiring or extending a plugin that it knows nothing of."""
    found = [each.plugin for each in loader.in_order(list(hub.registry.demo_parts.values()))]
    told = ("outsourcing", "purchasing", "receiving", "inventory", "factory_stock", "shipping", "claims")
    for first, then in itertools.pairwise(told):
        assert found.index(first) < found.index(then)
    loaded: dict[str, Any] = {p.name: p.manifest for p in hub.plugins}
    for name in ("purchasing", "receiving", "inventory"):
        assert set(loaded[name].extends) <= {"rest"}
    for each in hub.registry.demo_parts.values():
        assert set(each.after) <= set(loaded), each.plugin


def test_the_demo_answers_to_names_of_this_machine_alone(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page elsewhere that names this machine as its own gets no sign-in page, whose passwords everybody knows."""
    served: list[Any] = []
    monkeypatch.setattr(
        commands, "Hub", lambda config: SimpleNamespace(config=config, check_ready=lambda: None)
    )
    monkeypatch.setattr(commands, "pending_migrations", lambda hub: False)
    monkeypatch.setattr(loader, "exists", lambda hub: True)
    monkeypatch.setattr(commands, "run", lambda hub, *_more: served.append(hub.config.trusted_hosts))
    assert CliRunner().invoke(commands.demo, catch_exceptions=False).exit_code == 0
    monkeypatch.setitem(app.config, "TRUSTED_HOSTS", list(served[0]))
    client = app.test_client()
    for host, status in (
        ("127.0.0.1:8000", 200),
        ("localhost", 200),
        ("evil.test:8000", 400),
    ):
        assert client.get("/login", headers={"Host": host}).status_code == status, host
