"""Wiring of list exports: every list can be taken away as CSV or as an XLSX workbook."""

from __future__ import annotations

from collections.abc import Iterator

from core.api import Declare, Manifest, T, hookimpl
from core.base_api import ListExport, Sheet
from kit.exports.csv import write_csv

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

manifest = Manifest(
    name="base_exports",
    title=T("List exports"),
    version="0.1.0",
    summary=T("Lists as CSV and XLSX, exactly as they are filtered."),
    category="platform",
    base=True,
)


def workbook(sheet: Sheet) -> Iterator[bytes]:
    """The list as a workbook."""
    from kit.exports.workbook import write_xlsx  # a fifth of a second of every start, for the few that export

    return write_xlsx(sheet)


@hookimpl
def register(registry: Declare) -> None:
    """Declare the two kinds of file."""
    registry.export(ListExport("csv", T("CSV"), "text/csv; charset=utf-8", write_csv))
    registry.export(ListExport("xlsx", T("XLSX"), XLSX, workbook))
