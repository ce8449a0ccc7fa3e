"""The demo tenant with its timelines, and a factory order of our own in a fresh tenant."""

from __future__ import annotations

import pytest

from core.api import TenantInfo
from core.demo import loader
from core.hub import Hub


@pytest.fixture(scope="session")
def demo(hub: Hub) -> TenantInfo:
    """The demo tenant: read it, never change it."""
    return hub.tenant_info(loader.CODE) if loader.exists(hub) else loader.load(hub, loader.AS_OF)
