"""How far customer orders are: the two rates, by vendor and by line, and what explains them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.api import Ctx, T, Text
from core.money import round_half_up
from kit.progress import FulfilRates, Part, fulfil_rates
from plugins.fulfilment.services import rows, starting
from plugins.fulfilment.services.rows import Row

EXPLAINED = ("accepted", "replaced", "substituted", "settled")
"""What 100 % is made of."""
FIGURES = ("ordered", "received", "damaged", *EXPLAINED, "returned", "done", "open")


@dataclass(frozen=True)
class Share:
    """Rows that belong together: what they are called, their pieces by figure, their two rates."""

    key: Any
    label: str
    name: str
    pieces: Mapping[str, int]
    rates: FulfilRates
    rows: Sequence[Row]


def rates_of(found: Iterable[Row]) -> FulfilRates:
    """The two rates of rows; each size of a line is measured by itself, over all its purchase orders."""
    done: dict[tuple[int, int], list[Any]] = {}
    for row in found:
        for size_id, cell in row.cells.items():
            at = done.setdefault((row.line_id, size_id), [0, 0, row.price])
            at[0], at[1] = at[0] + cell.ordered, at[1] + cell.done
    return fulfil_rates(
        Part(line_id, Decimal(ordered), Decimal(pieces), price)
        for (line_id, _size), (ordered, pieces, price) in done.items()
    )


def share(key: Any, label: str, name: str, found: Sequence[Row]) -> Share:
    """Rows with their sums and rates."""
    return Share(
        key,
        label,
        name,
        {what: sum(row.total(what) for row in found) for what in FIGURES},
        rates_of(found),
        found,
    )


def shares_by(found: Iterable[Row], key: Callable[[Row], tuple[Any, str, str]]) -> list[Share]:
    """Rows in groups, in the order in which they come; ``key`` says what tells a group, its label and its name."""
    groups: dict[tuple[Any, str, str], list[Row]] = {}
    for row in found:
        groups.setdefault(key(row), []).append(row)
    return [share(*at, mine) for at, mine in groups.items()]


def by_vendor(found: Iterable[Row]) -> list[Share]:
    """A share for each vendor; what comes from stock stands last."""
    ordered = sorted(found, key=lambda row: (not row.vendor_id, row.vendor))
    return shares_by(ordered, lambda row: (row.vendor_id, row.vendor, row.vendor_name))


def by_order(found: Iterable[Row]) -> list[Share]:
    """A share for each customer order."""
    return shares_by(found, lambda row: (row.order_id, row.order, ""))


def by_line(found: Iterable[Row]) -> list[Share]:
    """A share for each line of an order."""
    return shares_by(
        found,
        lambda row: (row.line_id, f"{row.position + 1} · {row.style} {row.color}", f"{row.style_name} → {row.destination}"),
    )  # fmt: skip


def points(pct: Decimal | None) -> Decimal | None:
    """A rate as it is shown: two decimals, never rounded up to 100."""
    if pct is None:
        return None
    shown = round_half_up(pct, 2)
    return Decimal("99.99") if shown >= 100 > pct else shown


def missing(ctx: Ctx, order_ids: Sequence[int]) -> dict[int, list[Text]]:
    """What of the goods of traded orders is missing until they are cleared. Orders that nobody trades are left out."""
    ids = starting.traded_of(ctx, order_ids)
    if not ids:
        return {}
    waiting = starting.not_final(ctx, ids)
    found: dict[int, list[Row]] = {each: [] for each in ids}
    for row in rows.of_orders(ctx, ids):
        found[row.order_id].append(row)
    told = {}
    for order_id, mine in found.items():
        sentences = []
        rates, left = rates_of(mine), sum(row.total("open") for row in mine)
        if not rates.whole:
            sentences.append(
                T(
                    "Goods: {n} pieces are open, {pct} % are fulfilled.",
                    n=f"{left:,}",
                    pct=str(points(rates.qty) or 0),
                )
            )
        if waiting.get(order_id):
            numbers = ", ".join(sheet.number for sheet in waiting[order_id])
            sentences.append(T("Goods: not finalised yet: {numbers}.", numbers=numbers))
        told[order_id] = sentences
    return told
