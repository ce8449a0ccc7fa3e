"""Wiring of the proforma plugin: manifest and hook implementations, nothing else."""

from __future__ import annotations

from core.api import Manifest, T

manifest = Manifest(
    name="proforma",
    title=T("Proforma invoices"),
    version="0.1.0",
    summary=T("Turn an issued purchase order into a proforma invoice with quantities of its own."),
    requires=("catalog", "orders", "outsourcing", "warehouse", "purchasing"),
)
