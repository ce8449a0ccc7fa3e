"""時程與到齊: how gate and timeline of documents would go in another world, asked of whoever keeps them; nothing is kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from core.api import Ctx, EntityRef
from plugins.catalog.api import Foreseen, Key, Outlook
from plugins.planning.services.solving import Solved


@dataclass
class Moved:
    """A document whose material comes on another day, and how each that watches over it sees it before and after."""

    ref: EntityRef
    number: str
    due: date | None
    views: list[tuple[Outlook | None, Outlook | None]] = field(default_factory=list)

    @property
    def slip(self) -> int:
        """Days later at most."""
        return max(((b.day - a.day).days for a, b in self.views if a and b and a.day and b.day), default=0)


def moved(ctx: Ctx, before: Solved, after: Solved) -> list[Moved]:
    """Documents that are otherwise, the one that is later by the most days first. Only documents whose material comes on
    another day are asked about: twice a fixed number of statements for each kind of document."""
    was, is_ = _material(before), _material(after)
    changed = [ref for ref in was if ref in is_ and was[ref] != is_[ref]]
    numbers = {each.source: (each.number, each.due) for each in after.world.demands if each.made_from_need}
    old, new = _ask(ctx, was, changed), _ask(ctx, is_, changed)
    found = []
    for ref in changed:
        views = [
            (a, b)
            for what in dict.fromkeys([*old[ref], *new[ref]])
            if (a := old[ref].get(what)) != (b := new[ref].get(what))
        ]
        if views:
            found.append(Moved(ref, *numbers[ref], views))
    return sorted(found, key=lambda each: (-each.slip, each.number))


def _material(solved: Solved) -> dict[EntityRef, dict[Key, date]]:
    """The day from which a document has all of each group that it still wants."""
    found: dict[EntityRef, dict[Key, date]] = defaultdict(dict)
    for place, each in enumerate(solved.world.demands):
        if each.made_from_need and isinstance(each.item, Key) and solved.ready[place] >= 0:
            day = solved.date(solved.ready[place])
            found[each.source][each.item] = max(day, found[each.source].get(each.item, day))
    return found


def _ask(
    ctx: Ctx, material: Mapping[EntityRef, Mapping[Key, date]], documents: list[EntityRef]
) -> dict[EntityRef, dict[str, Outlook]]:
    by_kind: dict[str, dict[int, Foreseen]] = defaultdict(dict)
    for ref in documents:
        by_kind[ref.entity][ref.id] = Foreseen(material[ref])
    found: dict[EntityRef, dict[str, Outlook]] = {ref: {} for ref in documents}
    by_id = {(str(ref.entity), ref.id): ref for ref in documents}
    for entity, foreseen in by_kind.items():
        for answer in ctx.hooks.plan_outlook(entity=entity, foreseen=foreseen):
            for id, outlook in (answer or {}).items():
                found[by_id[entity, id]][str(outlook.what)] = outlook
    return found
