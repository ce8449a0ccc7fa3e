"""Core is tested with the two plugins of somebody else, so that its tests do not depend on ours."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from core.entities import crud
from core.kernel.config import Config
from core.kernel.context import Ctx, TenantInfo
from core.kernel.hub import Hub
from core.testing.databases import Addresses, engine_name, new_database
from core.testing.ground import config_for
from tests.core.vaultworld import goods
from tests.thirdparty.couriers import plugin as couriers
from tests.thirdparty.samples import plugin as samples

_numbers = itertools.count(1)


@pytest.fixture
def tenant(make_tenant: Callable[..., TenantInfo]) -> TenantInfo:
    return make_tenant(plugins=["couriers", "samples"])


@pytest.fixture
def other_tenant(make_tenant: Callable[..., TenantInfo]) -> TenantInfo:
    return make_tenant(plugins=["couriers", "samples"])


@pytest.fixture
def ask() -> Callable[..., Any]:
    """``ask(ctx, notes="…", lines=[("A", 3)])`` makes a sample request."""

    def make(ctx: Ctx, lines: Any = (("A-1", 3),), **data: Any) -> Any:
        rows = [{"article": article, "pieces": pieces} for article, pieces in lines]
        return crud.save_row(ctx, ctx.registry.get("samples.request"), None, data, {"lines": rows})

    return make


@pytest.fixture
def new_hub(tmp_path: Path, worker: str) -> Iterator[Callable[..., Hub]]:
    """``new_hub()``: a hub of core, samples and couriers on an empty database; ``new_hub("sqlite")`` on that engine."""
    made: list[tuple[Hub, Addresses]] = []

    def make(engine: str = "", extra: tuple[ModuleType, ...] = (samples, couriers, goods)) -> Hub:
        number = next(_numbers)
        data = tmp_path / f"data{number}"
        data.mkdir()
        if engine == "sqlite" or engine_name() == "sqlite":
            url = f"sqlite:///{data / 'hub.db'}"
            addresses = Addresses(url, url)
            hub = Hub(Config(database_url=url, owner_url=url, data=data, plugins=()), extra)
        else:
            addresses = new_database(data, f"vault_{worker}_{number}")
            hub = Hub(config_for(addresses, data, ()), extra)
        made.append((hub, addresses))
        hub.address = addresses.admin or addresses.owner  # type: ignore[attr-defined]
        return hub

    yield make
    for hub, _ in made:
        hub.engine.dispose()
