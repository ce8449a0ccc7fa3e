"""What is on order, or on a draft, and claimed by nobody: it is offered before more is bought."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from core.api import Ctx, record_audit
from core.db import among
from core.values import ZERO, decimal_text
from plugins.buying.services import allocation
from plugins.buying.services.allocation import SUPPLY
from plugins.catalog.api import Key
from plugins.purchasing.api import NOTHING, PurchaseLine, PurchaseOrder, dates, positions, quantities
from plugins.stock.api import claims, demands, groups


@dataclass(frozen=True)
class Spare:
    """What of a purchase line nobody claims, in its purchase unit; ``factor`` makes stock units of it."""

    line_id: int
    order_id: int
    number: str
    key: Key
    qty: Decimal
    uom: str
    factor: Decimal
    due: date | None

    @property
    def stock(self) -> Decimal:
        """The same in stock units."""
        return self.qty * self.factor


def of_keys(ctx: Ctx, keys: Iterable[Key]) -> dict[Key, list[Spare]]:
    """By group, what comes first in front. A fixed number of queries."""
    wanted = set(keys)
    line, po = PurchaseLine, PurchaseOrder
    rows = ctx.session.execute(
        select(line, po)
        .join(po, (po.id == line.order_id) & (po.tenant_id == line.tenant_id))
        .where(po.state.in_(("draft", "issued")), line.short_closed.is_(False))
        .where(among(line.material_id, {key.material for key in wanted}))
    ).all()
    sizes = groups.size_codes(ctx, {row.size_id for row, _order in rows if row.size_id})
    mine = [(row, order, allocation.key_of(row, sizes)) for row, order in rows]
    mine = [each for each in mine if each[2] in wanted]
    came = positions.of_lines(ctx, [row.id for row, _order, _key in mine])
    claimed = claims.of_lines(ctx, SUPPLY, [row.id for row, _order, _key in mine]) if mine else {}
    found: dict[Key, list[Spare]] = defaultdict(list)
    for row, order, key in mine:
        here = came.get(row.id, NOTHING)
        still = positions.balance(row, here) + here.pending
        rest = still - sum((claim.lacks for claim in claimed.get(row.id, ())), ZERO)
        if rest > 0:
            found[key].append(
                Spare(row.id, order.id, order.number, key, rest, row.uom, row.factor, dates.eta(row, order))
            )
    for spares in found.values():
        spares.sort(key=lambda s: (s.due or claims.FAR, s.line_id))
    return found


def claim(ctx: Ctx, key: Key, lacking: Mapping[int, Decimal], spares: Iterable[Spare]) -> dict[int, Decimal]:
    """Demands claim what they lack (stock units) of what nobody claims, the one due first before the others; returns what is
    left to buy for each. The purchase orders say so on their record, and whoever plans by the documents is told."""
    owners = demands.owners(ctx, lacking)
    left = dict(lacking)
    rest = list(spares)
    for demand in sorted(left, key=lambda d: (-owners[d].priority, owners[d].due or claims.FAR, d)):
        for n, spare in enumerate(rest):
            lacks = quantities.suggest(left[demand], spare.factor, ZERO, ZERO, spare.uom)
            part = min(spare.qty, lacks)
            if part <= 0:
                continue
            claims.add_claim(ctx, SUPPLY, spare.order_id, spare.line_id, demand, part)
            record_audit(
                ctx, SUPPLY, spare.order_id, "edit", number=spare.number,
                changes=[("factory orders", None, f"{owners[demand].number}={decimal_text(part)}")],
            )  # fmt: skip
            rest[n] = replace(spare, qty=spare.qty - part)
            left[demand] = max(ZERO, left[demand] - part * spare.factor)
    demands.tell(ctx, [owners[demand].ref for demand, qty in left.items() if qty != lacking[demand]])
    return {demand: qty for demand, qty in left.items() if qty > 0}
