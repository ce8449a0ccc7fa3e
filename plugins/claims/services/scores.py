"""How suppliers and factories do: claims, open ones, rate, days, repeated defects; claims by month. Four queries, always.

Received is what came: the quantity of posted material receipts, the pieces of posted goods-in, also what was rejected or
went back later. The rate is claimed ÷ received in the same period, by unit. A cancelled claim does not count, and a claim
that was split counts through its parts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select

from core.api import Ctx, pick
from core.db import among
from core.values import ZERO
from plugins.catalog.api import Partner
from plugins.claims.models import Claim
from plugins.claims.services.header import is_split
from plugins.factory_stock.api import GoodsIn, GoodsInLine, GoodsInSize
from plugins.purchasing.api import PurchaseLine
from plugins.receiving.api import Receipt, ReceiptLine


@dataclass(frozen=True)
class Amount:
    """Claimed and received in one unit."""

    uom: str
    claimed: Decimal
    received: Decimal

    @property
    def rate(self) -> Decimal | None:
        """Claimed ÷ received in percent; None where nothing was received."""
        return self.claimed * 100 / self.received if self.received else None


@dataclass
class Score:
    """A supplier (claims about material) or factory (claims about garments).

    ``repeats``: defects claimed more than once, with how often. ``days`` are the mean days open, until today where it is.
    """

    kind: str
    partner_id: int
    code: str = ""
    name: str = ""
    claims: int = 0
    open: int = 0
    days: Decimal | None = None
    amounts: list[Amount] = field(default_factory=list)
    repeats: list[tuple[str, int]] = field(default_factory=list)

    @property
    def worst(self) -> Decimal:
        """The highest rate of its units."""
        return max((a.rate or ZERO for a in self.amounts), default=ZERO)


@dataclass
class Figures:
    """Scores by kind, the worst first, and claims by month: (year, month) → {kind: number}."""

    scores: dict[str, list[Score]]
    months: dict[tuple[int, int], Counter[str]]


def of_period(ctx: Ctx, start: date, end: date) -> Figures:
    """Figures of claims opened, and goods received, from ``start`` to ``end`` (both included)."""
    claims = _claims(ctx, start, end)
    received = {"material": _material(ctx, start, end), "garment": _garments(ctx, start, end)}
    names = {
        pid: (code, pick(words, name))
        for pid, code, name, words in ctx.session.execute(
            select(Partner.id, Partner.code, Partner.name, Partner.names).where(
                among(
                    Partner.id,
                    {c.partner_id for c in claims} | {p for found in received.values() for p, _u in found},
                )
            )
        )
    }
    scores: dict[str, list[Score]] = {}
    for kind in ("material", "garment"):
        mine: dict[int, list[_Row]] = defaultdict(list)
        for claim in claims:
            if claim.kind == kind:
                mine[claim.partner_id].append(claim)
        partners = set(mine) | {p for p, _u in received[kind]}
        found = [_score(ctx, kind, p, mine[p], received[kind]) for p in partners]
        for score in found:
            score.code, score.name = names[score.partner_id]
        scores[kind] = sorted(found, key=lambda s: (-s.worst, -s.claims, s.code))
    return Figures(scores, _months(claims, start, end))


@dataclass(frozen=True)
class _Row:
    kind: str
    partner_id: int
    state: str
    defect: str | None
    uom: str
    qty: Decimal | None
    opened_on: date
    resolved_on: date | None


def _claims(ctx: Ctx, start: date, end: date) -> list[_Row]:
    c = Claim
    found = ctx.session.execute(
        select(c.kind, c.partner_id, c.state, c.defect, c.uom, c.qty, c.opened_on, c.resolved_on).where(
            c.opened_on.between(start, end), c.state != "cancelled", ~is_split()
        )
    )
    return [_Row(*row) for row in found]


def _score(
    ctx: Ctx, kind: str, partner_id: int, claims: list[_Row], received: dict[tuple[int, str], Decimal]
) -> Score:
    score = Score(kind, partner_id, claims=len(claims), open=sum(1 for c in claims if c.state == "open"))
    if claims:
        total = sum(((c.resolved_on or ctx.today()) - c.opened_on).days for c in claims)
        score.days = Decimal(total) / len(claims)
    claimed: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for c in claims:
        if c.qty is not None:
            claimed[c.uom] += c.qty
    units = set(claimed) | {u for p, u in received if p == partner_id}
    score.amounts = sorted(
        (Amount(u, claimed[u], received.get((partner_id, u), ZERO)) for u in units),
        key=lambda a: (-(a.rate or ZERO), -a.claimed, a.uom),
    )
    times = Counter(c.defect for c in claims if c.defect)
    score.repeats = [(code, n) for code, n in times.most_common() if n > 1]
    return score


def _material(ctx: Ctx, start: date, end: date) -> dict[tuple[int, str], Decimal]:
    line, head, ordered = ReceiptLine, Receipt, PurchaseLine
    found = ctx.session.execute(
        select(head.supplier_id, ordered.uom, func.sum(line.received))
        .join(head, (head.id == line.receipt_id) & (head.tenant_id == line.tenant_id))
        .join(ordered, (ordered.id == line.line_id) & (ordered.tenant_id == line.tenant_id))
        .where(head.state == "posted", head.received_on.between(start, end))
        .group_by(head.supplier_id, ordered.uom)
    )
    return {(partner, uom): qty for partner, uom, qty in found if qty}


def _garments(ctx: Ctx, start: date, end: date) -> dict[tuple[int, str], Decimal]:
    size, line, head = GoodsInSize, GoodsInLine, GoodsIn
    found = ctx.session.execute(
        select(head.factory_id, func.sum(size.received))
        .join(line, (line.id == size.line_id) & (line.tenant_id == size.tenant_id))
        .join(head, (head.id == line.goods_in_id) & (head.tenant_id == line.tenant_id))
        .where(head.state == "posted", head.kind == "goods_in", head.day.between(start, end))
        .group_by(head.factory_id)
    )
    return {(partner, "pcs"): Decimal(int(qty)) for partner, qty in found if qty}


def _months(claims: Iterable[_Row], start: date, end: date) -> dict[tuple[int, int], Counter[str]]:
    """Every month of the period, at most the last twelve, also those without a claim."""
    months: dict[tuple[int, int], Counter[str]] = {}
    year, month = end.year, end.month
    while (year, month) >= (start.year, start.month) and len(months) < 12:
        months[year, month] = Counter()
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    for claim in claims:
        at = (claim.opened_on.year, claim.opened_on.month)
        if at in months:
            months[at][claim.kind] += 1
    return dict(sorted(months.items()))
