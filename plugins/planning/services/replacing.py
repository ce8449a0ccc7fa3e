"""Substitutes of a world: for whom each demand is, and what may be taken in place of what for whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from core.api import EntityRef
from plugins.catalog.api import Garment, Key, PlanDemand, PlanItem, PlanSupply
from plugins.engineering.api import Owner, Structures
from plugins.planning.services.mrp.terms import AFTER, BEFORE, Substitute
from plugins.planning.services.world import World

UNKNOWN = frozenset((0,))
"""Nobody knows for whom: what is limited to some is not for these."""


@dataclass(frozen=True)
class Circle:
    """For whom a demand is: customers, styles, and the document, where a person decided for that one."""

    customers: frozenset[int] = UNKNOWN
    styles: frozenset[int] = UNKNOWN
    document: EntityRef | None = None


@dataclass
class Circles:
    """``of_demand`` says which of ``found`` a demand of the world is for, by its place."""

    of_demand: list[int]
    found: list[Circle] = field(default_factory=lambda: [Circle()])


def circles_of(world: World) -> Circles:
    """For whom each demand is. A document that makes something does so for those whose orders its pieces are meant for."""
    if not world.allowed and not world.decided:
        return Circles([0] * len(world.demands))
    made = made_for(world.demands, world.supplies)
    known: dict[Circle, int] = {Circle(): 0}
    memo: dict[tuple[EntityRef, int], Circle] = {}
    structure, decided = world.structure, world.decided
    places = []
    for each in world.demands:
        if isinstance(each.item, Garment):
            circle = Circle(frozenset((each.partner or 0,)), frozenset((each.item.style,)))
        elif each.made_from_need:
            at = each.source, each.item.material
            if at not in memo:
                memo[at] = circle_of(structure, decided, at, made.get(each.source, set()))
            circle = memo[at]
        else:
            circle = Circle()
        places.append(known.setdefault(circle, len(known)))
    return Circles(places, list(known))


def made_for(
    demands: Iterable[PlanDemand], supplies: Iterable[PlanSupply]
) -> dict[EntityRef, set[tuple[int, int]]]:
    """What documents make: styles, and for which customer each (0: nobody knows)."""
    customers = {each.source: each.partner or 0 for each in demands if each.kind == "order"}
    made: dict[EntityRef, set[tuple[int, int]]] = defaultdict(set)
    for supply in supplies:
        if isinstance(supply.item, Garment) and not supply.on_hand:
            made[supply.source].add(
                (supply.item.style, customers.get(supply.meant, 0) if supply.meant else 0)
            )
    return made


def circle_of(
    structure: Structures,
    decided: Collection[EntityRef],
    at: tuple[EntityRef, int],
    made: set[tuple[int, int]],
) -> Circle:
    """For whom a document wants a material: of what it makes the styles that take it themselves, else all."""
    document, material = at
    taking = {
        style
        for style, _customer in made
        if any(c.material_id == material for c in structure.of(Owner("style", style), optional=False))
    }
    mine = [(style, customer) for style, customer in made if not taking or style in taking]
    return Circle(
        frozenset(customer for _style, customer in mine) or UNKNOWN,
        frozenset(style for style, _customer in mine) or UNKNOWN,
        document if document in decided else None,
    )


def substitutes_of(
    world: World, index: Mapping[PlanItem, int], circles: Circles, steps: Mapping[int, int]
) -> dict[int, list[Substitute]]:
    """What may stand in for items, by their places, in the order in which it is tried: what a person decided first. What
    there is nothing of is left out; ``steps`` is the least that is counted of a material."""
    found: dict[int, list[Substitute]] = defaultdict(list)
    for document, decided in world.decided.items():
        whose = frozenset(n for n, circle in enumerate(circles.found) if circle.document == document)
        for each in decided:
            if each.main in index and each.by in index:
                found[index[each.main]].append(
                    _substitute(index[each.by], each.by, Fraction(each.ratio), each.first, steps, whose)
                )
    for item, place in index.items():
        for allowed in world.allowed.get(item.material, ()) if isinstance(item, Key) else ():
            by = allowed.key_for(item) if isinstance(item, Key) else None
            if by is None or by not in index:
                continue
            limited = None
            if allowed.customers or allowed.styles:
                limited = frozenset(
                    n for n, c in enumerate(circles.found) if allowed.allows(c.customers, c.styles)
                )
            first = allowed.strategy == "before_main"
            since = world.day(allowed.valid_from) if allowed.valid_from > world.today else None
            until = world.day(allowed.valid_to) if allowed.valid_to is not None else None
            found[place].append(
                _substitute(index[by], by, Fraction(allowed.ratio), first, steps, limited, since, until)
            )
    return found


def _substitute(
    place: int, by: Key, ratio: Fraction, first: bool, steps: Mapping[int, int], whose: frozenset[int] | None,
    since: int | None = None, until: int | None = None,
) -> Substitute:  # fmt: skip
    step = steps.get(by.material, 1)
    return Substitute(
        place, ratio.numerator, ratio.denominator, BEFORE if first else AFTER, step, whose, since, until
    )
