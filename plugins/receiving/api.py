"""What other plugins may use of receiving."""

from __future__ import annotations

from plugins.receiving.models import Receipt, ReceiptLine

__all__ = [
    "Receipt",
    "ReceiptLine",
]
