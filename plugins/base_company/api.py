"""What other plugins may use of base_company."""

from __future__ import annotations

from plugins.base_company.services.letterhead import company, our_party

__all__ = [
    "company",
    "our_party",
]
