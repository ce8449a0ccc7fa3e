"""What others put on the page of a document: fields that were added to its kind, and panels by place."""

from __future__ import annotations

from typing import Any

from core.declare.declarations import EntityType
from core.declare.page_parts import Panel
from core.entities.additions import NOTHING, additions
from core.kernel.context import Ctx


def beside(context: Ctx, entity: EntityType, row: Any) -> dict[str, Any]:
    """Fields that were added, those in which something stands; the page lives without them."""
    added = additions(context, entity)
    fields = added.seen()
    if not fields:
        return {"beside": []}
    what = f"what was added to {entity.name}"
    nothing: dict[str, Any] = {}
    values = context.hooks.guarded(entity.plugin, what, lambda: added.values(row), nothing)
    return {"beside": [f for f in fields if values.get(f.name) not in NOTHING], "beside_values": values}


def panels(context: Ctx, entity: EntityType, row: Any) -> dict[str, Any]:
    """Parts of the page by place: in its body, at its foot, above the activity; ``inside``: topic of a part in the body → those
    that are drawn in its card."""
    found = list(context.hooks.isolated("entity_panels", entity=entity.name, row=row))
    found.sort(key=lambda pair: getattr(pair[1], "order", 99))
    places = {"foot": "foot", "activity": "above_activity"}
    sorted_out: dict[str, list[tuple[str, Any]]] = {"panels": [], "foot": [], "above_activity": []}
    topics = {getattr(panel, "topic", "") for _plugin, panel in found if not getattr(panel, "within", "")} - {
        ""
    }
    inside: dict[str, list[tuple[str, Any]]] = {}
    for plugin, panel in found:
        host = getattr(panel, "within", "")
        if host in topics:
            inside.setdefault(host, []).append((plugin, panel))
        else:
            sorted_out[places.get(getattr(panel, "place", ""), "panels")].append((plugin, panel))
    return {**sorted_out, "inside": inside}


def part(context: Ctx, entity: EntityType, row: Any, plugin: str, key: str) -> tuple[str, Any] | None:
    """One part of the page, of a plugin that is on; None where it is not there (any more)."""
    found = context.hooks.isolated("entity_panels", plugin, entity=entity.name, row=row)
    return next((each for each in found if isinstance(each[1], Panel) and each[1].key == key), None)
