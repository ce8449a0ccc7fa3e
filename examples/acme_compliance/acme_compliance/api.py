"""What other plugins may import of acme_compliance."""

from __future__ import annotations

from acme_compliance.services.audits import valid_until
from acme_compliance.words import AUDIT

__all__ = ["AUDIT", "valid_until"]
