"""足缺料: of one document that makes something, each group of its material: enough, short now, short by the day it is due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from core.api import Ctx, EntityRef
from core.values import ZERO
from plugins.catalog.api import Key
from plugins.engineering.api import Available, substitutes
from plugins.planning.services import gathering, instead, naming
from plugins.planning.services.instead import Instead
from plugins.planning.services.world import decided_for

State = Literal["enough", "comes", "short"]


@dataclass(frozen=True)
class Shortage:
    """A group, in stock units.

    open      wanted and not yet taken out to where it is made
    kept      lies in our stores for it; ``free``: for nobody, less what those served before it still lack
    coming    firmly on order for it or for nobody, due by the day; ``next``: when the next of it comes
    instead   substitutes that would be taken for it, in their order
    """

    key: Key
    open: Decimal
    kept: Decimal
    free: Decimal
    coming: Decimal
    next: date | None
    instead: Sequence[Instead] = ()

    @property
    def short_now(self) -> Decimal:
        """What it lacks today."""
        return max(ZERO, self.open - self.kept - self.free)

    @property
    def short_then(self) -> Decimal:
        """What it still lacks on the day, with what comes by then."""
        return max(ZERO, self.short_now - self.coming)

    @property
    def state(self) -> State:
        """Enough there, comes in time, or short."""
        if not self.short_now:
            return "enough"
        return "short" if self.short_then else "comes"


def names(ctx: Ctx, rows: Sequence[Shortage]) -> dict[Key, naming.Named]:
    """Everything that they name. At most three statements."""
    return naming.key_names(
        ctx, [key for row in rows for key in (row.key, *(each.by for each in row.instead))]
    )


def shortages(ctx: Ctx, document: EntityRef, until: date | None, *, by_due: bool = False) -> list[Shortage]:
    """Groups that a document still wants, those that are short first. ``until``: the day by which what comes counts (None: any
    day; ``by_due``: the day it is due itself). What is free, and what comes for nobody, serves those who are served first
    before it. A fixed number of statements."""
    everything = gathering.demands(ctx)
    demands = [each for each in everything if each.kind == "need" and isinstance(each.item, Key)]
    mine = {each.item: each for each in demands if each.source == document and isinstance(each.item, Key)}
    if not mine:
        return []
    if by_due:
        until = next(iter(mine.values())).due
    materials = {key.material for key in mine}
    kept: dict[tuple[EntityRef, Key], Decimal] = defaultdict(lambda: ZERO)
    free: dict[Key, Decimal] = defaultdict(lambda: ZERO)
    own: dict[Key, Decimal] = defaultdict(lambda: ZERO)
    loose: dict[Key, Decimal] = defaultdict(lambda: ZERO)
    coming_for: dict[tuple[EntityRef, Key], Decimal] = defaultdict(lambda: ZERO)
    following: dict[Key, date] = {}
    allowed = substitutes(ctx, materials, ctx.today())
    decided = decided_for(ctx, mine.values()).get(document, [])
    others = {each.by for found in allowed.values() for each in found} | {
        each.by.material for each in decided
    }
    there = gathering.supplies(ctx, None, None if others else (), materials | others)
    for each in there:
        key = each.item
        if not isinstance(key, Key) or key not in mine:
            continue
        if each.on_hand:
            if each.meant is None:
                free[key] += each.qty
            else:
                kept[each.meant, key] += each.qty
            continue
        if not each.firm or (until is not None and (each.due is None or each.due > until)):
            continue
        if each.meant == document:
            own[key] += each.qty
        elif each.meant is None:
            loose[key] += each.qty
        else:
            coming_for[each.meant, key] += each.qty
        if each.due is not None and each.meant in (None, document):
            following.setdefault(key, each.due)
    for other in demands:
        key = other.item
        if (
            isinstance(key, Key)
            and key in mine
            and other.priority < mine[key].priority
            and other.source != document
        ):
            lacks = max(ZERO, other.qty - kept[other.source, key])
            took = min(free[key], lacks)
            free[key] -= took
            loose[key] -= min(loose[key], max(ZERO, lacks - took - coming_for[other.source, key]))
    found = [
        Shortage(key, each.qty, kept[document, key], free[key], own[key] + loose[key], following.get(key))
        for key, each in mine.items()
    ]
    if others:
        asked = [(r.key, max(ZERO, r.open - r.kept), Available(r.free, r.coming)) for r in found]
        stand_ins = instead.offered(ctx, document, asked, everything, there, allowed, decided)
        found = [replace(row, instead=stand_ins.get(row.key, ())) for row in found]
    order = {"short": 0, "comes": 1, "enough": 2}
    return sorted(
        found, key=lambda row: (order[row.state], row.key.material, row.key.color or 0, row.key.size or "")
    )
