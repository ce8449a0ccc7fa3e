"""Core is tested with the two plugins of somebody else, so that its tests do not depend on ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.entities import crud
from core.kernel.context import Ctx, TenantInfo


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
