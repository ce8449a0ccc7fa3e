"""People and roles are tested with small plugins of somebody else on."""

from tests.core.conftest import other_tenant, tenant

__all__ = ["other_tenant", "tenant"]
