"""What a factory order said when it was issued. Contracts are printed from it; master data may change afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from kit.papers import Named, Names, Party


@dataclass(frozen=True, kw_only=True)
class TermLine:
    """An instalment: so many percent, so many days after what triggers it."""

    pct: Decimal
    trigger: str
    days: int


@dataclass(frozen=True, kw_only=True)
class Terms(Named):
    """Terms of payment with their instalments."""

    lines: tuple[TermLine, ...]


@dataclass(frozen=True, kw_only=True)
class ColorSnapshot:
    """Pieces of a colour, by size code, in the order of the sizes."""

    color: str
    name: str
    names: Names
    qty: int
    sizes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, kw_only=True)
class LineSnapshot:
    """A line: a style of a customer order for a destination. ``parts`` are pieces that keep an earlier price."""

    line_id: int
    position: int
    order: str
    customer: str
    customer_po: str
    style_id: int
    style: str
    style_name: str
    style_names: Names
    unit: str
    destination: str
    destination_name: str
    ship_date: date | None
    qty: int
    price: Decimal | None
    amount: Decimal
    parts: tuple[tuple[int, Decimal], ...]
    override: bool
    override_reason: str
    flag: str
    short_closed: bool
    colors: tuple[ColorSnapshot, ...]


@dataclass(frozen=True, kw_only=True)
class MaterialSnapshot:
    """A line of the material list: what ``pieces`` pieces take (0.172, or 0.150–0.198 by size) and the wastage allowed."""

    style: str
    bom_version: int
    material: str
    name: str
    names: Names
    color: str
    color_names: Names
    place: str
    uom: str
    per_piece: str
    pieces: int
    wastage_pct: Decimal


def _for_one_piece(old: dict[str, Any]) -> dict[str, Any]:
    """Before consumption could be given by the dozen, every figure was for one piece."""
    return {**old, "materials": [{**each, "pieces": 1} for each in old["materials"]]}


@dataclass(frozen=True, kw_only=True)
class OrderSnapshot:
    """The factory order. ``mode`` is how the factory works for us: with material of ours, or of its own (FOB)."""

    number: str
    revision: int
    issue_date: date | None
    order_date: date
    currency: str
    decimals: int
    incoterm: str
    delivery_place: str
    notes: str
    tax_pct: Decimal
    factory: Party
    mode: str | None
    terms: Terms | None
    lines: tuple[LineSnapshot, ...]
    materials: tuple[MaterialSnapshot, ...]
    qty: int
    subtotal: Decimal
    tax: Decimal
    total: Decimal

    UPGRADES = (_for_one_piece,)
