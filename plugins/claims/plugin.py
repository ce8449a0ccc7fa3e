"""Wiring of the claims plugin: manifest and hook implementations, nothing else."""

from __future__ import annotations

from core.api import Manifest, T

manifest = Manifest(
    name="claims",
    title=T("Claims"),
    version="0.1.0",
    summary=T(
        "Material and garment claims with photos, from open to closed; they never move stock or money."
    ),
    requires=("catalog", "orders", "outsourcing", "warehouse", "purchasing"),
)
