"""Goods by group: top sellers, most profitable, most bought, and what was bought and not sold.

The cost of what was sold is the average price of all that was bought of the style until the end of the span, at its rates;
the margin is what it was sold for less that. Pieces of a style that nobody bought, and pieces without a price, are in no
margin: their number stands beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.api import Ctx, T
from core.values import ZERO
from plugins.statistics.services.names import Name, names_of
from plugins.statistics.services.sums import Asked, Converter, Key, Sum, facts_of, sum_rows, sum_up
from plugins.statistics.services.tables import Column, Row, Table, made, share_of
from plugins.statistics.words import BOUGHT, SHIPPED, SOLD

BEGINNING = date(1900, 1, 1)


def sellers(ctx: Ctx, group: str, asked: Asked) -> Table:
    """What customers ordered, by value, and by pieces where values are not seen."""
    return _ranked(ctx, SOLD, group, asked, SHIPPED)


def bought(ctx: Ctx, group: str, asked: Asked) -> Table:
    """What was ordered from vendors."""
    return _ranked(ctx, BOUGHT, group, asked)


def _ranked(ctx: Ctx, figure: str, group: str, asked: Asked, beside: str = "") -> Table:
    converter = Converter(ctx, asked.until)
    found, seen = sum_up(ctx, figure, (group,), asked)
    known = bool(beside) and bool(facts_of(ctx, beside, {group, *asked.only}))
    other = sum_up(ctx, beside, (group,), asked)[0] if known else {}
    rows = []
    for name, (own, more) in _merged(ctx, group, found, other).items():
        value = converter.exact(own.values) if seen else None
        rows.append(
            Row(name.code, name.name, {"qty": own.qty, "value": converter.rounded(value), "beside": more.qty})
        )
    whole = sum((row.figures["value"] or ZERO for row in rows), ZERO)
    pieces = sum(row.figures["qty"] for row in rows)
    for row in rows:
        row.figures["share"] = (
            share_of(row.figures["value"], whole) if seen else share_of(row.figures["qty"], pieces)
        )
    return made(
        (
            Column("qty", T("Pieces"), opens=figure, total=True),
            Column("value", T("Amount"), "money", opens=figure, total=True) if seen else None,
            Column("share", T("Proportion"), "pct"),
            Column("beside", T("Shipped"), opens=beside, total=True) if known else None,
        ),
        rows,
        ("value",) if seen else ("qty",),
        converter,
        _order(group, lambda row: (-(row.figures["value"] or ZERO), -row.figures["qty"])),
    )


@dataclass
class Cost:
    """What a piece of a style cost on average: ``value`` in the company's currency ÷ ``qty``."""

    qty: int
    value: Decimal

    def of(self, pieces: int) -> Decimal:
        """What so many cost, not rounded."""
        return self.value * pieces / self.qty


def costs(ctx: Ctx, asked: Asked, converter: Converter) -> dict[int, Cost] | None:
    """Average costs by style, of all that was bought until the end of the span; None where prices are not seen."""
    found, seen = sum_up(ctx, BOUGHT, ("style",), Asked(BEGINNING, asked.until))
    if not seen:
        return None
    known = {}
    for (style,), own in found.items():
        value = converter.exact(own.values)
        if value is not None and own.priced:
            known[style] = Cost(own.priced, value)
    return known


@dataclass(slots=True)
class Margin:
    """Sold pieces; of those whose cost is known, what they were sold for and cost; how many have no margin."""

    qty: int = 0
    value: Decimal = ZERO
    cost: Decimal = ZERO
    unknown: int = 0


def margins(ctx: Ctx, group: str, asked: Asked, converter: Converter) -> dict[Name, Margin] | None:
    """Margins by group, not rounded; None where this person may not see both prices."""
    by = (group,) if group == "style" else (group, "style")
    sold = sum_rows(ctx, SOLD, by, asked, converter)
    paid = costs(ctx, asked, converter) if sold.seen else None
    if paid is None:
        return None
    names, width = names_of(ctx, group, {row[0] for row in sold.rows}), len(by)
    sums: dict[Name, Margin] = {name: Margin() for name in names.values()}
    worth: dict[Name, Sum] = {name: Sum() for name in names.values()}
    for row in sold.rows:
        name = names[row[0]]
        margin, cost, qty, priced = sums[name], paid.get(row[width - 1]), int(row[width]), int(row[width + 1])
        margin.qty += qty
        if cost is None:
            margin.unknown += qty
            continue
        margin.unknown += qty - priced
        margin.cost += cost.of(priced)
        worth[name].add(zip(sold.currencies, row[width + 2 :], strict=True))
    for name, own in worth.items():
        margin = sums[name]
        margin.value = sum(
            (v * rate for c, v in own.values.items() if (rate := converter.rate(c)) is not None), ZERO
        )
    return sums


def profit(ctx: Ctx, group: str, asked: Asked) -> Table:
    """What was earned, the most first."""
    converter = Converter(ctx, asked.until)
    found = margins(ctx, group, asked, converter)
    rows = []
    for name, own in (found or {}).items():
        value, cost = converter.rounded(own.value) or ZERO, converter.rounded(own.cost) or ZERO
        figures = {
            "qty": own.qty, "value": value, "cost": cost, "margin": value - cost,
            "pct": share_of(own.value - own.cost, own.value), "unknown": own.unknown,
        }  # fmt: skip
        rows.append(Row(name.code, name.name, figures))
    columns = (
        Column("qty", T("Pieces sold"), opens=SOLD, total=True),
        Column("value", T("Sold for"), "money", opens=SOLD, total=True),
        Column("cost", T("Bought for"), "money", total=True),
        Column("margin", T("Margin"), "money", total=True),
        Column("pct", T("Margin in %"), "pct"),
        Column("unknown", T("Pieces without a known cost"), total=True),
    )
    return made(
        () if found is None else columns, rows, ("margin",), converter, _order(group, lambda row: (-row.figures["margin"],))
    )  # fmt: skip


def stale(ctx: Ctx, group: str, asked: Asked) -> Table:
    """Where buying, selling and earning disagree: what was bought beyond what was sold, the most first, with its places
    among the most bought, the top sellers and the most profitable."""
    converter = Converter(ctx, asked.until)
    came, priced = sum_up(ctx, BOUGHT, (group,), asked)
    earned = margins(ctx, group, asked, converter)
    went = sum_up(ctx, SOLD, (group,), asked)[0] if earned is None else {}
    merged = _merged(ctx, group, came, went)
    for name, each in (earned or {}).items():  # they know how much was sold
        merged.setdefault(name, (Sum(), Sum()))[1].qty = each.qty
    places = {
        "rank_bought": _places({name: bought.qty for name, (bought, _sold) in merged.items()}),
        "rank_sold": _places({name: sold.qty for name, (_bought, sold) in merged.items()}),
        "rank_earned": _places({name: each.value - each.cost for name, each in (earned or {}).items()}),
    }
    rows = []
    for name, (bought, sold) in merged.items():
        left, worth = bought.qty - sold.qty, converter.exact(bought.values) if priced else None
        figures = {
            "bought": bought.qty, "sold": sold.qty, "left": left, "pct": share_of(sold.qty, bought.qty),
            "worth": converter.rounded(worth * max(left, 0) / bought.priced) if worth is not None and bought.priced else None,
            **{rank: at.get(name) for rank, at in places.items()},
        }  # fmt: skip
        rows.append(Row(name.code, name.name, figures))
    return made(
        (
            Column("bought", T("Pieces bought"), opens=BOUGHT, total=True),
            Column("sold", T("Pieces sold"), opens=SOLD, total=True),
            Column("left", T("Bought and not sold"), total=True),
            Column("worth", T("Worth"), "money", total=True) if priced else None,
            Column("pct", T("Sold in %"), "pct"),
            Column("rank_bought", T("Place by pieces bought")),
            Column("rank_sold", T("Place by pieces sold")),
            Column("rank_earned", T("Place by margin")) if earned is not None else None,
        ),
        rows,
        ("bought", "sold"),
        converter,
        lambda row: (-row.figures["left"], row.code),
    )


def _places(figures: Mapping[Name, Decimal | int]) -> dict[Name, int]:
    """1 for the highest; equal ones share a place, and what is nothing has none."""
    ordered = sorted((value for value in figures.values() if value > 0), reverse=True)
    first: dict[Decimal | int, int] = {}
    for place, value in enumerate(ordered, 1):
        first.setdefault(value, place)
    return {name: first[value] for name, value in figures.items() if value > 0}


def _merged(
    ctx: Ctx, group: str, one: Mapping[Key, Sum], other: Mapping[Key, Sum]
) -> dict[Name, tuple[Sum, Sum]]:
    """Two figures by the names of their groups; groups of one name (a size of several runs) together."""
    names = names_of(ctx, group, {key[0] for key in (*one, *other)})
    found: dict[Name, tuple[Sum, Sum]] = {}
    for n, sums in enumerate((one, other)):
        for (key,), own in sums.items():
            into = found.setdefault(names[key], (Sum(), Sum()))[n]
            into.qty += own.qty
            into.priced += own.priced
            for currency, value in own.values.items():
                into.values[currency] = into.values.get(currency, ZERO) + value
    return found


def _order(group: str, by_figure: Callable[[Row], tuple[Decimal | int, ...]]) -> Callable[[Row], object]:
    """Months in their order, everything else by its figure."""
    if group == "month":
        return lambda row: row.code
    return lambda row: (*by_figure(row), row.code)
