"""替代料 of one document: what of the substitutes of its material would be taken, in the order of the trade."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.api import Ctx, EntityRef
from core.values import ZERO
from plugins.catalog.api import Key, PlanDemand, PlanSupply
from plugins.engineering.api import AllowedSubstitute, Available, Offer, net_with_substitutes, structures
from plugins.planning.services import replacing
from plugins.planning.services.world import StandIn

Asked = tuple[Key, Decimal, Available]
"""A group, what is wanted of it beyond what is kept, and what there is of it."""


@dataclass(frozen=True)
class Instead:
    """``qty`` of a substitute would cover ``covers``; ``decided``: a person has confirmed it."""

    by: Key
    covers: Decimal
    qty: Decimal
    decided: bool


def offered(
    ctx: Ctx, document: EntityRef, asked: Sequence[Asked], demands: Sequence[PlanDemand], there: Sequence[PlanSupply],
    allowed: Mapping[int, Sequence[AllowedSubstitute]], decided: Sequence[StandIn],
) -> dict[Key, list[Instead]]:  # fmt: skip
    """Substitutes for groups of a document, each taken once: what lies there for nobody and no document wants."""
    free = _free(document, demands, there)
    made = replacing.made_for(demands, there).get(document, set())
    limited = any(each.customers or each.styles for found in allowed.values() for each in found)
    known = structures(ctx, {style for style, _customer in made} if limited else ())
    result: dict[Key, list[Instead]] = {}
    for key, wanted, main in asked:
        circle = replacing.circle_of(known, (), (document, key.material), made)
        pairs = {each.by: (each.ratio, each.first, True) for each in decided if each.main == key}
        for each in allowed.get(key.material, ()):
            by = each.key_for(key)
            if by is not None and by not in pairs and each.allows(circle.customers, circle.styles):
                pairs[by] = (each.ratio, each.strategy == "before_main", False)
        names = list(pairs)
        offers = [
            Offer(n, ratio, n, "before_main" if first else "after_main", Available(free[by]))
            for n, (by, (ratio, first, _decided)) in enumerate(pairs.items())
        ]
        found = []
        for take in net_with_substitutes(wanted, main, offers):
            if take.ref is not None:
                by = names[take.ref]
                free[by] -= take.qty
                found.append(Instead(by, take.covers, take.qty, pairs[by][2]))
        if found:
            result[key] = found
    return result


def _free(
    document: EntityRef, demands: Sequence[PlanDemand], there: Sequence[PlanSupply]
) -> dict[Key, Decimal]:
    """What lies there for nobody, less what documents want of it beyond what is kept for them."""
    free: dict[Key, Decimal] = defaultdict(lambda: ZERO)
    kept: dict[tuple[EntityRef, Key], Decimal] = defaultdict(lambda: ZERO)
    for each in there:
        if isinstance(each.item, Key) and each.on_hand:
            if each.meant is None:
                free[each.item] += each.qty
            else:
                kept[each.meant, each.item] += each.qty
    for other in demands:
        if isinstance(other.item, Key) and other.kind == "need" and other.item in free:
            free[other.item] -= max(ZERO, other.qty - kept[other.source, other.item])
    return free
