"""Wiring of the material_gate plugin: manifest and hook implementations, nothing else."""

from __future__ import annotations

from core.api import Manifest, T

manifest = Manifest(
    name="material_gate",
    title=T("Material gate"),
    version="0.1.0",
    summary=T(
        "Holds the start of production until its materials are in; a manager may override with a reason."
    ),
    requires=("catalog", "orders", "outsourcing", "warehouse"),
    extends=("purchasing",),
)
