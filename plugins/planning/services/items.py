"""Items of a plan: their places, how each is made or bought, what is made together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache

from plugins.catalog.api import Garment, Key, MissingColor, PlanItem, WorkCalendar, rounded
from plugins.engineering.api import Demand as Wanted
from plugins.engineering.api import Owner
from plugins.planning.services.mrp import terms
from plugins.planning.services.mrp.terms import Family, Item, Pieces
from plugins.planning.services.scale import ONE, quantity, units
from plugins.planning.services.world import Terms, World


class Items:
    """Places of items, and how each is made or bought."""

    def __init__(self, world: World, safety: bool) -> None:
        self.world = world
        self.items: list[PlanItem] = []
        self.index: dict[PlanItem, int] = {}
        self.tags: dict[int, set[int]] = defaultdict(set)
        self.on_hand: dict[int, int] = defaultdict(int)
        self.problems: dict[Owner, MissingColor] = {}
        self.unmade: set[int] = set()
        self.family: dict[Owner, int] = {}
        self.others: Mapping[int, Sequence[terms.Substitute]] = {}
        self.safety = {
            each.item.material: units(each.qty)
            for each in world.demands
            if each.kind == "safety" and isinstance(each.item, Key) and safety
        }
        for material, qty in self.safety.items():
            if qty and (known := world.materials.get(material)) is not None and known.whole:
                self.place(Key(material))

    def place(self, item: PlanItem, destination: int | None = None) -> int:
        """Where it stands."""
        if item not in self.index:
            self.index[item] = len(self.items)
            self.items.append(item)
        if destination and isinstance(item, Garment):
            self.tags[self.index[item]].add(destination)
        return self.index[item]

    def families(self) -> list[Family]:
        """What is made together, and all that it can take, found from the top to the bottom."""
        waiting: dict[Owner, list[int]] = defaultdict(list)
        parts: list[set[int]] = []
        seen = 0
        while seen < len(self.items):
            waiting.clear()
            for place in range(seen, len(self.items)):
                if (owner := self._made(place)) is not None:
                    waiting[owner].append(place)
            seen = len(self.items)
            for owner, places in waiting.items():
                if owner not in self.family:
                    self.family[owner] = len(parts)
                    parts.append(set())
                asked = [
                    Pieces(place, tag, ONE) for place in places for tag in (0, *sorted(self.tags[place]))
                ]
                parts[self.family[owner]].update(self.place(key) for key in self._take(owner, asked))
        return [
            Family(frozenset(parts[n]), lambda pieces, owner=owner: self._explode(owner, pieces))  # type: ignore[misc]
            for owner, n in self.family.items()
        ]

    def _made(self, place: int) -> Owner | None:
        """What an item is made as, where it is known how."""
        item = self.items[place]
        if isinstance(item, Garment):
            owner = Owner("style", item.style)
            if self.world.structure.of(owner, optional=False):
                return owner
            if item.style in self.world.offers:
                return None
        elif self.world.structure.is_made(item.material):
            return Owner("material", item.material)
        else:
            source = self.world.structure.sources.get(item.material)
            if source is None or source.kind == "buy":
                return None
        self.unmade.add(place)
        return None

    def _take(self, owner: Owner, pieces: Sequence[Pieces]) -> dict[Key, int]:
        """What pieces of an owner take together, each group rounded up once."""
        wanted = []
        for piece in pieces:
            item = self.items[piece.item]
            if isinstance(item, Garment):
                wanted.append(Wanted(owner, piece.qty // ONE, item.color, item.size, piece.tag or None))
            else:
                wanted.append(Wanted.for_key(item, quantity(piece.qty)))
        try:
            found = self.world.structure.step(wanted, optional=False, overcut=owner.kind == "style")
        except MissingColor as gap:
            self.problems.setdefault(owner, gap)
            return {}
        return {key: units(rounded(key, amount).required) for key, amount in found.items()}

    def _explode(self, owner: Owner, pieces: Sequence[Pieces]) -> list[tuple[int, int]]:
        return [(self.index[key], qty) for key, qty in self._take(owner, pieces).items() if qty]

    def rows(self) -> list[Item]:
        """Each item as it is planned."""
        found = []
        for place, item in enumerate(self.items):
            found.append(
                self._garment(place, item) if isinstance(item, Garment) else self._material(place, item)
            )
        return found

    def _garment(self, place: int, item: Garment) -> Item:
        """Made by others, or bought finished where nobody makes it."""
        family = self.family.get(Owner("style", item.style), -1)
        offer = self.world.offers.get(item.style)
        if family < 0 and offer is not None:
            calendar = self.world.calendars.get(offer.vendor_id, self.world.company)
            shift = shift_of(calendar, self.world.today)
            return Item("buy", offer.lead_days, self.on_hand[place], multiple=ONE, shift=shift)
        return Item("outsource", self.world.making, self.on_hand[place], multiple=ONE, family=family)

    def _material(self, place: int, key: Key) -> Item:
        known = self.world.materials[key.material]
        source = self.world.structure.sources.get(key.material)
        kind, lead = (source.kind, source.lead_days) if source else ("buy", known.lead_days)
        safety = self.safety.get(key.material, 0) if key == Key(key.material) and known.whole else 0
        step = units(known.step) or 1
        if kind == "buy":
            calendar = self.world.calendars.get(known.supplier_id or 0, self.world.company)
            return Item(
                kind, lead, self.on_hand[place], safety, units(known.moq), _multiple(known) or step,
                substitutes=self.others.get(place, ()), shift=shift_of(calendar, self.world.today),
            )  # fmt: skip
        family = self.family.get(Owner("material", key.material), -1)
        return Item(
            kind,
            lead,
            self.on_hand[place],
            safety,
            multiple=step,
            family=family,
            substitutes=self.others.get(place, ()),
        )


def _multiple(known: Terms) -> int:
    return units(known.multiple)


def shift_of(calendar: WorkCalendar, today: date) -> Callable[[int, int], int]:
    """Working days of a calendar, as the plan counts days."""

    @lru_cache(maxsize=4096)
    def shift(day: int, days: int) -> int:
        at = today + timedelta(days=day)
        if days < 0:
            return (calendar.minus_working_days(at, -days) - today).days
        for _n in range(days):
            at += timedelta(days=1)
            while calendar.is_off(at):
                at += timedelta(days=1)
        return (at - today).days

    return shift
