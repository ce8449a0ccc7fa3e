"""Columns of kits: what their files hold and what pages are sorted by."""

from __future__ import annotations

from collections.abc import Mapping

from core.api import T
from kit.exports.tables import Measure, TableColumn
from plugins.catalog.api import Key
from plugins.planning.services.kits.analysis import OrderKit, Row
from plugins.planning.services.naming import Named


def of_components(names: Mapping[Key, Named]) -> list[TableColumn[Row]]:
    """Components of a set."""

    def measure(row: Row) -> Measure:
        return names[row.key].uom, names[row.key].step

    return [
        TableColumn("item", T("Material"), lambda r: str(names[r.key])),
        TableColumn("name", T("Name"), lambda r: names[r.key].name),
        TableColumn("made", T("Made"), lambda r: r.made, "bool"),
        TableColumn("each", T("Need per set"), lambda r: r.per_set, "qty"),
        TableColumn("usable", T("Usable"), lambda r: r.usable, "qty", measure),
        TableColumn("unit", T("Unit"), lambda r: names[r.key].uom),
        TableColumn("sets", T("Sets possible"), lambda r: r.sets, "int"),
        TableColumn("missing", T("Missing"), lambda r: r.missing, "qty", measure),
    ]


def of_orders() -> list[TableColumn[OrderKit]]:
    """Open orders."""
    return [
        TableColumn("number", T("Order"), lambda r: r.number),
        TableColumn("due", T("Ship date"), lambda r: r.due, "date"),
        TableColumn("pieces", T("Pieces without maker"), lambda r: r.pieces, "int"),
        TableColumn("kits", T("Kits"), lambda r: r.kits, "int"),
        TableColumn("pct", T("Kit %"), lambda r: r.pct, "pct"),
    ]
