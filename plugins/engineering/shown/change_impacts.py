"""What an engineering change reaches in documents and stock, as others tell it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.api import Ctx
from plugins.catalog.api import SUPPLIER_PRICES
from plugins.engineering.hookspecs import ChangeImpact
from plugins.engineering.models import EngineeringChange
from plugins.engineering.services.mass_change.choosing import edits_of


def impacts(ctx: Ctx, change: EngineeringChange) -> list[dict[str, Any]]:
    """What a change reaches, by kind: documents that are open, stock of what it takes out; with their timelines. What that is
    worth only for those who see prices."""
    styles, materials = _touched(ctx, change.id)
    if not styles and not materials:
        return []
    found: list[ChangeImpact] = []
    for answer in ctx.hooks.change_impacts(material_ids=sorted(materials), style_ids=sorted(styles)):
        found += answer or ()
    timelines = _timelines(ctx, found)
    priced = ctx.can(SUPPLIER_PRICES)
    kinds: dict[str, dict[str, Any]] = {}
    for each in found:
        part = kinds.setdefault(str(each.kind), {"kind": each.kind, "rows": [], "values": {}})
        part["rows"].append(
            (each, timelines.get((each.document.entity, each.document.id)) if each.document else None)
        )
        if priced and each.value is not None:
            part["values"][each.currency] = part["values"].get(each.currency, 0) + each.value
    for part in kinds.values():
        part["priced"] = bool(part["values"])
    return list(kinds.values())


def _timelines(ctx: Ctx, found: Iterable[ChangeImpact]) -> dict[tuple[str, int], tuple[Any, str]]:
    kinds: dict[str, set[int]] = {}
    for each in found:
        if each.document is not None:
            kinds.setdefault(each.document.entity, set()).add(each.document.id)
    return {
        (entity, id): said
        for entity, ids in kinds.items()
        for answer in ctx.hooks.document_timelines(entity=entity, ids=sorted(ids))
        for id, said in (answer or {}).items()
    }


def _touched(ctx: Ctx, change_id: int) -> tuple[set[int], set[int]]:
    """Styles of a change, and the materials that it takes out or takes less of."""
    edits = edits_of(ctx, change_id)
    old = {
        edit.before.material
        for found in edits.values()
        for edit in found
        if edit.before is not None and (edit.after is None or edit.after.material != edit.before.material)
    }
    old = old or {
        edit.before.material for found in edits.values() for edit in found if edit.before is not None
    }
    return {owner.id for owner in edits if owner.kind == "style"}, old
