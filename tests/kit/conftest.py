"""Building blocks are tried on the same two plugins of somebody else as core."""

from __future__ import annotations

from tests.core.conftest import ask, other_tenant, tenant

__all__ = ["ask", "other_tenant", "tenant"]
