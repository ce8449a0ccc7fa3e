"""What is otherwise than in the run before, item by item, and why: what is wanted, and what is there for it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from core.api import Ctx
from core.db import among
from core.values import ZERO
from plugins.catalog.api import Color, Material, Style
from plugins.planning.models import PlanningItem, PlanningPeg, PlanningRun, PlanningSuggestion

Item = tuple[Any, ...]
MOST = 40
OPTIONS = (
    "horizon_days", "bucket", "merge_days", "with_safety", "with_forecasts", "with_on_order", "with_drafts", "with_substitutes",
)  # fmt: skip
"""What a run is asked with beside its scope, which the run before shares."""


@dataclass
class Difference:
    """An item of which another quantity is suggested, or another first day. ``why``: document → how much more it wants
    (``wanted``), or more is there from it."""

    name: str
    uom: str
    item_position: int
    before: Decimal
    now: Decimal
    first_before: date | None
    first_now: date | None
    wanted: dict[str, Decimal] = field(default_factory=dict)
    there: dict[str, Decimal] = field(default_factory=dict)


@dataclass
class Compared:
    """The run before, which options were others then, and the differences, largest first; ``more`` were left out."""

    before: PlanningRun
    asked: list[str]
    rows: list[Difference]
    more: int = 0


def since_last(ctx: Ctx, run: PlanningRun) -> Compared | None:
    """What changed since the run before this one; None where there is none to compare with. A fixed number of statements."""
    r = PlanningRun
    if run.state not in ("done", "superseded"):
        return None
    before = ctx.session.scalars(
        select(r)
        .where(r.id < run.id, r.state == "superseded", r.scope == run.scope, r.chosen == run.chosen)
        .order_by(r.id.desc())
        .limit(1)
    ).one_or_none()
    if before is None:
        return None
    old, new = _suggested(ctx, before.id), _suggested(ctx, run.id)
    changed = [
        key
        for key in {**old, **new}
        if key not in old or key not in new or _differs((before, *old[key]), (run, *new[key]))
    ]
    changed.sort(key=lambda key: -abs(new.get(key, (ZERO, None))[0] - old.get(key, (ZERO, None))[0]))
    kept = changed[:MOST]
    places = {id: _places(ctx, id, kept) for id in (before.id, run.id)}
    names = _names(ctx, kept)
    flows = {id: _flows(ctx, id, set(places[id].values())) for id in (before.id, run.id)}
    rows = []
    for key in kept:
        was, is_ = old.get(key, (ZERO, None)), new.get(key, (ZERO, None))
        found = Difference(*names[key], places[run.id].get(key, -1), was[0], is_[0], was[1], is_[1])
        a = flows[before.id].get(places[before.id].get(key, -1), {})
        b = flows[run.id].get(places[run.id].get(key, -1), {})
        for which, number in {**a, **b}:
            change = b.get((which, number), ZERO) - a.get((which, number), ZERO)
            if change:
                (found.wanted if which == "to" else found.there)[number] = change
        rows.append(found)
    asked = [name for name in OPTIONS if getattr(before, name) != getattr(run, name)]
    return Compared(before, asked, rows, len(changed) - len(kept))


Told = tuple[PlanningRun, Decimal, date | None]


def _differs(was: Told, now: Told) -> bool:
    """Another quantity, or another first day. What was wanted at once in both is, though today is another day."""

    def first(run: PlanningRun, day: date | None) -> date | None:
        return None if day is None or run.day is None or day <= run.day else day

    return was[1] != now[1] or first(was[0], was[2]) != first(now[0], now[2])


def _suggested(ctx: Ctx, run_id: int) -> dict[Item, tuple[Decimal, date | None]]:
    s = PlanningSuggestion
    keys = (s.material_id, s.style_id, s.color_id, s.size, s.destination_id)
    rows = ctx.session.execute(
        select(*keys, func.sum(s.qty), func.min(s.due))
        .where(s.run_id == run_id, s.merged_into == "")
        .group_by(*keys)
    )
    return {tuple(row[:5]): (row[5], row[6]) for row in rows}


def _places(ctx: Ctx, run_id: int, keys: list[Item]) -> dict[Item, int]:
    """Where the items of suggestions stand in a run: those of a style are one."""
    i = PlanningItem
    materials, styles = {key[0] for key in keys if key[0]}, {key[1] for key in keys if key[1]}
    rows = ctx.session.execute(
        select(i.material_id, i.style_id, i.color_id, i.size, i.destination_id, i.position).where(
            i.run_id == run_id, among(i.material_id, materials) | among(i.style_id, styles)
        )
    )
    found: dict[Item, int] = {}
    for material, style, color, size, place, position in rows:
        key = (None, style, None, "", None) if style else (material, None, color, size, place)
        found.setdefault(key, position)
    return found


def _flows(ctx: Ctx, run_id: int, positions: set[int]) -> dict[int, dict[tuple[str, str], Decimal]]:
    p = PlanningPeg
    found: dict[int, dict[tuple[str, str], Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    for which, number in (("to", p.to_number), ("from", p.from_number)):
        rows = ctx.session.execute(
            select(p.item_position, number, func.sum(p.qty))
            .where(p.run_id == run_id, among(p.item_position, positions), number != "")
            .group_by(p.item_position, number)
        )
        for position, called, qty in rows:
            found[position][which, called] += qty
    return found


def _names(ctx: Ctx, keys: list[Item]) -> dict[Item, tuple[str, str]]:
    """How items are called, and their units."""
    codes: list[dict[int, str]] = []
    models: tuple[Any, ...] = (Material, Style, Color)
    for at, model in enumerate(models):
        ids = {key[at] for key in keys if key[at]}
        codes.append(
            dict(ctx.session.execute(select(model.id, model.code).where(among(model.id, ids))).tuples().all())
        )
    materials = {key[0] for key in keys if key[0]}
    units = dict(
        ctx.session.execute(select(Material.id, Material.stock_uom).where(among(Material.id, materials)))
        .tuples()
        .all()
    )
    return {
        key: (
            " ".join(
                part
                for part in (*(named.get(id, "") for named, id in zip(codes, key, strict=False)), key[3])
                if part
            ),
            units.get(key[0], "pcs"),
        )
        for key in keys
    }
