"""Columns of the kit overview: what it is sorted by and what its file holds."""

from __future__ import annotations

from collections.abc import Mapping

from core.api import T, Text
from kit.exports.tables import TableColumn
from plugins.catalog.api import Key
from plugins.material_gate.services.kit_overview import Kit
from plugins.material_gate.shown.columns import badge
from plugins.stock.api import groups


def of_kits(
    head: Text | str, places: Mapping[int, str], names: Mapping[Key, groups.GroupName]
) -> list[TableColumn[Kit]]:
    """The columns; ``head`` is what the documents are called, ``names`` what their groups are."""

    def short(kit: Kit) -> str:
        waits = [f"{names[key]} {qty:f} {names[key].uom}" for key, qty in kit.gate.short if key in names]
        return "; ".join(waits + [str(check.label) for check in kit.gate.failing])

    def gate(kit: Kit) -> str:
        found = badge(kit.gate)
        return str(found[0]) if found else ""

    return [
        TableColumn("number", head, lambda k: k.document.number),
        TableColumn("place", T("Factory"), lambda k: places.get(k.document.demand_id, "")),
        TableColumn("start", T("Planned start"), lambda k: k.start, "date"),
        TableColumn("due", T("Ship date"), lambda k: k.document.due, "date"),
        TableColumn("complete", T("Groups complete"), lambda k: k.gate.ok, "int"),
        TableColumn("groups", T("Groups"), lambda k: k.gate.groups, "int"),
        TableColumn("gate", T("Gate"), gate),
        TableColumn("short", T("Short"), short),
        TableColumn("next", T("Next promised"), lambda k: k.gate.next, "date"),
        TableColumn("unpromised", T("Not promised"), lambda k: k.gate.unpromised, "int"),
    ]
