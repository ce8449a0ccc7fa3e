"""From what is asked to a network: what garments take, level by level, and what of it may be used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import select

from core.api import Ctx, EntityRef
from core.db import among
from core.values import ZERO
from plugins.catalog.api import ON_HAND, Garment, Key, Material, MissingColor, PlanItem, color_key
from plugins.engineering.api import Component, Owner, Structures, gap_refused, structures, substitutes
from plugins.planning.services import gathering
from plugins.planning.services.kits.network import Item, Line, Network, Substitute, network_of


@dataclass(frozen=True)
class Options:
    """What may be used beside what lies free in our stores.

    until     what is firmly ordered and due by that day too; None: nothing that is to come
    finished  pieces that are there already count
    leave     what open documents still need, and is not kept for them, is left to them
    substitutes  what may stand in for bought material today, for anybody and these styles, counts beyond its own need
    own       documents whose own stock and supply counts
    """

    until: date | None = None
    finished: bool = False
    leave: bool = False
    substitutes: bool = False
    own: frozenset[EntityRef] = frozenset()


@dataclass(frozen=True)
class Wanted:
    """Pieces of a garment that goes to a destination (None: nobody said where; material that differs by it is left out).
    ``lot`` is how many of its style and colour are made together, by which wastage goes."""

    item: Garment
    destination: int | None = None
    lot: int = 1


ONE = Fraction(1)
Made = tuple[Garment, int | None]
"""A garment for a destination, as the network calls it."""


@dataclass
class Built:
    """A network, and the material that was left out because it differs by a destination nobody named."""

    net: Network
    left_out: set[int] = field(default_factory=set)


def build(ctx: Ctx, wanted: Collection[Wanted], options: Options) -> Built:
    """The network below these garments with what may be used of everything in it. A fixed number of statements for each level.

    Refused for a colour that no table gives, a unit that does not convert, a cycle."""
    found = structures(ctx, {each.item.style for each in wanted})
    each_of = _Each(found.yield_mode)
    items: dict[Hashable, Item] = {}
    built, bought = Built(Network()), Item()
    try:
        for each in wanted:
            items[each.item, each.destination] = Item(lines=_lines(found, each, each_of, built.left_out))
        below = {line.item for item in items.values() for line in item.lines}
        while below:
            deeper: set[Hashable] = set()
            for key in below:
                assert isinstance(key, Key)
                if key.material in found.made:
                    lines = _below(found, key, each_of)
                    items[key] = Item(lines=lines)
                    deeper.update([line.item for line in lines])
                else:
                    items[key] = bought
            below = deeper - items.keys()
    except MissingColor as gap:
        raise gap_refused(ctx, gap) from gap
    exact: dict[Decimal, Fraction] = {}
    steps: dict[int, Fraction] = {}
    for mine in found.components.values():
        for component in mine:
            rule = component.rule
            if rule.material not in steps:
                step = exact.get(rule.step)
                if step is None:
                    step = exact[rule.step] = Fraction(rule.step)
                steps[rule.material] = step
    others = (
        _stand_ins(ctx, items, {each.item.style for each in wanted}, steps) if options.substitutes else {}
    )
    for each_others in others.values():
        for other in each_others:
            items.setdefault(other.item, Item())
    there = usable(ctx, items.keys(), options)
    full: dict[Hashable, Item] = {}
    for name, item in items.items():
        if isinstance(name, Key):
            full[name] = Item(steps[name.material], there.get(name, ZERO), item.lines, others.get(name, ()))
        elif isinstance(name, tuple):
            full[name] = Item(ONE, there.pop(name[0], ZERO), item.lines)
    built.net = network_of(full)
    return built


def _stand_ins(
    ctx: Ctx, items: Mapping[Hashable, Item], styles: Collection[int], steps: dict[int, Fraction]
) -> dict[Key, list[Substitute]]:
    """What stands in for what is bought, in the order in which it is used; ``steps`` gets theirs. Two statements."""
    bought = [key for key, item in items.items() if isinstance(key, Key) and not item.lines]
    allowed = substitutes(ctx, {key.material for key in bought}, ctx.today())
    found: dict[Key, list[Substitute]] = {}
    for key in bought:
        for each in allowed.get(key.material, ()):
            other = each.key_for(key)
            if other is not None and not each.customers and each.allows((), styles):
                found.setdefault(key, []).append(Substitute(other, Fraction(each.ratio)))
    missing = {
        each.item.material for mine in found.values() for each in mine if isinstance(each.item, Key)
    } - steps.keys()
    if missing:
        rows = ctx.session.execute(
            select(Material.id, Material.stock_step).where(among(Material.id, missing))
        )
        steps |= {id: Fraction(step) for id, step in rows}
    return found


class _Each:
    """What one piece or unit takes, wastage included. Lines that are alike for all sizes and quantities share one object."""

    def __init__(self, yield_mode: bool) -> None:
        self.yield_mode = yield_mode
        self.known: dict[tuple[Decimal | None, int, int, Decimal], Fraction] = {}

    def taken(self, component: Component, size: int | None, lot: int) -> Fraction:
        """By a piece of this size, where ``lot`` are made in one colour."""
        rule = component.rule
        if rule.breaks or rule.by_size:
            return component.with_wastage(size, lot, yield_mode=self.yield_mode)
        alike = (rule.consumption, rule.per_pieces, id(rule.to_stock), rule.wastage_pct)
        found = self.known.get(alike)
        if found is None:
            found = self.known[alike] = component.with_wastage(yield_mode=self.yield_mode)
        return found


def _lines(found: Structures, wanted: Wanted, each_of: _Each, left_out: set[int]) -> list[Line]:
    """What a piece takes; of one material in several places, each by itself."""
    (style, made_color, size), destination, lot = wanted.item, wanted.destination, wanted.lot
    lines = []
    for each in found.of(Owner("style", style)):
        rule = each.rule
        qty = each_of.taken(each, size, lot)
        if each.optional or not qty:
            continue
        track = rule.dest_rule == "track"
        if track and destination is None:
            left_out.add(rule.material)
            continue
        color = None if rule.color_rule == "none" else color_key(rule, made_color)
        code = found.size_codes[size] if rule.size_rule == "track" else None
        key = Key(rule.material, color, code, destination if track else None)
        lines.append(
            Line(key, qty, each.fixed_loss if rule.fixed_loss else None, (each.bom_id, each.line_id))
        )
    return lines


def _below(found: Structures, key: Key, each_of: _Each) -> list[Line]:
    """What a unit of a made material takes."""
    lines = []
    for each in found.of(Owner("material", key.material)):
        rule = each.rule
        qty = each_of.taken(each, None, 1)
        if each.optional or not qty:
            continue
        color = None if rule.color_rule == "none" else color_key(rule, key.color)
        code, place = rule.size_rule == "track", rule.dest_rule == "track"
        part = Key(rule.material, color, key.size if code else None, key.destination if place else None)
        lines.append(
            Line(part, qty, each.fixed_loss if rule.fixed_loss else None, (each.bom_id, each.line_id))
        )
    return lines


def usable(ctx: Ctx, names: Collection[Hashable], options: Options) -> dict[PlanItem, Decimal]:
    """What may be used of each item. A fixed number of statements."""
    materials = {name.material for name in names if isinstance(name, Key)}
    garments = (
        {name[0].style for name in names if isinstance(name, tuple) and not isinstance(name, Key)}
        if options.finished
        else set()
    )
    free: dict[PlanItem, Decimal] = defaultdict(lambda: ZERO)
    meant: dict[tuple[EntityRef, PlanItem], Decimal] = defaultdict(lambda: ZERO)
    for each in gathering.supplies(ctx, options.until or ON_HAND, garments, materials):
        if not (each.on_hand or (options.until is not None and each.firm and each.due is not None)):
            continue
        if each.meant is None or each.meant in options.own:
            free[each.item] += each.qty
        else:
            meant[each.meant, each.item] += each.qty
    if options.leave:
        for demand in gathering.demands(ctx, None, (), materials):
            if demand.kind == "need" and demand.source not in options.own:
                lacks = demand.qty - meant[demand.source, demand.item]
                free[demand.item] -= max(ZERO, lacks)
    return {item: qty for item, qty in free.items() if qty > 0}


def pieces_of(wanted: Mapping[Garment, int]) -> dict[tuple[int, int], int]:
    """Pieces by style and colour: what is made together."""
    total: dict[tuple[int, int], int] = defaultdict(int)
    for item, qty in wanted.items():
        total[item.style, item.color] += qty
    return dict(total)
