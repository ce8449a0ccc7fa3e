"""物料到齊管制: is everything there that the start of the work waits for? The rule, for any number of demands.

A group is short where what arrived is below required × (1 − tolerance). The gate is open where no group of a gated stage
is short and no check of another plugin fails. Each group is counted for itself: surplus of one colour or size covers no
other. The need is the demand's; for one that wants nothing by itself it is what was ordered for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal, NamedTuple

from sqlalchemy import select

from core.api import Ctx, T
from core.db import among
from core.values import ZERO
from plugins.catalog.api import Key, Material, sort_key
from plugins.material_gate import words
from plugins.material_gate.hookspecs import HoldCheck
from plugins.material_gate.models import Override
from plugins.material_gate.services import gated_documents, standing
from plugins.stock.api import arrivals, demands, groups

HUNDRED = Decimal(100)


class Wanted(NamedTuple):
    """What is waited for of one group: all of it, and how much of it is enough (the rest is tolerated)."""

    key: Key
    required: Decimal
    enough: Decimal
    stage: str
    main: bool


@dataclass(frozen=True)
class Group:
    """One material group of one demand, in stock units.

    enough  what makes it OK: required less the tolerance
    main    main material, else a trim
    gated   the start of production waits for its stage
    """

    key: Key
    name: groups.GroupName
    stage: str
    main: bool
    gated: bool
    required: Decimal
    enough: Decimal
    arrived: Decimal

    @property
    def ok(self) -> bool:
        """Enough has arrived."""
        return self.arrived >= self.enough

    @property
    def holds(self) -> bool:
        """It keeps production from starting."""
        return self.gated and not self.ok

    @property
    def short(self) -> Decimal:
        """What is missing to the whole need."""
        return max(ZERO, self.required - self.arrived)

    @property
    def pct(self) -> Decimal:
        """How much of the need is there, at most 100."""
        return min(HUNDRED, self.arrived * HUNDRED / self.required) if self.required else HUNDRED


@dataclass(frozen=True)
class Gate:
    """What the gate says of one demand.

    state       open, hold, or none: a draft, a closed or cancelled document, which nothing is said about
    started     production has started: from here on the gate informs and holds nothing
    override    the override that lets (or let) production start in spite of it
    """

    demand_id: int
    state: Literal["open", "hold", "none"]
    started: bool = False
    groups: tuple[Group, ...] = ()
    checks: tuple[HoldCheck, ...] = ()
    override: Override | None = None

    @property
    def overridden(self) -> bool:
        """Somebody lets production start, or let it, in spite of what is missing."""
        return self.override is not None

    @property
    def short(self) -> tuple[Group, ...]:
        """Groups that hold."""
        return tuple(g for g in self.groups if g.holds)

    @property
    def failing(self) -> tuple[HoldCheck, ...]:
        """Checks that hold."""
        return tuple(c for c in self.checks if not c.ok)

    @property
    def holding(self) -> int:
        """How much holds: groups and checks."""
        return len(self.short) + len(self.failing)

    @property
    def held(self) -> bool:
        """Production may not start now."""
        return self.state == "hold" and not self.started and not self.overridden

    @property
    def gone(self) -> tuple[Group, ...]:
        """Groups short after the start that were there when it was made, or are not in the override it was made with."""
        if not self.started:
            return ()
        known = standing.held_by(self.override) if self.override is not None else frozenset()
        return tuple(g for g in self.short if g.key not in known)

    @property
    def complete_pct(self) -> Decimal | None:
        """Groups that are OK ÷ all groups, of every stage; None where nothing is needed."""
        if not self.groups:
            return None
        return Decimal(sum(1 for g in self.groups if g.ok)) * HUNDRED / len(self.groups)


def gate_check(ctx: Ctx, demand_ids: Sequence[int]) -> dict[int, Gate]:
    """What the gate says of each of these demands; the same number of queries however many."""
    found = of_material(ctx, demand_ids)
    for demand, said in asked(ctx, [key for key, each in found.items() if each.state != "none"]).items():
        each = found[demand]
        hold = each.state == "hold" or any(not check.ok for check in said)
        found[demand] = replace(each, state="hold" if hold else "open", checks=(*each.checks, *said))
    return found


def of_document(ctx: Ctx, entity: str, owner_id: int) -> Gate:
    """What the gate says of one document."""
    demand = gated_documents.demand_of(ctx, entity, owner_id)
    return gate_check(ctx, [demand])[demand] if demand is not None else Gate(0, "none")


def of_material(ctx: Ctx, demand_ids: Sequence[int]) -> dict[int, Gate]:
    """The same from material alone, without the checks of other plugins."""
    wanted_ids = sorted(set(demand_ids))
    phases = gated_documents.phases(ctx, wanted_ids)
    live = [demand for demand in wanted_ids if phases.get(demand) in ("waits", "started")]
    found = {demand: Gate(demand, "none") for demand in wanted_ids}
    if not live:
        return found
    every, unknown, given = of_demands(ctx, live), demands.problems(ctx, live), standing.of_demands(ctx, live)
    for demand in live:
        mine, started = every[demand], phases[demand] == "started"
        problem = unknown.get(demand)
        checks = (HoldCheck(T("Material need is known"), False, problem),) if problem else ()
        hold = bool(checks) or any(g.holds for g in mine)
        required = {g.key: g.required for g in mine if g.gated}
        found[demand] = Gate(
            demand, "hold" if hold else "open", started, tuple(mine), checks,
            standing.valid(ctx, given.get(demand, ()), required, started=started),
        )  # fmt: skip
    return found


def asked(ctx: Ctx, demand_ids: Sequence[int]) -> Mapping[int, list[HoldCheck]]:
    """What other plugins say of the documents of these demands, which are live."""
    by_entity: dict[str, dict[int, int]] = defaultdict(dict)
    for owner in demands.owners(ctx, demand_ids).values():
        by_entity[owner.ref.entity][owner.ref.id] = owner.id
    found: dict[int, list[HoldCheck]] = defaultdict(list)
    for entity, ids in by_entity.items():
        for answer in ctx.hooks.hold_checks(entity=entity, owner_ids=list(ids)):
            for owner_id, said in (answer or {}).items():
                found[ids[owner_id]] += said
    return found


def of_demands(ctx: Ctx, demand_ids: Sequence[int]) -> dict[int, list[Group]]:
    """Material groups of these demands as they stand, in the order of the need. A fixed number of queries."""
    wanted = needs(ctx, demand_ids)
    there = arrivals.covered(ctx, demand_ids)
    names = groups.group_names(ctx, {w.key for found in wanted.values() for w in found})
    stages = words.gated_stages(ctx)
    return {
        demand: [
            Group(w.key, names[w.key], w.stage, w.main, w.stage in stages, w.required, w.enough,
                  there.get((demand, w.key), ZERO))
            for w in found
        ]
        for demand, found in wanted.items()
    }  # fmt: skip


def needs(ctx: Ctx, demand_ids: Sequence[int]) -> dict[int, list[Wanted]]:
    """What is waited for: what is wanted, or what was ordered for a demand that wants nothing by itself."""
    lines = {
        demand: [(n.key, n.required, n.stage) for n in found]
        for demand, found in demands.needs(ctx, demand_ids).items()
    }
    without = [demand for demand, found in lines.items() if not found]
    if without:
        ordered: dict[tuple[int, Key], Decimal] = defaultdict(lambda: ZERO)
        for answer in ctx.hooks.ordered_supply(demand_ids=sorted(without)):
            for place, qty in (answer or {}).items():
                ordered[place] += qty
        for demand, key in sorted(ordered, key=lambda place: (place[0], sort_key(place[1]))):
            lines[demand].append((key, ordered[demand, key], ""))
    known = _materials(ctx, {key.material for found in lines.values() for key, _qty, _stage in found})
    share = 1 - words.tolerance(ctx) / HUNDRED
    return {
        demand: [
            Wanted(key, qty, qty * share, stage or known[key.material][1], known[key.material][0] == "main")
            for key, qty, stage in found
        ]
        for demand, found in lines.items()
    }


def _materials(ctx: Ctx, ids: set[int]) -> dict[int, tuple[str, str]]:
    """Class and stage of materials."""
    rows = ctx.session.execute(
        select(Material.id, Material.material_class, Material.gate_stage).where(among(Material.id, ids))
    )
    return {material: (material_class, stage) for material, material_class, stage in rows}
