"""Fixtures come from the hub's own test tools; small plugins of somebody else are always loaded beside ours."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest

from core.api import TenantInfo
from core.kernel.hub import Hub

pytest_plugins = ["core.testing.plugin"]


@pytest.fixture(scope="session")
def hub_extra() -> tuple[ModuleType, ...]:
    from tests.thirdparty.couriers import plugin as couriers
    from tests.thirdparty.pp_sample import plugin as pp_sample
    from tests.thirdparty.samples import plugin as samples

    return (samples, couriers, pp_sample)


@pytest.fixture(scope="session")
def load_demo() -> Callable[[Hub], TenantInfo]:
    from core.demo import loader

    return lambda hub: loader.load(hub, loader.AS_OF)
