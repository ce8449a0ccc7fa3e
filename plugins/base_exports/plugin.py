"""Wiring of list exports: every list can be taken away as CSV or as an XLSX workbook."""

from __future__ import annotations

from collections.abc import Iterator

from core.api import Declare, JobKind, Manifest, T, hookimpl
from core.base_api import ListExport, Sheet
from kit.exports.csv import write_csv
from plugins.base_exports.services import lists
from plugins.base_exports.words import CLEARING, JOB

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

manifest = Manifest(
    name="base_exports",
    title=T("List exports"),
    version="0.1.0",
    summary=T("Lists as CSV and XLSX, exactly as they are filtered."),
    category="platform",
    base=True,
    requires=("base_files",),
)


def workbook(sheet: Sheet) -> Iterator[bytes]:
    """The list as a workbook."""
    from kit.exports.workbook import write_xlsx  # a fifth of a second of every start, for the few that export

    return write_xlsx(sheet)


@hookimpl
def register(registry: Declare) -> None:
    """Declare the two kinds of file, and the jobs that make long ones and take old ones away."""
    registry.export(ListExport("csv", T("CSV"), "text/csv; charset=utf-8", write_csv, JOB))
    registry.export(ListExport("xlsx", T("XLSX"), XLSX, workbook, JOB))
    registry.job(JobKind(JOB, lists.run, T("Make a long list as a file")))
    registry.job(JobKind(CLEARING, lists.clear, T("Take away lists that nobody fetched"), daily=True))


@hookimpl
def register_screens(registry: Declare) -> None:
    """The page on which long lists are fetched."""
    from plugins.base_exports import screens

    screens.register(registry)
