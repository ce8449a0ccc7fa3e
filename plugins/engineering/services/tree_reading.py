"""The tree of a version, node by node from top to bottom, with what each costs: for its page and for its editor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select

from core.api import Ctx
from core.db import among
from core.money import base_currency
from plugins.catalog.api import as_row, colors_by_id, sizes_of
from plugins.engineering.models import EngineeringBom, EngineeringBomLine
from plugins.engineering.services.bulk_reading import version_structures
from plugins.engineering.services.costing import Cost, Costs, roll_up
from plugins.engineering.services.structures import Component, Owner
from plugins.engineering.services.versions import lines_of

MOST = 500
"""Rows of one table."""


@dataclass(frozen=True)
class Node:
    """A line in the tree. ``row`` holds its cells as texts, ``source`` where its material comes from, ``again`` that what is
    below it stands higher up already. ``cost`` is of what one piece of the whole takes of it, ``each`` of one of its parent."""

    level: int
    line: EngineeringBomLine
    row: Mapping[str, object]
    component: Component
    source: str
    made: bool
    again: bool
    per_parent: Fraction
    per_piece: Fraction
    unit_cost: Cost

    @property
    def cost(self) -> Fraction:
        """What it adds to one piece of the whole."""
        return self.per_piece * self.unit_cost.total


@dataclass(frozen=True)
class Tree:
    """All nodes and what the whole costs, in the currency of the books, today, with every size alike."""

    nodes: Sequence[Node]
    cost: Cost
    processing_from: str
    currency: str
    costs: Costs


def tree_of(ctx: Ctx, bom: EngineeringBom, *, currency: str = "") -> Tree:
    """The tree of a version; a fixed number of statements for each level. Refused for a cycle."""
    found = version_structures(ctx, bom)
    currency = currency or base_currency(ctx)
    costs = roll_up(ctx, found, day=ctx.today(), currency=currency)
    boms = ctx.session.scalars(
        select(EngineeringBom).where(among(EngineeringBom.id, {bom.id, *found.boms.values()}))
    ).all()
    lines = {line.id: line for each in lines_of(ctx, boms).values() for line in each}
    style_id = bom.style_id or 0
    sizes = sizes_of(ctx, [style_id]).get(style_id, [])
    colors = colors_by_id(ctx, lines.values())
    root = Owner("style", style_id) if style_id else Owner("material", bom.material_id or 0)

    def walk(owner: Owner, level: int, per_piece: Fraction, shown: set[int]) -> Iterator[Node]:
        for each in found.of(owner):
            line = lines[each.line_id]
            own = Owner("material", each.material_id)
            below, again = found.is_made(each.material_id), each.material_id in shown
            gross = costs.gross(each)
            row = as_row(line, sizes if level == 1 else (), colors)
            yield Node(
                level, line, row, each, found.sources[each.material_id].kind, below, below and again, gross,
                per_piece * gross, costs.unit(each.material_id),
            )  # fmt: skip
            if below and not again:
                shown.add(each.material_id)
                yield from walk(own, level + 1, per_piece * gross, shown)

    nodes = list(walk(root, 1, Fraction(1), set()))[:MOST]
    return Tree(
        nodes,
        costs.of_owner.get(root, Cost()),
        costs.processing.get(root, (Fraction(0), ""))[1],
        currency,
        costs,
    )
