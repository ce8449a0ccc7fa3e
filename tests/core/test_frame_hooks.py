"""Hooks of the frame: commands, the start, the page at ``/``, the menu, changed settings."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any

import click
import pytest

from core.api import Ctx, NavItem, T, hookimpl
from core.cli import main
from core.kernel import enablement
from core.kernel.hub import Hub


@pytest.fixture
def guest(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Any:
    """``guest(name=function, …)``: a plugin with these hooks, on for every tenant, asked before the others."""
    known = enablement.enabled_plugins
    monkeypatch.setattr(enablement, "enabled_plugins", lambda h, s: known(h, s) | {"guest"})
    made: list[ModuleType] = []

    def come(**hooks: Callable[..., Any]) -> None:
        plugin = type(sys)("guest")
        for name, function in hooks.items():
            setattr(plugin, name, hookimpl(tryfirst=True)(function))
        hub.manager.register(plugin, name="guest")
        made.append(plugin)

    yield come
    for plugin in made:
        hub.manager.unregister(plugin)


def test_a_plugin_brings_a_command(hub: Hub, guest: Any, capsys: Any) -> None:
    @click.command()
    def greet() -> None:
        """Say hello."""
        click.echo("hello")

    guest(register_commands=lambda group: group.add_command(greet))
    assert main.run(["greet"], hub) == 0
    assert capsys.readouterr().out == "hello\n"
    assert main.run(["--help"], hub) == 0
    said = capsys.readouterr().out
    assert "greet" in said
    assert "demo" in said


def test_a_command_that_is_there_already_is_refused(hub: Hub, guest: Any, capsys: Any) -> None:
    @click.command(name="serve")
    def mine() -> None:
        """Take a command away."""

    guest(register_commands=lambda group: group.add_command(mine))
    assert main.run(["elsewhere"], hub) == 1
    assert "two commands are called 'hub serve'" in capsys.readouterr().err


def test_a_serving_hub_warms_a_process_for_pdfs(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    from plugins.base_printing import plugin

    warm = threading.Event()
    monkeypatch.setattr(plugin.pool, "warm", warm.set)
    hub.manager.hook.hub_started(hub=hub)
    assert warm.wait(30)


def test_the_first_plugin_with_a_start_page_has_it(client_as: Any, guest: Any) -> None:
    own = client_as("mgr").get("/").text
    assert "<h1>Hub</h1>" in own
    guest(start_page=lambda ctx: f"<p>Welcome, {ctx.user.name}</p>")
    assert client_as("mgr").get("/").text.startswith("<p>Welcome, ")


def test_without_a_start_page_the_menu_is_there(client_as: Any, hub: Hub, monkeypatch: Any) -> None:
    from plugins.base_home import plugin

    monkeypatch.setattr(hub.manager.hook.start_page.get_hookimpls()[0], "function", lambda ctx: None)
    assert plugin.manifest.name in hub.always_on
    page = client_as("mgr").get("/")
    assert page.status_code == 200
    assert '<nav class="side"' in page.text


def test_entries_of_the_menu(client_as: Any, guest: Any) -> None:
    def nav_items(ctx: Ctx) -> list[NavItem]:
        return [NavItem(T("Weather"), "/weather/", "samples", 5)]

    guest(nav_items=nav_items)
    assert '<a href="/weather/">Weather</a>' in client_as("mgr").get("/").text
