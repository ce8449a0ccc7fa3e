"""委外加工單跟蹤表: what a factory got for a factory order, what it used, what is still there, and the pieces that came.

Of each material: sent − returned − used − written off = at the factory. What was written off is what the ledger says:
documents, and what less than a step of the unit left when the order was closed. ``used`` is what is booked: the standard of the
accepted pieces as far as material was there, corrected by counts and by what came back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import select

from core import ledger
from core.api import Ctx
from core.db import among
from core.money import round_half_up
from core.values import ZERO
from kit.progress import FulfilRates, Part, fulfil_rates
from plugins.catalog.api import Destination, Key, Style
from plugins.factory_stock.services import goods_lines, issued, need, places, usage
from plugins.outsourcing.api import Codes, FactoryOrder, FactoryOrderLine, rows
from plugins.stock.api import groups, stand_ins

HUNDRED = Decimal(100)


@dataclass
class MaterialRow:
    """Figures of one group, in stock units. ``extra``: issued above the need, part of ``sent``."""

    key: Key
    name: groups.GroupName
    required: Decimal = ZERO
    sent: Decimal = ZERO
    extra: Decimal = ZERO
    returned: Decimal = ZERO
    written_off: Decimal = ZERO
    used: Decimal = ZERO
    standard: Decimal = ZERO
    net: Decimal = ZERO
    at_factory: Decimal = ZERO
    done: bool = False
    """No more pieces are to come."""

    @property
    def rest(self) -> Decimal:
        """What the figures leave at the factory; it equals ``at_factory``."""
        return self.sent - self.returned - self.used - self.written_off

    @property
    def balances(self) -> bool:
        """Do papers and ledger agree?"""
        return self.rest == self.at_factory

    @property
    def short(self) -> Decimal:
        """Standard use that is not booked: the factory used what we did not send, or less than the standard."""
        return max(ZERO, self.standard - self.used)

    @property
    def to_return(self) -> Decimal:
        """What lies at the factory beyond what the pieces still to come take by standard and what was issued above the need
        for them; less than a step of the unit is nothing."""
        wanted = ZERO if self.done else max(ZERO, self.required - self.standard) + self.extra
        beyond = self.at_factory - wanted
        return beyond if beyond >= self.name.step else ZERO

    @property
    def loss_pct(self) -> Decimal | None:
        """(actual use − net consumption of accepted pieces) ÷ net × 100, unrounded; None while nothing is accepted or
        nothing was sent.

        Actual use is what was sent and neither returned nor is there.
        """
        if not self.net or not self.sent:
            return None
        return (self.sent - self.returned - self.at_factory - self.net) * HUNDRED / self.net

    @property
    def excess(self) -> Decimal:
        """Used above what consumption and wastage allow: chargeable."""
        return max(ZERO, self.used + self.written_off - self.standard)


@dataclass
class PieceRow:
    """Pieces of one line and colour by size code."""

    position: int
    style: str
    color: str
    destination: str
    sizes: list[str] = field(default_factory=list)
    cells: dict[str, goods_lines.Figures] = field(default_factory=dict)

    price: Decimal = ZERO

    def total(self, what: str) -> int:
        """Sum of a figure over all sizes."""
        return sum(getattr(cell, what) for cell in self.cells.values())


@dataclass
class Statement:
    """The statement of one factory order."""

    order: FactoryOrder
    materials: list[MaterialRow]
    pieces: list[PieceRow]

    @property
    def balances(self) -> bool:
        """Does every material balance?"""
        return all(row.balances for row in self.materials)

    @property
    def left(self) -> list[MaterialRow]:
        """Material still at the factory."""
        return [row for row in self.materials if row.at_factory]

    def total(self, what: str) -> int:
        """Sum of a figure over all lines and sizes."""
        return sum(row.total(what) for row in self.pieces)

    @property
    def fulfilled(self) -> FulfilRates:
        """交貨達成率 by quantity and by value, each size capped at what was ordered."""
        return fulfil_rates(
            Part((row.position, row.color), Decimal(cell.ordered), Decimal(cell.accepted), row.price)
            for row in self.pieces
            for cell in row.cells.values()
        )


def at_factory(ctx: Ctx, orders: Sequence[FactoryOrder]) -> dict[int, dict[ledger.Item, Decimal]]:
    """Our material at the factories, by factory order. One read of the ledger."""
    spots = {places.factory(order.factory_id, order.id): order.id for order in orders}
    found: dict[int, dict[ledger.Item, Decimal]] = defaultdict(dict)
    for (item, place), qty in ledger.balances(ctx, item_kind="material", places=list(spots)).items():
        found[spots[place]][item] = qty
    return found


def of_order(ctx: Ctx, order: FactoryOrder) -> Statement:
    """The statement of a factory order; a fixed number of queries, whatever its size."""
    return Statement(order, _materials(ctx, order), _pieces(ctx, order))


def _materials(ctx: Ctx, order: FactoryOrder) -> list[MaterialRow]:
    needs = need.of_orders(ctx, [order.id])[order.id]
    moved = issued.totals(ctx, [order.id], ("issue", "return"))
    standard = {n.key: n for n in usage.standard(ctx, order.id)}
    here, used = places.factory(order.factory_id, order.id), places.used(order.factory_id, order.id)
    varied, scrap = places.variance(order.factory_id, order.id), places.scrap(order.factory_id, order.id)
    sums = ledger.balances(ctx, item_kind="material", places=[here, used, varied, scrap])
    codes = groups.size_codes(ctx, {item.size_id for item, _place in sums})
    booked: dict[tuple[Key, ledger.Place], Decimal] = defaultdict(lambda: ZERO)
    for (item, place), qty in sums.items():
        booked[groups.key_of(item, codes), place] += qty
    keys = (
        [n.key for n in needs] + [key for _o, key, _k in moved] + [key for key, _p in booked] + list(standard)
    )
    names = groups.group_names(ctx, dict.fromkeys(keys))
    required = {n.key: n.required for n in needs}
    gross, net = {key: n.gross for key, n in standard.items()}, {key: n.net for key, n in standard.items()}
    if decided := need.stand_ins_of(ctx, order.id):
        sent_of = {key: qty for (_o, key), qty in issued.issued(ctx, [order.id]).items()}
        used_of = {key: booked[key, used] + booked[key, varied] for key in keys}
        required = stand_ins.shifted(required, sent_of, decided)
        net = _net_with(net, gross, stand_ins.steps(gross, used_of, decided))
        gross = stand_ins.shifted(gross, used_of, decided)
    found = []
    for key in dict.fromkeys(keys):
        sent = moved.get((order.id, key, "issue"), (ZERO, ZERO))
        found.append(
            MaterialRow(
                key, names[key], required.get(key, ZERO), sent[0], sent[1],
                moved.get((order.id, key, "return"), (ZERO, ZERO))[0],
                booked[key, scrap],
                booked[key, used] + booked[key, varied],
                gross.get(key, ZERO), net.get(key, ZERO),
                booked[key, here], order.state in ("completed", "closed"),
            )
        )  # fmt: skip
    return sorted(found, key=lambda r: (r.name.material, r.name.color, r.name.size, r.name.destination))


def _net_with(
    net: Mapping[Key, Decimal], gross: Mapping[Key, Decimal], steps: Sequence[stand_ins.Step]
) -> dict[Key, Decimal]:
    """Net consumption with what substitutes took over: of their standard the share that is net."""
    found = dict(net)
    for step in steps:
        key = step.decided.wanted
        part = round_half_up(net[key] * step.covers / gross[key], 6)
        found[key] -= part
        by = stand_ins.stands_for(part, step.decided.ratio)
        found[step.decided.by] = found.get(step.decided.by, ZERO) + by
    return found


def _pieces(ctx: Ctx, order: FactoryOrder) -> list[PieceRow]:
    cells = rows.cells(ctx, [order.id])
    codes = Codes(ctx, cells)
    lines = {line.id: line for line in rows.lines(ctx, order)}
    style, place = _names_of(ctx, lines.values())
    known = goods_lines.figures(ctx, order.id)
    found: dict[tuple[int, int], PieceRow] = {}
    for cell in cells:
        line = lines[cell.line_id]
        row = found.setdefault(
            (line.id, cell.color_id),
            PieceRow(
                line.position,
                style[line.style_id],
                codes.color[cell.color_id],
                place[line.destination_id],
                price=line.price or ZERO,
            ),
        )
        code = codes.size[cell.size_id]
        if code not in row.cells:
            row.sizes.append(code)
            row.cells[code] = known[line.id, cell.color_id, cell.size_id]
    return list(found.values())


def _names_of(ctx: Ctx, lines: Iterable[FactoryOrderLine]) -> tuple[dict[int, str], dict[int, str]]:
    """Codes of styles and destinations by id; two queries."""
    wanted = list(lines)
    styles = ctx.session.execute(
        select(Style.id, Style.code).where(among(Style.id, {line.style_id for line in wanted}))
    )
    spots = ctx.session.execute(
        select(Destination.id, Destination.code).where(
            among(Destination.id, {line.destination_id for line in wanted})
        )
    )
    return dict(styles.all()), dict(spots.all())


def pct(value: Decimal | None) -> str:
    """A percentage with two decimals."""
    return "–" if value is None else f"{round_half_up(value, 2):,.2f}"
