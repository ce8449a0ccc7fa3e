"""Fixtures come from the hub's own test tools; small plugins of somebody else are always loaded beside ours."""

from __future__ import annotations

from types import ModuleType

import pytest

pytest_plugins = ["core.testing.plugin"]


@pytest.fixture(scope="session")
def hub_extra() -> tuple[ModuleType, ...]:
    from tests.thirdparty.couriers import plugin as couriers
    from tests.thirdparty.pp_sample import plugin as pp_sample
    from tests.thirdparty.samples import plugin as samples

    return (samples, couriers, pp_sample)
