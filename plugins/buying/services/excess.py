"""What is ordered beyond the need of those it is for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from core.api import Ctx, T, Text, hookimpl
from core.values import ZERO, decimal_text
from plugins.buying.services import allocation
from plugins.buying.services.allocation import SUPPLY
from plugins.catalog.api import size_codes
from plugins.purchasing.api import PurchaseLine, PurchaseOrder, quantities
from plugins.stock.api import claims, demands

EXCESS_PCT = Decimal(10)
"""How much more than the need may be ordered without a word, in percent, until a tenant says otherwise."""


def warnings(ctx: Ctx, order: PurchaseOrder, found: Sequence[PurchaseLine]) -> dict[int, list[Text]]:
    """Lines of which more is ordered than those need that they are for, by over x %. What MOQ and multiples force is fair."""
    claimed = claims.of_lines(ctx, SUPPLY, [line.id for line in found])
    if not claimed or order.state not in ("draft", "issued"):
        return {}
    wanted = {claim.demand_id for each in claimed.values() for claim in each}
    limit = Decimal(str(ctx.setting("buying.need_excess_pct", EXCESS_PCT)))
    required, served = demands.required(ctx, wanted), allocation.ordered(ctx, wanted)
    owners = demands.owners(ctx, wanted)
    sizes = size_codes(ctx, {line.size_id for line in found if line.size_id})
    texts: dict[int, list[Text]] = {}
    for line in found:
        key = allocation.key_of(line, sizes)
        mine = [claim.demand_id for claim in claimed.get(line.id, ())]
        for demand in sorted(mine, key=lambda demand: owners[demand].number):
            have, least = served.get((demand, key), ZERO), required.get((demand, key), ZERO)
            m = line.bought
            fair = quantities.suggest(least, line.factor, m.moq, m.multiple, line.uom) * line.factor
            if have > max(least * (100 + limit) / 100, fair):
                texts.setdefault(line.id, []).append(
                    T("{number} needs {need} {uom}; {ordered} are ordered for it.", number=owners[demand].number,
                      need=decimal_text(least, grouped=True), uom=line.stock_uom, ordered=decimal_text(have, grouped=True))
                )  # fmt: skip
    return texts


@hookimpl
def line_warnings(
    ctx: Ctx, order: PurchaseOrder, lines: Sequence[PurchaseLine]
) -> Mapping[int, Sequence[Text]]:
    """More than is needed."""
    return warnings(ctx, order, lines)
