"""Wiring of list exports: every list can be taken away as CSV or as an XLSX workbook."""

from __future__ import annotations

from core.api import Declare, Manifest, T, hookimpl
from core.base_api import ListExport
from kit.exports.csv import write_csv
from kit.exports.workbook import write_xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

manifest = Manifest(
    name="base_exports",
    title=T("List exports"),
    version="0.1.0",
    summary=T("Lists as CSV and XLSX, exactly as they are filtered."),
    category="platform",
    base=True,
)


@hookimpl
def register(registry: Declare) -> None:
    """Declare the two kinds of file."""
    registry.export(ListExport("csv", T("CSV"), "text/csv; charset=utf-8", write_csv))
    registry.export(ListExport("xlsx", T("XLSX"), XLSX, write_xlsx))
