"""What default plugins (``Manifest.base``) may import beside :mod:`core.api`: the kernel's own tables, which they administer,
and its switches.

Nobody else should: what is here may change with the kernel.
"""

from __future__ import annotations

from core.data.models import Series, Setting, Tenant, User
from core.data.records import Currency, ExchangeRate, FileBlob, Idempotency, Job, ListItem
from core.entities.numbering import check_pattern
from core.kernel import enablement
from core.kernel.plugins import LoadedPlugin

__all__ = [
    "Currency",
    "ExchangeRate",
    "FileBlob",
    "Idempotency",
    "Job",
    "ListItem",
    "LoadedPlugin",
    "Series",
    "Setting",
    "Tenant",
    "User",
    "check_pattern",
    "enablement",
]
