"""Fixtures come from the hub's own test tools; a small plugin of somebody else is always loaded beside ours."""

from __future__ import annotations

from types import ModuleType

import pytest

pytest_plugins = ["core.testing.plugin"]


@pytest.fixture(scope="session")
def hub_extra() -> tuple[ModuleType, ...]:
    from tests.thirdparty.couriers import plugin as couriers
    from tests.thirdparty.samples import plugin as samples

    return (samples, couriers)
