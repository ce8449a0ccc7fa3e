"""The contract for a plugin's own tests, in two lines::

    from core.testing.contract import *

gives one test for each promise (:mod:`core.kernel.contract`), for its screens, for switching it on and off, and for its
migrations down and up again. Which plugin is meant the project's pyproject.toml says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect

from core.data import migrate
from core.errors import Refused
from core.kernel import contract, enablement
from core.kernel.context import TenantInfo
from core.kernel.hub import Hub
from core.testing.databases import engine_name, new_database
from core.testing.ground import config_for

__all__ = [
    "test_migrations_go_down_and_up_again",
    "test_promise",
    "test_screens_are_there_for_those_who_may_and_only_while_it_is_on",
]


@pytest.mark.parametrize("promise", contract.CHECKS)
def test_promise(hub: Hub, plugin_under_test: str, promise: str) -> None:
    """What every plugin promises, whatever it does."""
    if promise == "migrations" and engine_name() == "pghash":
        pytest.skip("the same on unsplit tables, and slow here")
    plugin = next(p for p in hub.plugins if p.name == plugin_under_test)
    assert list(contract.CHECKS[promise](hub, plugin)) == []


def test_screens_are_there_for_those_who_may_and_only_while_it_is_on(
    hub: Hub, plugin_under_test: str, make_tenant: Callable[..., TenantInfo], client_as: Callable[..., Any]
) -> None:
    """200 for an administrator, 403 without the right, 404 where it is off."""
    info = make_tenant(plugins=[plugin_under_test])
    kinds = [e for e in hub.registry.entities.values() if e.plugin == plugin_under_test]
    pages = [
        f"/{e.name.replace('.', '/')}/{page}"
        for e in kinds
        for page in ("", *(("new",) if e.creatable else ()))
    ]
    admin, stranger = client_as("admin", of=info), client_as("", of=info)
    for page in pages:
        assert admin.get(page).status_code == 200, page
        assert stranger.get(page).status_code == 403, page
    with hub.context(info) as ctx:
        try:
            enablement.disable_plugin(ctx, plugin_under_test)
        except Refused:  # a bridge has no switch
            return
    for page in pages:
        assert admin.get(page).status_code == 404, page


@pytest.mark.once
def test_migrations_go_down_and_up_again(
    hub: Hub, plugin_under_test: str, tmp_path: Path, worker: str
) -> None:
    """On a database of their own: down leaves no table behind, up again makes what the models say."""
    config = config_for(new_database(tmp_path, f"{worker}_down"), tmp_path, hub.config.plugins)
    made = Hub(replace(config), [p.module for p in hub.plugins if p.distribution == "given directly"])
    migrate.upgrade_database(made)
    migrate.downgrade(made, plugin_under_test)
    tables = inspect(made.engine).get_table_names()
    assert [t for t in tables if migrate.belongs(t, plugin_under_test, made.plugin_names)] == []
    migrate.upgrade_database(made)
    with made.engine.connect() as connection:
        assert migrate.differences(made, plugin_under_test, connection) == []
    made.engine.dispose()
