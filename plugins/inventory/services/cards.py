"""The stock card of an item: movements with the balance after each, and its course over time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from core.api import Ctx, ledger
from plugins.inventory.words import MOVES

ZERO = Decimal(0)
MOST = 1000
"""Movements shown at once; older ones go into the opening balance."""


@dataclass(frozen=True)
class Asked:
    """Whose card: an item (``lot`` None: all lots), the kinds of place, one store or partner (0: all), the days."""

    kind: str
    id: int
    color_id: int = 0
    size_id: int = 0
    dest_id: int = 0
    lot: str | None = None
    kinds: tuple[str, ...] = ("store", "reserved")
    place_id: int = 0
    since: date | None = None
    until: date | None = None

    def fits(self, item: ledger.Item) -> bool:
        """Is it one of the items asked for?"""
        return (
            (item.kind, item.id, item.color_id, item.size_id, item.dest_id)
            == (self.kind, self.id, self.color_id, self.size_id, self.dest_id)
            and self.lot in (None, item.lot)
        )  # fmt: skip

    def at(self, place: ledger.Place) -> bool:
        """Is it one of the places asked for?"""
        return place.kind in self.kinds and self.place_id in (0, place.id)


@dataclass(frozen=True)
class Line:
    """A movement as the card shows it: what it added (or took), and what was there after it."""

    move: ledger.Movement
    change: Decimal
    balance: Decimal
    what: Any
    other: str
    lot: str
    href: str
    number: str


@dataclass
class Card:
    """Opening balance, lines by business date, closing balance; ``cut`` movements before them are in the opening."""

    opening: Decimal
    lines: list[Line]
    closing: Decimal
    came: Decimal
    went: Decimal
    cut: int


def read(ctx: Ctx, asked: Asked) -> Card:
    """The card. Movements between two of the places asked for do not change the balance and are left out."""
    opening = ZERO
    if asked.since is not None:
        opening = balance(ctx, asked, asked.since - timedelta(days=1))
    found = ledger.movements(
        ctx, item_kind=asked.kind, item_ids=[asked.id], since=asked.since, until=asked.until, limit=None
    )
    changes = [
        (move, move.qty * (asked.at(move.target) - asked.at(move.source)))
        for move in sorted(found, key=lambda m: (m.on, m.id))
        if asked.fits(move.item) and asked.at(move.target) != asked.at(move.source)
    ]
    cut = max(0, len(changes) - MOST)
    opening += sum((change for _move, change in changes[:cut]), ZERO)
    shown = changes[cut:]
    places = [m.source if c > 0 else m.target for m, c in shown]
    called = ledger.names(ctx, (), places)
    numbers = document_numbers(ctx, [m for m, _c in shown])
    lines, running = [], opening
    for (move, change), place in zip(shown, places, strict=True):
        running += change
        href, number = numbers.get((move.entity, move.entity_id), ("", ""))
        lines.append(
            Line(
                move,
                change,
                running,
                MOVES.get(move.kind, move.kind),
                called[place].name,
                move.item.lot,
                href,
                number,
            )
        )
    came = sum((line.change for line in lines if line.change > 0), ZERO)
    return Card(opening, lines, running, came, came - (running - opening), cut)


def balance(ctx: Ctx, asked: Asked, on: date | None = None) -> Decimal:
    """What is in the places asked for, now or at the end of a day."""
    sums = ledger.balances(ctx, item_kind=asked.kind, item_ids=[asked.id], place_kinds=asked.kinds, on=on)
    return sum((qty for (item, place), qty in sums.items() if asked.fits(item) and asked.at(place)), ZERO)


def document_numbers(ctx: Ctx, moves: Sequence[ledger.Movement]) -> dict[tuple[str, int], tuple[str, str]]:
    """Address and number of the documents behind movements, one query an entity; without address where its plugin is
    off or the person may not see it."""
    from sqlalchemy import select

    wanted: dict[str, set[int]] = defaultdict(set)
    for move in moves:
        wanted[move.entity].add(move.entity_id)
    found: dict[tuple[str, int], tuple[str, str]] = {}
    for name, ids in wanted.items():
        entity = ctx.registry.entities.get(name)
        if entity is None:
            continue
        model: Any = entity.model
        numbers: dict[int, str] = {}
        every = sorted(ids)
        for part in (every[i : i + 500] for i in range(0, len(every), 500)):
            rows = ctx.session.execute(select(model.id, getattr(model, entity.key)).where(model.id.in_(part)))
            numbers.update(rows.tuples().all())
        base = f"/{name.replace('.', '/')}/" if ctx.can(f"{name}.view") else ""
        for row_id, number in numbers.items():
            found[name, row_id] = (f"{base}{row_id}" if base else "", str(number))
    return found


# --- the chart -----------------------------------------------------------------------------------------------------------

WIDTH, HEIGHT, LEFT, BOTTOM = 720, 200, 8, 22


@dataclass(frozen=True)
class Chart:
    """A step line as geometry: ``line`` and ``area`` are SVG paths; marks are (x, y, text)."""

    line: str
    area: str
    top: Decimal
    days: tuple[tuple[float, date], ...]
    width: int = WIDTH
    height: int = HEIGHT


def chart(card: Card, since: date | None, until: date) -> Chart | None:
    """The balance over the days of a card as a step line; None where there is nothing to draw."""
    if not card.lines:
        return None
    first = since or card.lines[0].move.on
    last = max(until, card.lines[-1].move.on)
    days = max(1, (last - first).days)
    ends: dict[date, Decimal] = {}
    for each in card.lines:  # the end of each day; within a day the order of postings means little
        ends[each.move.on] = each.balance
    top = max([card.opening, *ends.values()], default=ZERO)
    if top <= 0:
        return None
    high = Decimal(HEIGHT - BOTTOM - 12)

    def x(day: date) -> float:
        return round(LEFT + (WIDTH - 2 * LEFT) * (day - first).days / days, 1)

    def y(qty: Decimal) -> float:
        return round(float(HEIGHT - BOTTOM - high * max(qty, ZERO) / top), 1)

    path = [f"M{x(first)} {y(card.opening)}"]
    for day, qty in sorted(ends.items()):
        path += [f"H{x(day)}", f"V{y(qty)}"]
    path.append(f"H{x(last)}")
    line = " ".join(path)
    base = HEIGHT - BOTTOM
    marks = tuple((x(d), d) for d in (first, first + timedelta(days=days // 2), last))
    return Chart(line, f"{line} V{base} H{x(first)} Z", top, marks)
