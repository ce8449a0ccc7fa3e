"""Material that went to factories, summed by factory order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal

from sqlalchemy import func, select

from core.api import Ctx
from core.db import among
from core.values import ZERO
from plugins.catalog.api import Key
from plugins.factory_stock.models import Issue, IssueLine
from plugins.stock.api import groups


def issued(ctx: Ctx, order_ids: Iterable[int]) -> dict[tuple[int, Key], Decimal]:
    """Material issued for these factory orders less what came back, by group, in stock units. Two queries."""
    found: dict[tuple[int, Key], Decimal] = defaultdict(lambda: ZERO)
    for (order_id, key, kind), (qty, _extra) in totals(ctx, order_ids, ("issue", "return")).items():
        found[order_id, key] += qty if kind == "issue" else -qty
    return dict(found)


def totals(
    ctx: Ctx, order_ids: Iterable[int], kinds: Sequence[str]
) -> Mapping[tuple[int, Key, str], tuple[Decimal, Decimal]]:
    """Posted quantities of documents of these kinds: (factory order, group, kind) → (quantity, part above the need). Once a
    page."""
    wanted, some = frozenset(order_ids), tuple(kinds)
    return ctx.memo.once(("factory_stock.issued", wanted, some), lambda: _totals(ctx, wanted, some))


def _totals(
    ctx: Ctx, order_ids: Collection[int], kinds: Sequence[str]
) -> dict[tuple[int, Key, str], tuple[Decimal, Decimal]]:
    line, head = IssueLine, Issue
    rows = ctx.session.execute(
        select(head.factory_order_id, head.kind, line.material_id, line.color_id, line.size_id, line.destination_id,
               func.sum(line.qty), func.sum(line.extra))
        .join(head, (head.id == line.issue_id) & (head.tenant_id == line.tenant_id))
        .where(among(head.factory_order_id, order_ids), head.state == "posted", head.kind.in_(list(kinds)))
        .group_by(head.factory_order_id, head.kind, line.material_id, line.color_id, line.size_id, line.destination_id)
    ).all()  # fmt: skip
    codes = groups.size_codes(ctx, {row[4] for row in rows if row[4]})
    found: dict[tuple[int, Key, str], tuple[Decimal, Decimal]] = {}
    for order_id, kind, material, color, size, place, qty, extra in rows:
        key = Key(material, color, codes.get(size or 0), place)
        before = found.get((order_id, key, kind), (ZERO, ZERO))
        found[order_id, key, kind] = (before[0] + qty, before[1] + extra)
    return found
