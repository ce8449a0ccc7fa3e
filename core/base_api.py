"""What default plugins (``Manifest.base``) may import beside :mod:`core.api`: the kernel's own tables, which they administer,
and its switches.

Nobody else should: what is here may change with the kernel.
"""

from __future__ import annotations

from core.data import migrate
from core.data.models import Grant, MemberRole, Membership, Role, Series, Setting, Tenant, User
from core.data.records import AuditEntry, Currency, ExchangeRate, Idempotency, Job, ListItem
from core.declare.declarations import Permission
from core.entities import matching, query
from core.entities.numbering import check_pattern
from core.entities.query import ListQuery
from core.errors import StartError
from core.kernel import accounts, enablement, tenants
from core.kernel.accounts import check_password, end_sessions, hash_password, password_fits, set_roles
from core.kernel.hub import Hub
from core.kernel.plugins import LoadedPlugin
from core.text.i18n import DEFAULT_LOCALE

__all__ = [
    "DEFAULT_LOCALE",
    "AuditEntry",
    "Currency",
    "ExchangeRate",
    "Grant",
    "Hub",
    "Idempotency",
    "Job",
    "ListItem",
    "ListQuery",
    "LoadedPlugin",
    "MemberRole",
    "Membership",
    "Permission",
    "Role",
    "Series",
    "Setting",
    "StartError",
    "Tenant",
    "User",
    "accounts",
    "check_password",
    "check_pattern",
    "enablement",
    "end_sessions",
    "hash_password",
    "matching",
    "migrate",
    "password_fits",
    "query",
    "set_roles",
    "tenants",
]
