"""The rules of order lines. Every problem is found at once, each at the input where it was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from core.api import Ctx, Problem, T, Text
from core.money import too_much
from core.values import Unreadable, code_key, parse_pieces
from plugins.catalog.api import Color, Destination, Size, Style
from plugins.orders.models import CustomerOrder, OrderLine
from plugins.orders.services import allocation, lookup
from plugins.orders.services.inputs import LineInput, read_day, read_price
from plugins.orders.services.lookup import StyleInfo


@dataclass(frozen=True)
class Line:
    """A line that is right in itself. ``sizes`` holds every size of the run, 0 where nothing was typed."""

    style: Style
    color: Color
    destination: Destination
    ship_date: date
    price: Decimal | None
    sizes: tuple[tuple[Size, int], ...]
    typed: LineInput
    existing: OrderLine | None

    @property
    def key(self) -> tuple[int, int, int, date]:
        """What no two lines of an order may share."""
        return (self.style.id, self.color.id, self.destination.id, self.ship_date)

    @property
    def qty(self) -> int:
        """Pieces."""
        return sum(pieces for _size, pieces in self.sizes)


class _Notes:
    """Collects problems at the inputs of one line."""

    def __init__(self, typed: LineInput, problems: list[Problem]) -> None:
        self.typed, self.problems = typed, problems

    def add(self, field: str, message: Text | str) -> None:
        self.problems.append(Problem(message, self.typed.input(field)))

    def parse(self, field: str, reader: Callable[[Any], Any], raw: Any) -> Any:
        try:
            return reader(raw)
        except Unreadable as wrong:
            self.add(field, wrong.message)
            return None


def check(
    ctx: Ctx, have: Sequence[OrderLine], typed: Sequence[LineInput]
) -> tuple[list[Line], list[Problem]]:
    """Lines that are right, and everything that is wrong; ``have`` are the lines the order has now.

    Rules: known style, colour of the style, known destination, ship date, price of at most 6 decimals and not
    negative, sizes of the run, none twice, whole pieces that are not negative and not all zero, adding up to the total
    where one was typed; no two lines of the same style, colour, destination and ship date.
    """
    found = lookup.lookup_codes(ctx, [t.style for t in typed], [t.destination for t in typed])
    by_id = {line.id: line for line in have}
    lines: list[Line] = []
    problems: list[Problem] = []
    seen: dict[tuple[int, int, int, date], int] = {}
    for number, each in enumerate(typed, 1):
        before = len(problems)
        if each.id is not None and each.id not in by_id:
            problems.append(
                Problem(
                    T("A line was removed by somebody else. Open the document again."), each.input("color")
                )
            )
            continue
        line = _line(found, each, by_id.get(each.id or 0), problems)
        if line is None or len(problems) > before:
            continue
        if line.key in seen:
            problems.append(
                Problem(
                    T("Twice the same: style {style}, colour {color}, {destination}, {day} stands in line {n} already.",
                      style=line.style.code, color=line.color.code, destination=line.destination.code,
                      day=line.ship_date, n=seen[line.key]),
                    each.input("color"),
                )
            )  # fmt: skip
            continue
        seen[line.key] = each.line or number
        lines.append(line)
    return lines, _once(problems)


def _once(problems: list[Problem]) -> list[Problem]:
    """Lines that share an input (the style of a block) would repeat its message."""
    unique = {(p.field, str(p)): p for p in problems}
    return list(unique.values())


def _line(
    found: lookup.Lookup, typed: LineInput, existing: OrderLine | None, problems: list[Problem]
) -> Line | None:
    notes = _Notes(typed, problems)
    info = found.style(typed.style)
    if not typed.style.strip():
        notes.add("style", T("The style is missing."))
    elif info is None:
        notes.add("style", T("There is no style “{code}”.", code=typed.style.strip()))
    elif existing is None and not info.style.active:
        notes.add("style", T("Style {code} is no longer in use.", code=info.style.code))
    destination = found.destination(typed.destination)
    if not typed.destination.strip():
        notes.add("destination", T("The destination is missing."))
    elif destination is None:
        notes.add("destination", T("There is no destination “{code}”.", code=typed.destination.strip()))
    ship_date = notes.parse("ship_date", read_day, typed.ship_date)
    price = notes.parse("price", read_price, typed.price)
    color = _color(notes, info, typed, existing)
    sizes = _sizes(notes, info, typed, existing)
    if info is None or destination is None or ship_date is None or color is None or sizes is None:
        return None
    if (text := too_much(sum(qty for _size, qty in sizes), price)) is not None:
        notes.add("price", text)
    return Line(info.style, color, destination, ship_date, price, sizes, typed, existing)


def _color(
    notes: _Notes, info: StyleInfo | None, typed: LineInput, existing: OrderLine | None
) -> Color | None:
    if info is None:
        return None
    if not typed.color.strip():
        if len(info.colors) == 1:
            return next(iter(info.colors.values()))
        notes.add(
            "color",
            T(
                "The colour is missing. {style} comes in {colors}.",
                style=info.style.code,
                colors=_codes(info.colors),
            ),
        )
        return None
    if (color := info.color(typed.color)) is not None:
        return color
    if (
        existing is not None
        and code_key(existing.color.code) == code_key(typed.color)
        and _same_style(existing, info)
    ):
        return existing.color  # the style lost this colour since; the order keeps it
    notes.add("color", T("“{code}” is not a colour of {style}. It comes in {colors}.", code=typed.color.strip(),
                         style=info.style.code, colors=_codes(info.colors)))  # fmt: skip
    return None


def _sizes(
    notes: _Notes, info: StyleInfo | None, typed: LineInput, existing: OrderLine | None
) -> tuple[tuple[Size, int], ...] | None:
    before = len(notes.problems)
    run = dict(info.sizes) if info is not None else {}
    if existing is not None and info is not None and _same_style(existing, info):
        run |= {code_key(s.size.code): s.size for s in existing.sizes if code_key(s.size.code) not in run}
    pieces: dict[str, int] = {}
    for code, raw in typed.sizes:
        field = f"size-{code}"
        size = info.size(code) if info is not None else code_key(code)
        if size in pieces:
            notes.add(field, T("Size {size} stands twice.", size=code))
            continue
        count = notes.parse(field, parse_pieces, raw)
        pieces[size] = count or 0
        if info is not None and size not in run and (count or count is None):
            notes.add(field, T("Size “{size}” is not in the run of {style}: {sizes}.", size=code,
                               style=info.style.code, sizes=_codes(run)))  # fmt: skip
    total = notes.parse("qty", parse_pieces, typed.qty) if typed.qty not in (None, "") else None
    if len(notes.problems) > before:
        return None
    count = sum(pieces.values())
    withdrawn = existing is not None and existing.qty == 0
    if count == 0 and not withdrawn and info is not None:
        notes.add("qty" if "qty" in typed.at else "color", T("A line needs pieces of at least one size."))
    if total is not None and total != count:
        notes.add("qty", T("The sizes add up to {sum}, not to {total}.", sum=count, total=total))
    return tuple((size, pieces.get(code, 0)) for code, size in run.items())


def _same_style(existing: OrderLine, info: StyleInfo) -> bool:
    return existing.order_style.style_id == info.style.id


def _codes(named: Mapping[str, Color] | Mapping[str, Size]) -> str:
    return ", ".join(row.code for row in named.values())


def against_allocations(
    ctx: Ctx, order: CustomerOrder, have: Sequence[OrderLine], lines: Sequence[Line]
) -> list[Problem]:
    """Pieces on live factory orders stay: a line may grow, never fall below them, keep its style, colour, destination."""
    taken = allocation.allocated(ctx, [order.id])
    held: dict[int, int] = {}
    for (line_id, _size), pieces in taken.items():
        held[line_id] = held.get(line_id, 0) + pieces
    problems: list[Problem] = []
    kept = {line.existing.id: line for line in lines if line.existing is not None}
    for old in have:
        if not held.get(old.id):
            continue
        new = kept.get(old.id)
        if new is None:
            problems.append(
                Problem(T("{line}: {n} pieces are on factory orders already; the line cannot be removed.",
                          line=label(old), n=held[old.id]))
            )  # fmt: skip
            continue
        was = (old.order_style.style_id, old.color_id, old.destination_id)
        for field, before, now in zip(("style", "color", "destination"), was, new.key[:3], strict=True):
            if before != now:
                problems.append(
                    Problem(T("{line} is on factory orders already; only pieces, price and ship date may change.",
                              line=label(old)), new.typed.input(field))
                )  # fmt: skip
        for size, pieces in new.sizes:
            least = taken.get((old.id, size.id), 0)
            if pieces < least:
                problems.append(
                    Problem(T("Size {size}: {n} pieces are on factory orders already; it cannot be less.",
                              size=size.code, n=least), new.typed.input(f"size-{size.code}"))
                )  # fmt: skip
    return _once(problems)


def label(line: OrderLine) -> str:
    """How messages and the audit trail call a line."""
    return f"{line.order_style.style.code} {line.color.code} {line.destination.code} {line.ship_date}"
