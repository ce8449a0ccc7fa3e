"""A line of a purchase order as it is meant, checked field by field; what its rows are made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.api import EntityRef
from plugins.catalog.api import Color, Destination, Material, Style
from plugins.purchasing.hookspecs import Purpose
from plugins.purchasing.models import PurchaseLine


def as_input(line: PurchaseLine, served: Iterable[Purpose]) -> LineInput:
    """A line as it would be typed; ``served`` is what it is bought for."""
    return LineInput(
        material=line.material, style=line.style, qty=line.qty, color=line.color, size=line.size.code if line.size else "",
        destination=line.destination, uom=line.uom, price=line.price, required_date=line.required_date,
        availability=line.availability, tolerance_pct=line.tolerance_pct, styles=[s.style for s in line.styles],
        allocations={p.ref: p.qty for p in served}, zero_reason=line.zero_reason,
        note=line.note, id=line.id or 0,
    )  # fmt: skip


@dataclass
class LineInput:
    """One line as meant: of a ``material``, or of a ``style`` that is bought finished. ``allocations``: document → purchase
    units; None means the document that the order is for.

    ``id`` names the line that is changed; 0 a new one. ``name`` is where its values stand, for messages: ``lines.3.``.
    """

    material: Material | None
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
    style: Style | None = None

    @property
    def article(self) -> Material | Style:
        """What is bought. Only asked of inputs that were checked."""
        found = self.material or self.style
        assert found is not None
        return found
