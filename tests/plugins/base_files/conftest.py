"""Files and remarks are tested with small plugins of somebody else on."""

from tests.core.conftest import ask, other_tenant, tenant

__all__ = ["ask", "other_tenant", "tenant"]
