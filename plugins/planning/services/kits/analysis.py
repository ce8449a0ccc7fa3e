"""Kits of a mix, of several one after the other, and of open orders: the figures that are shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from fractions import Fraction

from core.api import Ctx, EntityRef
from plugins.catalog.api import Garment, Key, sort_key
from plugins.planning.services import gathering
from plugins.planning.services.kits.building import Built, Options, Wanted, build, pieces_of
from plugins.planning.services.kits.engine import MOST, Mix, Question, stages

PLACES = Decimal("0.000001")


@dataclass(frozen=True)
class Ask:
    """What is asked: weights of garments. ``wanted``: they are the pieces wanted, any part of which may be made in their mix;
    else they are a pack, of which only whole ones count."""

    weights: Mapping[Garment, int]
    wanted: bool = False
    destination: int | None = None


@dataclass(frozen=True)
class Row:
    """A component: in stock units what one set takes through all levels, what is usable, how many sets it is enough for by
    itself (None: it is made of others), what is missing for what is asked. ``made`` ones are used up before more is made."""

    key: Key
    made: bool
    per_set: Decimal
    usable: Decimal
    sets: int | None
    missing: Decimal
    bottleneck: bool


@dataclass(frozen=True)
class Next:
    """So many sets are possible; more are not for want of these: for ``more`` further sets so much is missing."""

    sets: int
    more: int
    missing: Sequence[tuple[Key, Decimal]]


@dataclass(frozen=True)
class Kit:
    """``sets`` can be made, that is ``pieces``; None: nothing holds them back, as where a style has no consumption."""

    sets: int | None
    pieces: int | None
    asked: int
    rows: Sequence[Row]
    stages: Sequence[Next]
    left_out: Sequence[int]


def _decimal(value: Fraction, rounding: str) -> Decimal:
    """To six decimals: what is there is rounded down, what is wanted up."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(
        PLACES, rounding=rounding
    ).normalize() + 0


def _question(built: Built, ask: Ask, stock: Sequence[int] | None = None) -> Question:
    weights = tuple((built.net.number[item, ask.destination], weight) for item, weight in ask.weights.items())
    return Question(built.net, Mix(weights, sum(ask.weights.values()) if ask.wanted else 1), stock)


def _wanted(asks: Sequence[Ask]) -> list[Wanted]:
    found: dict[tuple[Garment, int | None], Wanted] = {}
    for ask in asks:
        lots = pieces_of(ask.weights) if ask.wanted else {}
        for item in ask.weights:
            found.setdefault(
                (item, ask.destination), Wanted(item, ask.destination, lots.get((item.style, item.color), 1))
            )
    return list(found.values())


def analyse(ctx: Ctx, ask: Ask, options: Options, sets: int = 0) -> Kit:
    """Kits of one mix; ``sets`` is how many are asked for (of a wanted quantity: all of it)."""
    built = build(ctx, _wanted([ask]), options)
    question = _question(built, ask)
    net, limit = built.net, sum(ask.weights.values()) if ask.wanted else MOST
    most = question.most(limit)
    asked = limit if ask.wanted else sets
    short = question.use(asked).short if asked else {}
    bought = [n for n in question.order if not net.edges[n] and isinstance(net.items[n], Key)]
    alone = question.alone(bought, MOST)
    later = stages(question, MOST)
    scarce = set(later[0].items) if later else set()
    each = question.per_set()
    rows = []
    for n in question.order:
        key = net.items[n]
        if isinstance(key, Key):
            rows.append(
                Row(key, bool(net.edges[n]), _decimal(net.units(n, each[n]), ROUND_UP),
                    _decimal(net.units(n, net.stock[n]), ROUND_DOWN), alone.get(n),
                    _decimal(net.units(n, short.get(n, Fraction(0))), ROUND_UP), n in scarce)
            )  # fmt: skip
    rows.sort(key=lambda row: (row.sets is None, row.sets or 0, sort_key(row.key)))
    whole = question.mix.pieces if ask.wanted else int  # of a wanted quantity, sets are pieces
    ends = whole(most) if later or ask.wanted else None
    return Kit(
        ends, question.mix.pieces(most) if ends is not None else None, asked, rows,
        [
            Next(whole(stage.sets), whole(stage.sets + stage.more) - whole(stage.sets),
                 sorted([(key, _decimal(net.units(n, qty), ROUND_UP))
                     for n, qty in zip(stage.items, stage.missing, strict=True) if isinstance(key := net.items[n], Key)],
                    key=lambda each: sort_key(each[0])))
            for stage in later
        ],
        sorted(built.left_out),
    )  # fmt: skip


def several(ctx: Ctx, asks: Sequence[Ask], options: Options, *, shared: bool) -> list[int]:
    """Sets of each: by itself, or (``shared``) one after the other from what those before it left."""
    built = build(ctx, _wanted(asks), options)
    stock: Sequence[int] = built.net.stock
    found = []
    for ask in asks:
        question = _question(built, ask, stock)
        sets = question.most(sum(ask.weights.values()) if ask.wanted else MOST)
        found.append(sets)
        if shared:
            stock = question.take(sets)
    return found


@dataclass(frozen=True)
class OrderKit:
    """An open order: pieces that no document makes yet and do not lie there for it, how many of them are kits."""

    source: EntityRef
    number: str
    due: date | None
    pieces: int
    kits: int

    @property
    def pct(self) -> Decimal:
        """Complete sets ÷ pieces, in per cent."""
        return Decimal(100 * self.kits) / self.pieces if self.pieces else Decimal(100)


def uncovered(
    ctx: Ctx, until: date | None = None
) -> dict[tuple[EntityRef, str, date | None], dict[tuple[Garment, int | None], int]]:
    """By order (in the order in which they are served) what is promised and neither kept nor being made for it."""
    supplies: dict[tuple[EntityRef, Garment], Decimal] = defaultdict(Decimal)
    for each in gathering.supplies(ctx, None, None, ()):
        if each.meant is not None and isinstance(each.item, Garment):
            supplies[each.meant, each.item] += each.qty
    found: dict[tuple[EntityRef, str, date | None], dict[tuple[Garment, int | None], int]] = {}
    for demand in gathering.demands(ctx, until, None, ()):
        if demand.kind != "order" or not isinstance(demand.item, Garment):
            continue
        covered = min(demand.qty, supplies[demand.source, demand.item])
        supplies[demand.source, demand.item] -= covered
        head = (demand.source, demand.number, demand.due)
        mine = found.setdefault(head, defaultdict(int))
        mine[demand.item, demand.destination] += int(demand.qty - covered)
    return {head: {k: q for k, q in mine.items() if q} for head, mine in found.items() if any(mine.values())}


def open_orders(ctx: Ctx, options: Options) -> list[OrderKit]:
    """Open orders one after the other, the first served first: each in the mix of what it still lacks, destination by
    destination."""
    orders = uncovered(ctx)
    asks: list[tuple[int, Ask]] = []
    for n, mine in enumerate(orders.values()):
        by_place: dict[int | None, dict[Garment, int]] = defaultdict(dict)
        for (item, place), qty in mine.items():
            by_place[place][item] = qty
        asks += [(n, Ask(weights, True, place)) for place, weights in by_place.items()]
    sets = several(ctx, [ask for _n, ask in asks], options, shared=True) if asks else []
    kits: dict[int, int] = defaultdict(int)
    for (n, ask), some in zip(asks, sets, strict=True):
        kits[n] += Mix(tuple((0, w) for w in ask.weights.values()), sum(ask.weights.values())).pieces(some)
    return [
        OrderKit(source, number, due, sum(mine.values()), kits[n])
        for n, ((source, number, due), mine) in enumerate(orders.items())
    ]
