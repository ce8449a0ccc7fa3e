"""How gates would go under assumptions: when the material that a start waits for would be there. Nothing is kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from core.api import Ctx, T, hookimpl
from plugins.catalog.api import Foreseen, Outlook
from plugins.material_gate.services import days, gate, gated_documents
from plugins.stock.api import demands


@hookimpl
def plan_events(ctx: Ctx, entity: str, foreseen: Mapping[int, Foreseen]) -> dict[int, dict[str, date]] | None:
    """The day on which main material, trims and packing would be complete, where they are not yet. A fixed number of
    queries."""
    found: dict[int, dict[str, date]] = defaultdict(dict)
    for owner, mine in _gates(ctx, entity, foreseen).items():
        for group in mine.groups:
            if not group.ok:
                code = days.kind_of(group.main, group.stage)
                day = foreseen[owner].material.get(group.key, ctx.today())
                found[owner][code] = max(day, found[owner].get(code, day))
    return dict(found)


@hookimpl
def plan_outlook(ctx: Ctx, entity: str, foreseen: Mapping[int, Foreseen]) -> dict[int, Outlook] | None:
    """When each gate that holds would open."""
    found = {}
    for owner, mine in _gates(ctx, entity, foreseen).items():
        if mine.state == "none" or mine.started:
            continue
        if not mine.short:
            found[owner] = Outlook(T("Material gate"), ctx.today(), T("may start"), "good")
            continue
        day = max(foreseen[owner].material.get(group.key, ctx.today()) for group in mine.short)
        words = T("overridden") if mine.overridden else T("{n} groups short", n=len(mine.short))
        found[owner] = Outlook(T("Material gate"), day, words, "warn" if mine.overridden else "bad")
    return found


def _gates(ctx: Ctx, entity: str, foreseen: Mapping[int, Foreseen]) -> dict[int, gate.Gate]:
    if entity not in gated_documents.kinds(ctx):
        return {}
    owner_of = {demand: owner for owner, demand in demands.ids_of(ctx, entity, foreseen).items()}
    return {owner_of[demand]: found for demand, found in gate.of_material(ctx, list(owner_of)).items()}
