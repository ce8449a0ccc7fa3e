"""What default plugins (``Manifest.base``) may import beside :mod:`core.api`: the kernel's own tables, which they administer,
and its switches.

Nobody else should: what is here may change with the kernel.
"""

from __future__ import annotations

from core import setup
from core.data import migrate
from core.data.models import Series, Setting, Tenant, User
from core.data.records import AuditEntry, Currency, ExchangeRate, FileBlob, Idempotency, Job, ListItem
from core.entities import matching, query
from core.entities.numbering import check_pattern
from core.entities.query import ListQuery
from core.errors import StartError
from core.kernel import enablement
from core.kernel.hub import Hub
from core.kernel.plugins import LoadedPlugin

__all__ = [
    "AuditEntry",
    "Currency",
    "ExchangeRate",
    "FileBlob",
    "Hub",
    "Idempotency",
    "Job",
    "ListItem",
    "ListQuery",
    "LoadedPlugin",
    "Series",
    "Setting",
    "StartError",
    "Tenant",
    "User",
    "check_pattern",
    "enablement",
    "matching",
    "migrate",
    "query",
    "setup",
]
