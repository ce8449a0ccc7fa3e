"""The plan of a world: what lacks, from what, for whom; pure, so that it can be asked again under other assumptions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from core.api import EntityRef
from plugins.catalog.api import Garment, Key, MissingColor, PlanItem, PlanSupply
from plugins.engineering.api import Owner
from plugins.planning.services import replacing
from plugins.planning.services.items import Items
from plugins.planning.services.mrp import terms
from plugins.planning.services.mrp.engine import plan
from plugins.planning.services.mrp.promise import ready_days
from plugins.planning.services.mrp.terms import Demand, Item, Message, Plan, Supply
from plugins.planning.services.scale import units
from plugins.planning.services.world import World
from plugins.planning.words import SUGGESTION


@dataclass(frozen=True)
class Options:
    """What a person chose: ``horizon`` and ``size`` of buckets in days. ``on_order`` and ``drafts`` are about what is bought:
    what is being made wants its material in any case, so it is always counted."""

    horizon: int
    size: int = terms.DAY
    safety: bool = True
    forecasts: bool = True
    on_order: bool = True
    drafts: bool = True
    substitutes: bool = True
    damp: int = 7


@dataclass
class Claim:
    """``qty`` of a supply is meant for the document of a demand, and serves it before anything is reckoned."""

    supply: int
    demand: int
    qty: int


@dataclass
class Solved:
    """A plan with what its places stand for. ``ready``: days on which demands can be met, by place; -1 those after the
    horizon. ``problems``: owners that cannot be exploded, with the colour that no table gives."""

    world: World
    options: Options
    items: list[PlanItem]
    rows: list[Item]
    plan: Plan
    claims: list[Claim]
    claim_messages: list[Message]
    ready: list[int] = field(default_factory=list)
    order_ready: list[int] = field(default_factory=list)
    problems: dict[Owner, MissingColor] = field(default_factory=dict)
    unmade: set[int] = field(default_factory=set)

    index: dict[PlanItem, int] = field(default_factory=dict)
    days: list[int] = field(default_factory=list)

    def date(self, day: int) -> date:
        """The day of a number of days."""
        return self.world.today + timedelta(days=day)

    def place(self, item: PlanItem) -> int:
        """Where an item stands; -1: nothing is planned of it."""
        return self.index.get(item, -1)


def solve(world: World, options: Options, progress: Callable[[int, int], None] | None = None) -> Solved:
    """Plan it. Raises :class:`~plugins.planning.services.mrp.levels.Cycle`."""
    days = [_wanted_day(world, n) for n in range(len(world.demands))]
    claims, open_demand, open_supply = _claims(world, options)
    builder = Items(world, options.safety)
    for place, each in enumerate(world.demands):
        if open_demand[place]:  # what is covered by what is meant for it needs no plan
            builder.place(each.item, each.destination)
    for place, given in enumerate(world.supplies):
        if open_supply[place]:
            builder.place(given.item)
    families = builder.families()
    circles = replacing.circles_of(world)
    if options.substitutes:
        steps = {id: units(known.step) or 1 for id, known in world.materials.items()}
        builder.others = replacing.substitutes_of(world, builder.index, circles, steps)
    demands = [
        Demand(
            builder.index.get(each.item, 0),
            days[n],
            open_demand[n],
            each.destination or 0,
            circles.of_demand[n],
        )
        for n, each in enumerate(world.demands)
    ]
    supplies = []
    meant: dict[tuple[EntityRef, int | None, PlanItem], int] = defaultdict(int)
    for claim in claims:
        given = world.supplies[claim.supply]
        meant[given.source, given.line, given.item] += claim.qty
    for n, given in enumerate(world.supplies):
        loose = not given.firm and given.meant is None and isinstance(given.item, Key)
        left = 0 if given.on_hand else open_supply[n]
        decided = given.source.entity == SUGGESTION
        place = builder.index.get(given.item, 0)
        rest = meant.get((given.source, given.line, given.item), 0)
        supplies.append(Supply(place, supply_day(world, given), left, loose, decided, rest))
        if given.on_hand and open_supply[n]:
            builder.on_hand[builder.index[given.item]] += open_supply[n]
    rows = builder.rows()
    found = plan(rows, demands, supplies, families, horizon=options.horizon, size=options.size, damp=options.damp,
                 progress=progress)  # fmt: skip
    ready, order_ready = ready_days(rows, supplies, found, len(demands))
    for claim in claims:
        given = world.supplies[claim.supply]
        day = 0 if given.on_hand else max(0, supply_day(world, given))
        ready[claim.demand] = max(ready[claim.demand], day)
    return Solved(
        world, options, builder.items, rows, found, claims, _claim_messages(world, claims, days, options), ready,
        order_ready, builder.problems, builder.unmade, builder.index, days,
    )  # fmt: skip


def _wanted_day(world: World, place: int) -> int:
    """When a demand is due: material of a document when its work begins, as far as somebody plans that."""
    each = world.demands[place]
    if each.made_from_need and isinstance(each.item, Key):
        known = world.needed.get(each.source, {})
        material = world.materials.get(each.item.material)
        day = known.get(material.stage) if material else None
        if day is not None:
            return world.day(day)
        return world.day(each.due) - world.making if each.due is not None else 0
    return world.day(each.due) if each.due is not None else 0


def supply_day(world: World, given: PlanSupply) -> int:
    """When a supply is expected, in days from today; one that nobody dated takes as long as a new one."""
    if given.due is not None:
        return world.day(given.due)
    if isinstance(given.item, Garment):
        offer = world.offers.get(given.item.style)
        return offer.lead_days if offer is not None else world.making
    known = world.materials.get(given.item.material)
    return known.lead_days if known else 0


def _claims(world: World, options: Options) -> tuple[list[Claim], list[int], list[int]]:
    """What is meant for a document serves it, the most urgent of its lines first; what is left of both.

    Stock that is kept for a document is nobody else's; what is on order for one and too much for it is.
    """
    demand = [
        units(each.qty) if (each.kind != "forecast" or options.forecasts) and each.kind != "safety" else 0
        for each in world.demands
    ]
    supply = [
        units(each.qty)
        if each.on_hand
        or isinstance(each.item, Garment)
        or (options.on_order and (each.firm or options.drafts))
        else 0
        for each in world.supplies
    ]
    mine: dict[tuple[EntityRef, PlanItem], list[int]] = defaultdict(list)
    for place, each in enumerate(world.demands):
        if demand[place]:
            mine[each.source, each.item].append(place)
    found = []
    for place, given in enumerate(world.supplies):
        if given.meant is None:
            continue
        for wanted in mine.get((given.meant, given.item), ()):
            qty = min(supply[place], demand[wanted])
            if qty:
                found.append(Claim(place, wanted, qty))
                supply[place] -= qty
                demand[wanted] -= qty
        if given.on_hand:
            supply[place] = 0
    return found, demand, supply


def _claim_messages(
    world: World, claims: Sequence[Claim], days: Sequence[int], options: Options
) -> list[Message]:
    """Supply that is meant for somebody and comes too late for it, or much too early."""
    first: dict[int, tuple[int, int]] = {}
    for claim in claims:
        day, qty = first.get(claim.supply, (days[claim.demand], 0))
        first[claim.supply] = (min(day, days[claim.demand]), qty + claim.qty)
    found = []
    for place, (wanted, qty) in first.items():
        given = world.supplies[place]
        day = supply_day(world, given)
        if given.on_hand or isinstance(given.item, Garment):
            continue
        if max(0, day) > max(0, wanted):
            found.append(Message(place, terms.IN, max(0, wanted), qty))
        elif day < 0:
            found.append(Message(place, terms.OVERDUE, day, qty))
        elif wanted - day > max(options.damp, 30):
            found.append(Message(place, terms.OUT, wanted, qty))
    return found
