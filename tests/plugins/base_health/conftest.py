"""The page of health is tested with nothing on but what is always on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.base_api import TenantInfo


@pytest.fixture
def tenant(make_tenant: Callable[..., TenantInfo]) -> TenantInfo:
    return make_tenant(plugins=[])
