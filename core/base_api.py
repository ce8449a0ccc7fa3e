"""What default plugins (``Manifest.base``) may import beside :mod:`core.api`: the kernel's own tables, which they administer.

Nobody else should: what is here may change with the kernel.
"""

from __future__ import annotations

from core.data.models import User
from core.data.records import Idempotency, Job

__all__ = ["Idempotency", "Job", "User"]
