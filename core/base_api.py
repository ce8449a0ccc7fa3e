"""What default plugins (``Manifest.base``) may import beside :mod:`core.api`: the kernel's own tables, which they administer.

Nobody else should: what is here may change with the kernel.
"""

from __future__ import annotations

from core import setup
from core.data import migrate
from core.data.models import Series, Tenant, User
from core.data.records import AuditEntry, Currency, ExchangeRate, Idempotency, Job
from core.entities import matching, query
from core.entities.query import ListQuery
from core.errors import StartError
from core.kernel.hub import Hub

__all__ = [
    "AuditEntry",
    "Currency",
    "ExchangeRate",
    "Hub",
    "Idempotency",
    "Job",
    "ListQuery",
    "Series",
    "StartError",
    "Tenant",
    "User",
    "matching",
    "migrate",
    "query",
    "setup",
]
