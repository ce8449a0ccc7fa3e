"""Lines as they are typed, whatever the way in (grid, paste, quick entry, command line), and how single values are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from core.api import T
from core.values import Unreadable, fold, parse_date, parse_decimal
from plugins.orders.models import OrderLine


def as_inputs(lines: Iterable[OrderLine]) -> list[LineInput]:
    """Lines as they would be typed, so that they can be saved again beside others."""
    return [
        LineInput(
            style=line.order_style.style.code,
            color=line.color.code,
            destination=line.destination.code,
            ship_date=line.ship_date,
            price=line.price,
            sizes=tuple((size.size.code, size.qty) for size in line.sizes),
            id=line.id,
            name=f"have-{number}",
        )
        for number, line in enumerate(lines)
    ]


PRICE_PLACES, PRICE_DIGITS = 6, 9


@dataclass(frozen=True)
class LineInput:
    """One line as typed: codes, dates and numbers may still be text, and wrong.

    sizes   (size code, pieces) as typed, in order; a size may stand twice, which is refused
    qty     the line's total where somebody typed one: the sizes must add up to it
    id      the order line it changes; None for a new one
    name    what the names of its inputs start with: ``lines-3`` gives ``lines-3-color``, ``lines-3-size-M``
    line    where it stands in the text that it came from, the first line being 1; 0 in a grid
    at      input names that differ: fields that several lines share (``{"style": "blocks-0-style"}``)
    """

    style: str
    color: str
    destination: str
    ship_date: str | date | None
    price: str | Decimal | None
    sizes: tuple[tuple[str, str | int], ...]
    qty: str | int | None = None
    id: int | None = None
    name: str = ""
    line: int = 0
    at: Mapping[str, str] = field(default_factory=dict)

    def input(self, field_name: str) -> str:
        """The name of the input that held a value."""
        return self.at.get(field_name) or (f"{self.name}-{field_name}" if self.name else field_name)


def read_price(raw: str | Decimal | None) -> Decimal | None:
    """A price per piece, at most 6 decimals, not negative; None where it is still open. Raises Unreadable."""
    text = f"{raw:f}" if isinstance(raw, Decimal) else fold(raw or "")
    price = parse_decimal(text, PRICE_PLACES, digits=PRICE_DIGITS) if text else None
    if price is not None and price < 0:
        raise Unreadable(T("A price cannot be negative."))
    return price


def read_day(raw: str | date | None) -> date:
    """A ship date. Raises Unreadable where it is missing or no date."""
    if isinstance(raw, date):
        return raw
    if not fold(raw or ""):
        raise Unreadable(T("The ship date is missing."))
    return parse_date(raw or "")
