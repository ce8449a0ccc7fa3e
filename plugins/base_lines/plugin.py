"""Wiring of tables of lines: it brings the page and the script of kit.lines."""

from __future__ import annotations

from core.api import Manifest, T

manifest = Manifest(
    name="base_lines",
    title=T("Tables of lines"),
    version="0.1.0",
    summary=T("Lines of documents typed and pasted in one table."),
    category="platform",
    base=True,
)
