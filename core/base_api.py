"""What default plugins (``Manifest.base``) may import beside :mod:`core.api`: the kernel's own tables, which they administer,
and its switches.

Nobody else should: what is here may change with the kernel.
"""

from __future__ import annotations

from core.data.models import Grant, MemberRole, Membership, Role, Series, Setting, Tenant, User
from core.data.records import Currency, ExchangeRate, FileBlob, Idempotency, Job, ListItem
from core.declare.declarations import Permission
from core.entities.numbering import check_pattern
from core.kernel import enablement
from core.kernel.accounts import check_password, end_sessions, hash_password, password_fits, set_roles
from core.kernel.hub import Hub
from core.kernel.plugins import LoadedPlugin
from core.text.i18n import DEFAULT_LOCALE

__all__ = [
    "DEFAULT_LOCALE",
    "Currency",
    "ExchangeRate",
    "FileBlob",
    "Grant",
    "Hub",
    "Idempotency",
    "Job",
    "ListItem",
    "LoadedPlugin",
    "MemberRole",
    "Membership",
    "Permission",
    "Role",
    "Series",
    "Setting",
    "Tenant",
    "User",
    "check_password",
    "check_pattern",
    "enablement",
    "end_sessions",
    "hash_password",
    "password_fits",
    "set_roles",
]
