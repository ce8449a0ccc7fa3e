"""The gate over the world of the purchasing tests, and the demo tenant."""

from __future__ import annotations

import pytest

from core.api import TenantInfo
from core.hub import Hub


@pytest.fixture(scope="session")
def demo_tenant(hub: Hub) -> TenantInfo:
    """The demo tenant, loaded once a worker: read it, never change it."""
    from core.demo import loader

    return hub.tenant_info(loader.CODE) if loader.exists(hub) else loader.load(hub, loader.AS_OF)
