"""The stock card of an item: movements with the balance after each, and its course over time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from core import ledger
from core.api import Ctx
from core.db import among
from core.values import ZERO
from plugins.stock.api import labels

PAGE = 100
"""Movements shown at once."""


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
        return (item.kind, item.id, item.color_id, item.size_id, item.dest_id) == (
            self.kind,
            self.id,
            self.color_id,
            self.size_id,
            self.dest_id,
        ) and self.lot in (None, item.lot)

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
    """Opening and closing balance, what came and went between them, in ``total`` movements; ``ends`` has the balance at the
    end of each day on which it changed; ``lines`` are the movements of one page by business date (page 1: the newest)."""

    opening: Decimal
    closing: Decimal
    came: Decimal
    went: Decimal
    total: int
    ends: dict[date, Decimal]
    lines: list[Line]


def stock_card(ctx: Ctx, asked: Asked, page: int = 1, size: int = 0) -> Card:
    """The card. Movements between two of the places asked for do not change the balance and are left out. A page has
    ``size`` lines (0: as many as on the screen)."""
    opening, size = ZERO, size or PAGE
    if asked.since is not None:
        opening = balance(ctx, asked, asked.since - timedelta(days=1))
    running, came = opening, ZERO
    ends: dict[date, Decimal] = {}
    changes: list[tuple[int, Decimal, Decimal]] = []
    for step in ledger.steps(ctx, asked.kind, asked.id, since=asked.since, until=asked.until):
        sign = asked.at(step.target) - asked.at(step.source)
        if not sign or not asked.fits(step.item):
            continue
        running += sign * step.qty
        came += step.qty if sign > 0 else ZERO
        ends[step.on] = running
        changes.append((step.id, sign * step.qty, running))
    last = max(0, len(changes) - (page - 1) * size)
    lines = _lines(ctx, changes[max(0, last - size) : last])
    return Card(opening, running, came, came - (running - opening), len(changes), ends, lines)


def _lines(ctx: Ctx, changes: Sequence[tuple[int, Decimal, Decimal]]) -> list[Line]:
    """Movements (number, change, balance) with all that is said of them."""
    found = {move.id: move for move in ledger.movements(ctx, ids=[number for number, _c, _b in changes])}
    moves = [found[number] for number, _c, _b in changes]
    places = [m.source if c > 0 else m.target for m, (_n, c, _b) in zip(moves, changes, strict=True)]
    called = ledger.names(ctx, (), places)
    numbers = document_numbers(ctx, moves)
    return [
        Line(
            move, change, balance, labels.movement(ctx, move.kind), called[place].name, move.item.lot,
            *numbers.get((move.entity, move.entity_id), ("", "")),
        )
        for move, (_n, change, balance), place in zip(moves, changes, places, strict=True)
    ]  # fmt: skip


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
            rows = ctx.session.execute(
                select(model.id, getattr(model, entity.key)).where(among(model.id, part))
            )
            numbers.update(rows.all())
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
    if not card.ends:
        return None
    first = since or min(card.ends)
    last = max(until, *card.ends)
    days = max(1, (last - first).days)
    top = max(card.opening, *card.ends.values())
    if top <= 0:
        return None
    high = Decimal(HEIGHT - BOTTOM - 12)

    def x(day: date) -> float:
        return round(LEFT + (WIDTH - 2 * LEFT) * (day - first).days / days, 1)

    def y(qty: Decimal) -> float:
        return round(float(HEIGHT - BOTTOM - high * max(qty, ZERO) / top), 1)

    path = [f"M{x(first)} {y(card.opening)}"]
    for day, qty in sorted(card.ends.items()):  # within a day the order of postings means little
        path += [f"H{x(day)}", f"V{y(qty)}"]
    path.append(f"H{x(last)}")
    line = " ".join(path)
    base = HEIGHT - BOTTOM
    marks = tuple((x(d), d) for d in (first, first + timedelta(days=days // 2), last))
    return Chart(line, f"{line} V{base} H{x(first)} Z", top, marks)
