"""Forecasts: pieces by size, what of them orders have taken up, and what is left to plan for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.api import Ctx, EntityRef, Problem, T, hookimpl
from core.db import among
from core.values import Unreadable, fold, parse_pieces
from plugins.catalog.api import Color, Garment, PlanDemand, Style, plan_priority, size_key, sizes_of
from plugins.planning.models import Forecast
from plugins.planning.words import FORECAST

PART = re.compile(r"(?P<size>.+?)\s*[-:×x*]\s*(?P<share>[^-:×x*]+)", re.IGNORECASE)


def first_of(day: date) -> date:
    """The month of a day, as its first day."""
    return day.replace(day=1)


def last_of(month: date) -> date:
    """The last day of a month."""
    return first_of(month.replace(day=28) + timedelta(days=4)) - timedelta(days=1)


def parse_mix(text: str) -> dict[str, int]:
    """``S-1, M-2`` as shares by size, in the order typed. Raises Unreadable: no share, a size twice, a share of nothing."""
    shares: dict[str, int] = {}
    for part in re.split(r"[,;、\n]", fold(text)):
        if not part.strip():
            continue
        match = PART.fullmatch(part.strip())
        if match is None:
            raise Unreadable(T("“{part}” is not a size and its share. Write S-1.", part=part.strip()))
        size = match["size"].strip().upper()
        if size in shares:
            raise Unreadable(T("Size {size} stands twice.", size=size))
        shares[size] = parse_pieces(match["share"], least=1)
    return shares


def divide(total: int, shares: Sequence[int]) -> list[int]:
    """Whole pieces in the ratio of ``shares``: each rounded down, the rest to the largest remainders, the first of equal ones.
    They add up to ``total``."""
    whole = sum(shares)
    parts = [total * share // whole for share in shares]
    rest = sorted(range(len(shares)), key=lambda i: (-(total * shares[i] % whole), i))
    for i in rest[: total - sum(parts)]:
        parts[i] += 1
    return parts


def check(ctx: Ctx, row: Forecast | None, data: Mapping[str, Any], children: Any) -> list[Problem]:
    """Why it cannot be kept: a month that is over, a size the style has not, a colour it has not, the same one twice."""
    style = data.get("style", row.style if row else None)
    color = data.get("color", row.color if row else None)
    month = data.get("month", row.month if row else None)
    problems = []
    if month is not None and first_of(month) < first_of(ctx.today()):
        problems.append(
            Problem(
                T("{month} is over: nothing is forecast for it any more.", month=f"{month:%Y-%m}"), "month"
            )
        )
    if style is None or color is None or month is None:
        return problems
    if color.id not in {own.color_id for own in style.colors}:
        problems.append(
            Problem(T("{style} has no colour {color}.", style=style.code, color=color.code), "color")
        )
    try:
        sizes = {size_key(size.code) for size in sizes_of(ctx, [style.id]).get(style.id, ())}
        for size in parse_mix(data.get("mix", row.mix if row else "") or ""):
            if size_key(size) not in sizes:
                problems.append(Problem(T("{style} has no size {size}.", style=style.code, size=size), "mix"))
    except Unreadable as wrong:
        problems.append(Problem(wrong.message, "mix"))
    twin = ctx.session.scalar(
        select(Forecast.number).where(
            Forecast.style_id == style.id,
            Forecast.color_id == color.id,
            Forecast.month == first_of(month),
            Forecast.id != (row.id if row else 0),
        )
    )
    if twin:
        problems.append(Problem(T("{number} is the forecast of that month already.", number=twin), "month"))
    return problems


def fill(ctx: Ctx, row: Forecast, is_new: bool) -> None:
    """The first of the month, and the mix as it is compared."""
    row.month = first_of(row.month)
    sizes = sizes_of(ctx, [row.style_id]).get(row.style_id, ())
    called = {size_key(size.code): size.code for size in sizes}
    mix = parse_mix(row.mix or "") or {size.code: 1 for size in sizes}
    row.mix = ", ".join(f"{called.get(size_key(size), size)}-{share}" for size, share in mix.items())


def pieces(ctx: Ctx, rows: Iterable[Forecast]) -> dict[int, dict[Garment, int]]:
    """Forecast → item → pieces expected, by its mix. One statement."""
    rows = list(rows)
    sizes = sizes_of(ctx, {row.style_id for row in rows}) if rows else {}
    found: dict[int, dict[Garment, int]] = {}
    for row in rows:
        ids = {size.code: size.id for size in sizes.get(row.style_id, ())}
        mix = {size: share for size, share in parse_mix(row.mix).items() if size in ids}
        parts = divide(row.qty, list(mix.values())) if mix else []
        found[row.id] = {
            Garment(row.style_id, row.color_id, ids[size]): part
            for size, part in zip(mix, parts, strict=True)
        }
    return found


def ordered(
    ctx: Ctx, since: date, until: date, styles: Collection[int] | None
) -> dict[tuple[Garment, date], int]:
    """Pieces that customers ordered, shipped or not, by item and month; whoever takes orders tells."""
    total: dict[tuple[Garment, date], int] = defaultdict(int)
    for answer in ctx.hooks.promised_pieces(since=since, until=until, styles=styles):
        for (item, day), qty in (answer or {}).items():
            total[item, first_of(day)] += qty
    return dict(total)


def open_pieces(ctx: Ctx, rows: Iterable[Forecast]) -> dict[int, dict[Garment, int]]:
    """Forecast → item → pieces expected that no order for delivery in that month has taken up; size by size, so that more of
    one never hides another. A month that is over expects nothing more. Two statements."""
    today = first_of(ctx.today())
    rows = [row for row in rows if row.month >= today]
    if not rows:
        return {}
    months = [row.month for row in rows]
    came = ordered(ctx, min(months), last_of(max(months)), {row.style_id for row in rows})
    wanted = pieces(ctx, rows)
    found: dict[int, dict[Garment, int]] = {}
    for row in rows:
        left = {item: qty - came.get((item, row.month), 0) for item, qty in wanted[row.id].items()}
        found[row.id] = {item: qty for item, qty in left.items() if qty > 0}
    return found


def figures(ctx: Ctx, row: Forecast) -> dict[str, Any]:
    """What its page shows: by size expected, ordered and still open."""
    came = ordered(ctx, row.month, last_of(row.month), {row.style_id})
    codes = {size.id: size.code for size in sizes_of(ctx, [row.style_id]).get(row.style_id, ())}
    sizes = [
        {"size": codes[item.size], "expected": qty, "ordered": (had := came.get((item, row.month), 0)),
         "open": max(0, qty - had) if row.month >= first_of(ctx.today()) else 0}
        for item, qty in pieces(ctx, [row])[row.id].items()
    ]  # fmt: skip
    return {"sizes": sizes, "open": sum(each["open"] for each in sizes)}


@hookimpl
def plan_demand(ctx: Ctx, until: date | None, styles: Collection[int] | None) -> list[PlanDemand]:
    """What is left of forecasts, wanted by the first of their month (this month's: by its end). Three statements."""
    if styles is not None and not styles:
        return []
    query = (
        select(Forecast).where(Forecast.month >= first_of(ctx.today())).order_by(Forecast.month, Forecast.id)
    )
    if until is not None:
        query = query.where(Forecast.month <= until)
    if styles is not None:
        query = query.where(among(Forecast.style_id, styles))
    rows = {row.id: row for row in ctx.session.scalars(query)}
    found = []
    for id, left in open_pieces(ctx, rows.values()).items():
        row = rows[id]
        due = row.month if row.month > ctx.today() else last_of(row.month)
        if until is not None and due > until:
            continue
        for item, qty in left.items():
            found.append(
                PlanDemand(EntityRef(FORECAST, id), row.number, None, item, Decimal(qty), due,
                           plan_priority(due, None, id), "forecast")
            )  # fmt: skip
    return found


@dataclass(frozen=True)
class Compared:
    """A style and colour in a month: pieces expected and ordered; ``row_id`` is the forecast, 0 where nothing was expected."""

    month: date
    style: str
    color: str
    expected: int
    ordered: int
    row_id: int = 0

    @property
    def difference(self) -> int:
        """Ordered more (below zero: less) than expected."""
        return self.ordered - self.expected

    @property
    def pct(self) -> Decimal | None:
        """Ordered ÷ expected, in per cent; None where nothing was expected."""
        return Decimal(100 * self.ordered) / self.expected if self.expected else None


def compare(ctx: Ctx, since: date, until: date) -> list[Compared]:
    """What was expected and what came, of the styles that have a forecast in these months. Four statements."""
    query = select(Forecast).where(Forecast.month.between(since, until)).order_by(Forecast.month, Forecast.id)
    rows = list(ctx.session.scalars(query))
    came: dict[tuple[int, int, date], int] = defaultdict(int)
    styles = {row.style_id for row in rows}
    for (item, month), qty in ordered(ctx, since, until, styles).items() if rows else ():
        came[item.style, item.color, month] += qty
    codes = {
        (model, id): code
        for model, ids in (
            (Style, styles),
            (Color, {c for _s, c, _m in came} | {row.color_id for row in rows}),
        )
        for id, code in (
            ctx.session.execute(select(model.id, model.code).where(among(model.id, ids))) if ids else ()
        )
    }
    found = {
        (row.style_id, row.color_id, row.month): Compared(
            row.month, codes[Style, row.style_id], codes[Color, row.color_id], row.qty,
            came.get((row.style_id, row.color_id, row.month), 0), row.id,
        )
        for row in rows
    }  # fmt: skip
    for (style, color, month), qty in came.items():
        if (style, color, month) not in found:
            found[style, color, month] = Compared(month, codes[Style, style], codes[Color, color], 0, qty)
    return sorted(found.values(), key=lambda row: (row.month, row.style, row.color))
