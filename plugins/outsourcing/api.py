"""What other plugins may use of outsourcing."""

from __future__ import annotations

from plugins.outsourcing.models import FactoryOrder, FactoryOrderLine, FactoryOrderSize
from plugins.outsourcing.services import amounts, checks, fixed, lifecycle, milestones, rows
from plugins.outsourcing.services.quantities import Codes
from plugins.outsourcing.shown import process

__all__ = [
    "Codes",
    "FactoryOrder",
    "FactoryOrderLine",
    "FactoryOrderSize",
    "amounts",
    "checks",
    "fixed",
    "lifecycle",
    "milestones",
    "process",
    "rows",
]
