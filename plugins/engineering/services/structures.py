"""The structure of products: what styles and made materials take, level by level, read in bulk and exploded exactly.

A style's first level is the catalog's consumption, which is its active version; with a day, the version that held then. A made
material's is its active version. The arithmetic is the catalog's own (:func:`plugins.catalog.api.exact_need`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from core.api import Refused, T
from plugins.catalog.api import Amount, Key, Need, Pieces, Rule, exact_need, rounded, sort_key, wastage_of
from plugins.engineering.words import BUY, MADE


class Owner(NamedTuple):
    """What a BOM makes: ``style`` or ``material``, and its id."""

    kind: str
    id: int


class Source(NamedTuple):
    """Where a material comes from: buy, make, outsource; ``lead_days`` of making it, or of buying it."""

    kind: str
    lead_days: int


class Component(NamedTuple):
    """A line of a BOM. ``rule`` is how the catalog counts it; ``line_id`` is a line of the version ``bom_id``, or of the
    catalog's consumption where that is None."""

    line_id: int
    owner: Owner
    rule: Rule
    optional: bool = False
    bom_id: int | None = None
    place: str = ""
    uom: str = ""

    @property
    def material_id(self) -> int:
        """The material that it takes."""
        return self.rule.material

    @property
    def stage(self) -> str:
        """The work that waits for it."""
        return self.rule.stage

    def each(self, size_id: int | None = None) -> Fraction:
        """Net stock units for one piece (of this size) or one stock unit of the made material; 0 where it takes none."""
        rule = self.rule
        amount = rule.consumption if size_id is None else rule.by_size.get(size_id, rule.consumption)
        return Fraction(amount or 0) / rule.per_pieces * rule.to_stock

    def with_wastage(
        self, size_id: int | None = None, lot: int | Fraction = 1, *, yield_mode: bool = False
    ) -> Fraction:
        """The same with wastage, as it is where ``lot`` are made in one colour; without the fixed loss."""
        return self.each(size_id) * self.loss_factor(lot, yield_mode=yield_mode)

    def loss_factor(self, lot: int | Fraction = 1, *, yield_mode: bool = False) -> Fraction:
        """What net is multiplied by for wastage, where ``lot`` are made in one colour."""
        share = Fraction(wastage_of(self.rule, lot)) / 100
        return 1 / (1 - share) if yield_mode else 1 + share

    @property
    def fixed_loss(self) -> Fraction:
        """Lost once per group, in stock units."""
        return Fraction(self.rule.fixed_loss) * self.rule.to_stock


@dataclass(frozen=True)
class Demand:
    """So much of a style or made material. ``size`` is the size's id of a style, its code of a material (as in Key)."""

    owner: Owner
    qty: int | Decimal | Fraction
    color: int | None = None
    size: int | str | None = None
    destination: int | None = None

    @staticmethod
    def for_key(key: Key, qty: int | Decimal | Fraction) -> Demand:
        """The demand for a group of a made material."""
        return Demand(Owner("material", key.material), qty, key.color, key.size, key.destination)


@dataclass(frozen=True)
class Explosion:
    """What demands take in all: ``needs`` by group, each rounded up to its step once over all levels; of made materials too.

    ``exact`` is the same before rounding. ``direct`` tells per owner what that owner itself asked for.
    """

    needs: Mapping[Key, Need]
    exact: Mapping[Key, Amount]
    direct: Mapping[Owner, Mapping[Key, Amount]]

    def bought(self, sources: Mapping[int, Source]) -> list[Need]:
        """Only what is not itself made, in order."""
        return [need for key, need in self.needs.items() if sources[key.material].kind == BUY]


@dataclass(frozen=True)
class Structures:
    """Everything below the owners that were asked for.

    components  by owner; an owner without any has no BOM
    boms        the id of the version each owner's components are of; a style of the catalog alone is not in it
    sources     of every material in it
    levels      low-level code of every material in it: the longest way down to it from what was asked for; that of a
                material that was itself asked for begins at 0
    size_codes  code of every size of the styles; sizes: their ids by style, from small to large
    yield_mode, overcut_pct  how the company counts wastage and over-cut
    """

    components: Mapping[Owner, tuple[Component, ...]]
    boms: Mapping[Owner, int]
    sources: Mapping[int, Source]
    levels: Mapping[int, int]
    size_codes: Mapping[int, str]
    yield_mode: bool = False
    overcut_pct: Decimal = Decimal(0)
    made: frozenset[int] = field(default_factory=frozenset)
    sizes: Mapping[int, tuple[int, ...]] = field(default_factory=dict)

    def of(self, owner: Owner, *, optional: bool = True) -> Sequence[Component]:
        """Components of an owner, optional ones included unless said otherwise."""
        found = self.components.get(owner, ())
        return found if optional else [each for each in found if not each.optional]

    def is_made(self, material_id: int) -> bool:
        """Is it made or outsourced, and known how?"""
        return material_id in self.made

    def step(
        self, demands: Iterable[Demand], *, optional: bool = True, overcut: bool = False
    ) -> dict[Key, Amount]:
        """One level down: what the demands take together, exactly. Raises MissingColor."""
        rules: dict[Owner, Sequence[Component]] = {}
        pieces, codes = [], dict(self.size_codes)
        numbers = {code: -n for n, code in enumerate(dict.fromkeys(codes.values()), 1)}
        for demand in demands:
            owner, size = demand.owner, demand.size
            rules.setdefault(owner, self.of(owner, optional=optional))
            if isinstance(size, str):
                size = numbers.setdefault(size, -len(numbers) - 1)
                codes[size] = str(demand.size)
            qty = demand.qty if isinstance(demand.qty, int) else Fraction(demand.qty)
            pieces.append(Pieces(rule_owner(owner), demand.color, size, demand.destination, qty))
        return exact_need(
            [each.rule for found in rules.values() for each in found],
            pieces,
            codes,
            overcut_pct=self.overcut_pct if overcut else Decimal(0),
            yield_mode=self.yield_mode,
        )

    def explode(
        self,
        demands: Iterable[Demand],
        levels: int | None = None,
        *,
        optional: bool = True,
        overcut: bool = False,
    ) -> Explosion:
        """All levels down (or so many): made materials are made in whole steps, each group is rounded up once in all.

        ``levels=1`` is what the demands take directly; further ones go by low-level code. Raises MissingColor.
        """
        asked: dict[Owner, list[Demand]] = {}
        for demand in demands:
            asked.setdefault(demand.owner, []).append(demand)
        total: dict[Key, Amount] = {}
        groups: dict[int, list[Key]] = {}
        direct: dict[Owner, Mapping[Key, Amount]] = {}
        for owners in self._in_order(asked, levels):
            for owner in owners:
                mine = list(asked.get(owner, ()))
                if owner.kind == "material":
                    mine += [
                        Demand.for_key(key, rounded(key, total[key]).required)
                        for key in groups.get(owner.id, ())
                    ]
                if mine:
                    direct[owner] = found = self.step(
                        mine, optional=optional, overcut=overcut and owner.kind == "style"
                    )
                    for key, amount in found.items():
                        if key not in total:
                            total[key] = Amount(Fraction(0), Fraction(0), amount.step, amount.stage)
                            groups.setdefault(key.material, []).append(key)
                        group = total[key]
                        group.net += amount.net
                        group.gross += amount.gross
        ordered = {key: total[key] for key in sorted(total, key=sort_key)}
        return Explosion({key: rounded(key, amount) for key, amount in ordered.items()}, ordered, direct)

    def _in_order(self, asked: Mapping[Owner, object], levels: int | None) -> Iterable[list[Owner]]:
        yield [owner for owner in asked if owner.kind == "style"]
        below: dict[int, list[Owner]] = {}
        for material_id, level in self.levels.items():
            owner = Owner("material", material_id)
            if material_id in self.made and (levels is None or level < levels or owner in asked):
                below.setdefault(level, []).append(owner)
        for level in sorted(below):
            yield below[level]


def rule_owner(owner: Owner) -> int:
    """What stands for an owner in the catalog's rules, where styles and made materials meet: made materials below zero."""
    return owner.id if owner.kind == "style" else -owner.id


def low_level_codes(
    roots: Iterable[Owner],
    components: Mapping[Owner, Sequence[Component]],
    names: Mapping[int, str] | None = None,
) -> dict[int, int]:
    """The longest way down to each material. Refused for a cycle, with the path in names."""
    below = {owner: [each.rule.material for each in found] for owner, found in components.items()}
    made = {owner.id: owner for owner in below if owner.kind == "material"}
    order: list[Owner] = []
    mark: dict[Owner, int] = {}
    levels: dict[int, int] = {}
    for root in roots:
        _visit(root, below, made, mark, order, names or {})
        if root.kind == "material":
            levels[root.id] = 0
    for owner in reversed(order):
        level = 1 + (levels[owner.id] if owner.kind == "material" else 0)
        for material in below.get(owner, ()):
            if levels.get(material, 0) < level:
                levels[material] = level
    return levels


def _visit(
    root: Owner,
    below: Mapping[Owner, Sequence[int]],
    made: Mapping[int, Owner],
    mark: dict[Owner, int],
    order: list[Owner],
    names: Mapping[int, str],
) -> None:
    """Depth first without recursion; children before parents in ``order``, what is not made left out."""
    if mark.get(root):
        return
    path: list[Owner] = [root]
    todo = [iter(below.get(root, ()))]
    mark[root] = 1
    while todo:
        child = next((made[material] for material in todo[-1] if material in made), None)
        if child is None:
            todo.pop()
            done = path.pop()
            mark[done] = 2
            order.append(done)
        elif mark.get(child) == 1:
            raise CycleFound([*path[path.index(child) :], child], names)
        elif not mark.get(child):
            mark[child] = 1
            path.append(child)
            todo.append(iter(below.get(child, ())))


class CycleFound(Refused):
    """Materials that are made of each other; ``path`` from the first back to it."""

    def __init__(self, path: Sequence[Owner], names: Mapping[int, str]) -> None:
        self.path = tuple(path)
        told = " → ".join(names.get(owner.id, str(owner.id)) for owner in path)
        super().__init__(T("A material cannot be made of itself: {path}.", path=told))


def made_of(components: Mapping[Owner, Sequence[Component]], sources: Mapping[int, Source]) -> frozenset[int]:
    """Materials that are made or outsourced and have components."""
    return frozenset(
        owner.id
        for owner, found in components.items()
        if found and owner.kind == "material" and sources.get(owner.id, Source(BUY, 0)).kind in MADE
    )
