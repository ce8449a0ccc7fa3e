"""What other plugins may use of buying."""

from __future__ import annotations

from plugins.buying import shown
from plugins.buying.services import allocation, proposals
from plugins.buying.services.allocation import SUPPLY, key_of

__all__ = [
    "SUPPLY",
    "allocation",
    "key_of",
    "proposals",
    "shown",
]
