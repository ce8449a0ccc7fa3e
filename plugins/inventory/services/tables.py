"""Columns of the views of stock: what they are sorted by and what their files hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial

from core import ledger
from core.api import T, Text
from kit.exports.tables import Measure, TableColumn
from plugins.inventory.services.ageing import Idle
from plugins.inventory.services.balances import Row
from plugins.inventory.services.cards import Line
from plugins.inventory.services.garments import GarmentRow, GarmentTable
from plugins.inventory.words import ADVICE, CLASSES
from plugins.stock.api import Expected

EVERYTHING = 1_000_000_000
"""Rows of a page that is none."""


def _figure(code: str, row: Row) -> Decimal:
    return row.qty[code]


def _measure(row: Row) -> Measure:
    return row.unit, row.step


def _idle(row: Idle) -> Measure:
    return row.unit, row.step


def of_materials(figures: Mapping[str, Text], buys: bool) -> list[TableColumn[Row]]:
    """Columns of the stock of materials."""
    return [
        TableColumn("code", T("Material"), lambda r: r.code),
        TableColumn("name", T("Name"), lambda r: r.name),
        TableColumn("color", T("Colour"), lambda r: r.color),
        TableColumn("size", T("Size"), lambda r: r.size),
        TableColumn("dest", T("Destination"), lambda r: r.destination),
        *(
            TableColumn[Row](code, label, partial(_figure, code), "qty", _measure)
            for code, label in figures.items()
        ),
        *([TableColumn("expected", T("On order"), lambda r: r.expected, "qty", _measure)] if buys else []),
        TableColumn("unit", T("Unit"), lambda r: r.unit),
        TableColumn("safety", T("Safety stock"), lambda r: r.safety or None, "qty", _measure),
    ]


def of_garments(tables: Sequence[GarmentTable]) -> tuple[list[TableColumn[GarmentRow]], list[GarmentRow]]:
    """Columns and rows of finished goods: sizes of all runs side by side, those that several runs have once."""
    ids: dict[str, list[int]] = {}
    for table in tables:
        for size_id, code in table.columns:
            ids.setdefault(code, []).append(size_id)

    def pieces(code: str) -> TableColumn[GarmentRow]:
        def held(row: GarmentRow) -> Decimal | None:
            found = [row.sizes[size_id] for size_id in ids[code] if size_id in row.sizes]
            return sum(found, Decimal(0)) if found else None

        return TableColumn(f"size_{code}", code, held, "qty")

    columns = [
        TableColumn[GarmentRow]("style", T("Style"), lambda r: r.style),
        TableColumn[GarmentRow]("name", T("Name"), lambda r: r.name),
        TableColumn[GarmentRow]("color", T("Colour"), lambda r: r.color),
        TableColumn[GarmentRow]("lot", T("Lot"), lambda r: r.lot),
        *(pieces(code) for code in ids),
        TableColumn[GarmentRow]("total", T("Total"), lambda r: r.total, "qty"),
    ]
    return columns, [row for table in tables for row in table.rows]


def of_ageing(worth: bool, base: str) -> list[TableColumn[Idle]]:
    """Columns of ageing; what it is worth (in ``base``) for who may see that."""
    return [
        TableColumn("code", T("Item"), lambda r: r.code),
        TableColumn("name", T("Name"), lambda r: r.name),
        TableColumn("color", T("Colour"), lambda r: r.color),
        TableColumn("size", T("Size"), lambda r: r.size),
        TableColumn("qty", T("On hand"), lambda r: r.qty, "qty", _idle),
        TableColumn("idle", T("Idle quantity"), lambda r: r.idle, "qty", _idle),
        TableColumn("unit", T("Unit"), lambda r: r.unit),
        *([TableColumn[Idle]("value", T("Stock value {currency}", currency=base), lambda r: r.value, "money")]
          if worth else []),
        TableColumn("last_in", T("Last in"), lambda r: r.last_in, "date"),
        TableColumn("last_out", T("Last out"), lambda r: r.last_out, "date"),
        TableColumn("days", T("Idle days"), lambda r: r.days, "int"),
        TableColumn("class", T("Class"), lambda r: str(CLASSES[r.group][0])),
        TableColumn("cover", T("Lasts days"), lambda r: r.cover, "int"),
        TableColumn("customer", T("For one customer only"), lambda r: r.customer),
        TableColumn("advice", T("Suggestion"), lambda r: str(ADVICE[r.group if r.idle else "active"])),
    ]  # fmt: skip


def of_card(item: ledger.Named) -> list[TableColumn[Line]]:
    """Columns of the stock card of an item."""

    def measure(_row: Line) -> Measure:
        return item.unit, item.step

    return [
        TableColumn("on", T("Date"), lambda r: r.move.on, "date"),
        TableColumn("what", T("What"), lambda r: str(r.what)),
        TableColumn("change", T("Change"), lambda r: r.change, "qty", measure),
        TableColumn("balance", T("Balance"), lambda r: r.balance, "qty", measure),
        TableColumn("number", T("Document"), lambda r: r.number),
        TableColumn("other", T("From or to"), lambda r: r.other),
        TableColumn("lot", T("Lot"), lambda r: r.lot),
        TableColumn("by", T("Posted by"), lambda r: r.move.user_name),
        TableColumn("reason", T("Reason"), lambda r: r.move.reason or ""),
    ]


def of_expected(item: ledger.Named) -> list[TableColumn[Expected]]:
    """Columns of what is on order of an item."""
    return [
        TableColumn("number", T("Document"), lambda r: r.number),
        TableColumn("due", T("Due"), lambda r: r.due, "date"),
        TableColumn("qty", T("Quantity"), lambda r: r.qty, "qty", lambda _row: (item.unit, item.step)),
    ]
