"""Wiring of the trade's roles: manifest and hook implementations, nothing else."""

from __future__ import annotations

from core.api import Declare, Manifest, T, hookimpl

manifest = Manifest(
    name="base_trade",
    title=T("Roles of the trade"),
    version="0.1.0",
    summary=T(
        "The roles a company starts with: merchandiser, purchaser, warehouse, QC, production control, finance, manager."
    ),
    category="platform",
    base=True,
)

ROLES: tuple[tuple[str, str, str, str], ...] = (
    ("merch", "Merchandiser", "業務／跟單", "业务／跟单"),
    ("purch", "Purchaser", "採購", "采购"),
    ("wh", "Warehouse", "倉管", "仓管"),
    ("qc", "QC", "品管", "品管"),
    ("prod", "Production control", "生管", "生管"),
    ("fin", "Finance", "財務", "财务"),
    ("mgr", "Manager", "主管", "主管"),
)


@hookimpl
def register(registry: Declare) -> None:
    """Declare the roles, in the order in which they are shown."""
    for code, english, traditional, simplified in ROLES:
        registry.role(code, english, {"zh_Hant_TW": traditional, "zh_Hans_CN": simplified})
