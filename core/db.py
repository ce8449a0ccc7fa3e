"""What tables are made of, and what statements over them are written with: imported by models and services."""

from __future__ import annotations

from core.data.among import among
from core.data.columns import Json, Money, Pct, Price, Qty, Rate, Utc
from core.data.db import GlobalRow, TenantRow, VersionedRow, open_index, ref
from core.data.keyed import keyed_rows
from core.data.relations import children, link
from core.entities.audit import json_value
from core.entities.recording import flush_rows

__all__ = [
    "GlobalRow",
    "Json",
    "Money",
    "Pct",
    "Price",
    "Qty",
    "Rate",
    "TenantRow",
    "Utc",
    "VersionedRow",
    "among",
    "children",
    "flush_rows",
    "json_value",
    "keyed_rows",
    "link",
    "open_index",
    "ref",
]
