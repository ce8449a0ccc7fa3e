"""Wiring of the tna plugin: manifest and hook implementations, nothing else."""

from __future__ import annotations

from core.api import Manifest, T

manifest = Manifest(
    name="tna",
    title=T("Timeline"),
    version="0.1.0",
    summary=T(
        "Production timelines of factory orders: milestones scheduled back from the ship date, early warning."
    ),
    requires=("catalog", "orders", "outsourcing"),
)
