"""Columns of forecast against actual."""

from __future__ import annotations

from core.api import T
from kit.exports.tables import TableColumn
from plugins.planning.services.forecasts import Compared


def columns() -> list[TableColumn[Compared]]:
    """The columns."""
    return [
        TableColumn("month", T("Month"), lambda r: r.month, "date"),
        TableColumn("style", T("Style"), lambda r: r.style),
        TableColumn("color", T("Colour"), lambda r: r.color),
        TableColumn("expected", T("Forecast"), lambda r: r.expected, "int"),
        TableColumn("ordered", T("Ordered"), lambda r: r.ordered, "int"),
        TableColumn("difference", T("Difference"), lambda r: r.difference, "int"),
        TableColumn("pct", T("Ordered ÷ forecast"), lambda r: r.pct, "pct"),
    ]
