"""Wiring of printing: a serving hub keeps a process for PDFs warm."""

from __future__ import annotations

import threading

from core.api import Manifest, T, hookimpl
from kit.printing.pool import pool

manifest = Manifest(
    name="base_printing",
    title=T("Printing"),
    version="0.1.0",
    summary=T("Documents as PDF, made by a process that stays warm."),
    category="platform",
    base=True,
)


@hookimpl
def hub_started() -> None:
    """Start one process ahead of need: the first contract is as quick as the next."""
    threading.Thread(target=pool.warm, daemon=True).start()
