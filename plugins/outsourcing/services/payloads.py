"""Tables of the payloads of actions on factory orders: work, pieces per size, prices and dates of lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from core.api import Field, PayloadTable, Refused, T
from plugins.catalog.api import FACTORY_PRICES
from plugins.outsourcing.services.work import Pick

Rows = Sequence[Mapping[str, Any]]
MOST_PIECES = 999_999_999

WORK = PayloadTable(
    "work", T("Orders and styles"),
    (
        Field("order", T("Customer order"), "ref", ref="orders.order", required=True),
        Field("style", T("Style"), "ref", ref="catalog.style", help=T("Empty: every style of the order.")),
        Field("destination", T("Destination"), "ref", ref="catalog.destination", help=T("Empty: every destination.")),
    ),
    required=True,
)  # fmt: skip
SIZES = PayloadTable(
    "sizes", T("Pieces per size"),
    (
        Field("color", T("Colour"), max_length=40),
        Field("size", T("Size"), max_length=20),
        Field("cell", T("Cell"), "int", min=1, help=T("Its id instead of colour and size, where they stand there twice.")),
        Field("pcs", T("Pieces"), "pieces", required=True, max=MOST_PIECES),
    ),
)  # fmt: skip
STYLE_PRICES = PayloadTable(
    "style_prices",
    T("New prices"),
    (
        Field("style", T("Style"), "ref", ref="catalog.style", required=True),
        Field("price", T("Factory price"), "price", required=True, min=0, sees=FACTORY_PRICES),
    ),
    key="style",
)
DRAFT_PRICES = PayloadTable(
    "style_prices",
    T("Factory prices"),
    (
        Field("style", T("Style"), "ref", ref="catalog.style", required=True),
        Field("price", T("Factory price"), "price", min=0, sees=FACTORY_PRICES),
        Field("zero_reason", T("Reason, for a price of 0"), max_length=400),
    ),
    key="style",
)
DRAFT_LINES = PayloadTable(
    "lines",
    T("Lines"),
    (
        Field("line", T("Line"), "int", required=True, min=1),
        Field("price", T("Price of its own"), "price", min=0, sees=FACTORY_PRICES),
        Field("price_reason", T("Reason"), max_length=400, help=T("For a price of its own.")),
        Field("remove", T("Remove this line"), "bool"),
    ),
    tables=(SIZES,),
    key="line",
)
LINES = PayloadTable(
    "lines",
    T("Lines"),
    (
        Field("line", T("Line"), "int", required=True, min=1),
        Field("price", T("Price of its own"), "price", min=0, sees=FACTORY_PRICES),
        Field("ship_date", T("Ship date"), "date"),
    ),
    tables=(SIZES,),
    key="line",
)


@dataclass
class Wanted:
    """What a revision asks for. ``style_prices`` by style code; ``line_prices``, ``ship_dates`` and ``sizes`` (rows of the
    table SIZES) by line number. ``places``: where a line stands in the payload, for messages."""

    style_prices: dict[str, Decimal] = field(default_factory=dict)
    line_prices: dict[int, Decimal] = field(default_factory=dict)
    ship_dates: dict[int, date] = field(default_factory=dict)
    sizes: dict[int, Rows] = field(default_factory=dict)
    places: dict[int, str] = field(default_factory=dict)


def picks(rows: Rows) -> list[Pick]:
    """Rows of the table WORK as what was chosen."""
    return [
        Pick(
            row["order"].number,
            row["style"].code if row["style"] else "",
            row["destination"].code if row["destination"] else "",
        )
        for row in rows
    ]


def wanted(data: Mapping[str, Any]) -> Wanted:
    """What the tables STYLE_PRICES and LINES ask for. Refused where a line stands there twice or a price is missing."""
    found = Wanted()
    for i, row in enumerate(data[STYLE_PRICES.name]):
        if "price" not in row:
            raise Refused(T("This is needed."), f"{STYLE_PRICES.name}.{i}.price")
        found.style_prices[row["style"].code] = row["price"]
    for i, row in enumerate(data[LINES.name]):
        line = row["line"]
        if line in found.places:
            raise Refused(T("Line {line} stands here twice.", line=line), f"lines.{i}.line")
        found.places[line] = f"lines.{i}."
        if row.get("price") is not None:
            found.line_prices[line] = row["price"]
        if row.get("ship_date") is not None:
            found.ship_dates[line] = row["ship_date"]
        if row.get("sizes"):
            found.sizes[line] = row["sizes"]
    return found
