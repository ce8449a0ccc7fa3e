"""What other plugins may use of fulfilment."""

from __future__ import annotations

from plugins.fulfilment.models import Allocation, Context, OrderContext
from plugins.fulfilment.services.allocations import Allotted, allocations

__all__ = [
    "Allocation",
    "Allotted",
    "Context",
    "OrderContext",
    "allocations",
]
