"""Kits for programs: which documents wait for material, what is short, when the rest is promised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.api import Ctx, T
from plugins.material_gate import words
from plugins.material_gate.services import kit_overview
from plugins.rest.api import Reading
from plugins.stock.api import groups


def list_kits(ctx: Ctx, _asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One row for each document whose work waits or has just started, the next start first."""
    rows = kit_overview.kits(ctx)
    names = groups.group_names(ctx, {key for row in rows for key, _qty in row.gate.short})
    return [
        {
            "document": f"{row.document.ref.entity}/id:{row.document.ref.id}", "number": row.document.number,
            "start": row.start, "due": row.document.due, "state": row.gate.state, "held": row.gate.held,
            "groups": row.gate.groups, "complete": row.gate.ok, "next": row.gate.next, "opens": row.gate.opens,
            "unpromised": row.gate.unpromised,
            "short": [
                {"group": str(names[key]), "qty": qty, "unit": names[key].uom}
                for key, qty in row.gate.short
                if key in names
            ],
        }
        for row in rows
    ]  # fmt: skip


KITS = Reading("material_gate.kits", T("Material complete?"), f"{words.RIGHT}.view", list_kits)
"""How complete the material of open documents is."""
