"""The demo company for tests."""

from __future__ import annotations

from core.base_api import Hub, TenantInfo
from plugins.base_demo.demo import loader


def load_demo(hub: Hub) -> TenantInfo:
    """The demo company as it was on its day, with the parts of the plugins that are loaded."""
    return loader.load(hub, loader.AS_OF)
