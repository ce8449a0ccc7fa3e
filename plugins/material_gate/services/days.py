"""Since when the material of documents is complete: the events main material, sewing trims, packing material."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from core.api import Ctx, Declare, Event, T, hookimpl
from plugins.material_gate.services import arrivals, gate, gated_documents
from plugins.material_gate.services.gate import Wanted
from plugins.stock.api import demands

MAIN, TRIM, PACKING = (f"material_gate.{what}_complete" for what in ("main", "trim", "packing"))


def register(registry: Declare) -> None:
    """Declare the events: of every kind of document that has a gate."""
    for code, label in (
        (MAIN, T("Main material complete")),
        (TRIM, T("Sewing trims complete")),
        (PACKING, T("Packing material complete")),
    ):
        registry.event(Event(code, label, ""))


def kind(wanted: Wanted) -> str:
    """The event a group counts for."""
    return kind_of(wanted.main, wanted.stage)


def kind_of(main: bool, stage: str) -> str:
    """The same of main material or not, of a stage."""
    if main:
        return MAIN
    return PACKING if stage == "packing" else TRIM


@hookimpl(optionalhook=True)
def needed_by(ctx: Ctx, entity: str, ids: Sequence[int]) -> dict[int, dict[str, date]]:
    """To whoever buys: the day that is planned for the material being complete, else the day work is planned to start."""
    asked = {"main": MAIN, "trim": TRIM, "packing": PACKING}
    found: dict[int, dict[str, date]] = defaultdict(dict)
    for starts in ctx.hooks.planned_start(entity=entity, ids=ids):
        for owner, day in (starts or {}).items():
            found[owner] = dict.fromkeys(asked, day)
    for answer in ctx.hooks.planned_days(entity=entity, ids=ids, events=tuple(asked.values())):
        for owner, days in (answer or {}).items():
            found[owner] |= {what: days[code] for what, code in asked.items() if code in days}
    return dict(found)


@hookimpl(optionalhook=True)
def plan_needed_by(ctx: Ctx, entity: str, ids: Sequence[int]) -> dict[int, dict[str, date]]:
    """The same to whoever plans."""
    return needed_by(ctx, entity, ids)


def of_documents(ctx: Ctx, entity: str, owner_ids: Sequence[int]) -> dict[int, dict[str, date]]:
    """Document → event → the day since which every group of that kind is complete; what is not complete now, or is not
    needed at all, is left out. A fixed number of queries."""
    ids = {demand: owner for owner, demand in demands.ids_of(ctx, entity, owner_ids).items()}
    live = sorted(gated_documents.phases(ctx, ids))
    if not live:
        return {}
    changes = arrivals.changes(ctx, live)
    done = {owner.id for owner in demands.owners(ctx, live).values() if owner.state == "closed"}
    found: dict[int, dict[str, date]] = {}
    for demand, wanted in gate.needs(ctx, live).items():
        days: dict[str, list[date | None]] = defaultdict(list)
        for w in wanted:
            if w.enough > 0:
                days[kind(w)].append(
                    arrivals.complete_on(changes.get((demand, w.key), ()), w.enough, done=demand in done)
                )
        found[ids[demand]] = {
            code: max(d for d in all_ if d) for code, all_ in days.items() if None not in all_
        }
    return found
