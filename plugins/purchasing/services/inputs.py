"""A line of a purchase order as it is meant, checked field by field; what its rows are made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.api import EntityRef
from plugins.catalog.models import Color, Destination, Material, Style


@dataclass
class LineInput:
    """One line as meant. ``allocations``: document → purchase units; None means the document that the order is for.

    ``id`` names the line that is changed; 0 a new one. ``name`` is where its values stand, for messages: ``lines.3.``.
    """

    material: Material
    qty: Decimal
    color: Color | None = None
    size: str = ""
    destination: Destination | None = None
    uom: str = ""
    price: Decimal | None = None
    required_date: date | None = None
    availability: str = "unknown"
    tolerance_pct: Decimal | None = None
    styles: Sequence[Style] = ()
    allocations: Mapping[EntityRef, Decimal] | None = None
    zero_reason: str = ""
    note: str = ""
    id: int = 0
    name: str = ""
