"""合併投放: suggestions become drafts of purchase orders and factory orders, those that are wanted no more are refused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.api import Ctx, EntityRef, Problem, Refused, T, Text, enter_state, get_row
from core.db import among
from plugins.catalog.api import Garment, Key, PlanItem
from plugins.planning.hookspecs import Released
from plugins.planning.models import PlanningPeg, PlanningRun, PlanningSuggestion
from plugins.planning.services import gathering
from plugins.planning.services.running import check_current

ALWAYS = ("safety", "forecast", "substitute")
"""Uses that no document can take back."""


def release(ctx: Ctx, chosen: Sequence[PlanningSuggestion], data: Mapping[str, Any]) -> list[Any] | Text:
    """Draft documents of these suggestions, as few as possible. All of them or none.

    Raises Refused where a run does not hold any more, where nobody wants a suggestion any more, and where it has no supplier.
    What no plugin that is on makes documents of (material that is made, until something does) is kept firm, and named.
    """
    runs = {row.run_id for row in chosen}
    for run in ctx.session.scalars(select(PlanningRun).where(among(PlanningRun.id, runs))):
        check_current(run)
    positions = {row.id: _positions(row, parts) for row, parts in _with_parts(ctx, chosen)}
    problems = gone(ctx, chosen, positions)
    problems += [
        Problem(T("{number}: say who supplies it.", number=row.number))
        for row in chosen
        if row.kind == "buy" and row.supplier_id is None
    ]
    if problems:
        raise Refused(problems)
    serves = _serves(ctx, chosen[0].run_id, positions)
    released = [
        Released(
            row.number, row.kind, _pieces(row), max(row.due, ctx.today()), row.supplier_id, row.price, row.currency,
            serves.get(row.id, ()),
        )
        for row in chosen
    ]  # fmt: skip
    made: dict[str, EntityRef] = {}
    for answer in ctx.hooks.plan_release(released=released):
        made |= answer or {}
    documents: dict[EntityRef, Any] = {}
    for row in chosen:
        if row.number not in made:
            continue
        ref = made[row.number]
        entity = ctx.registry.get(ref.entity)
        if ref not in documents:
            documents[ref] = get_row(ctx, entity, ref.id)
        row.made_entity, row.made_id = ref.entity, ref.id
        row.made_number = str(getattr(documents[ref], entity.key))
        enter_state(ctx, row, "released")
    kept = [row for row in chosen if row.number not in made]
    return _kept_firm(ctx, kept, documents.values()) if kept else list(documents.values())


def _kept_firm(ctx: Ctx, kept: Sequence[PlanningSuggestion], documents: Iterable[Any]) -> Text:
    """What nobody makes a document of stays, firm: later plans count on it and want what it is made of."""
    numbers = ", ".join(row.number for row in kept)
    made = ", ".join(str(getattr(row, ctx.registry.entity_for(row).key)) for row in documents)
    if not made and all(row.state == "firm" for row in kept):
        raise Refused(
            T(
                "{numbers}: nothing here makes a document of what is made in the house or by others yet; firm, it stays "
                "in the plan, and what it takes is planned.",
                numbers=numbers,
            )
        )
    for row in kept:
        enter_state(ctx, row, "firm")
    said = T(
        "{numbers} stay firm: nothing here makes a document of what is made in the house or by others yet.",
        numbers=numbers,
    )
    return T("Made: {made}. {said}", made=made, said=said) if made else said


def _with_parts(
    ctx: Ctx, chosen: Sequence[PlanningSuggestion]
) -> list[tuple[PlanningSuggestion, list[PlanningSuggestion]]]:
    s = PlanningSuggestion
    found: dict[str, list[PlanningSuggestion]] = defaultdict(list)
    rows = ctx.session.scalars(
        select(s).where(s.run_id == chosen[0].run_id, s.merged_into.in_([row.number for row in chosen]))
    )
    for part in rows:
        found[part.merged_into].append(part)
    return [(row, found.get(row.number, [])) for row in chosen]


def _positions(row: PlanningSuggestion, parts: Sequence[PlanningSuggestion]) -> set[int]:
    return {part.position for part in parts} or {row.position}


def pegs_of(ctx: Ctx, run_id: int, positions: Iterable[int]) -> list[PlanningPeg]:
    """Whom suggestions serve directly, the earliest need first."""
    p = PlanningPeg
    return list(
        ctx.session.scalars(
            select(p).where(p.run_id == run_id, among(p.suggestion, positions)).order_by(p.to_day, p.id)
        )
    )


def gone(ctx: Ctx, chosen: Sequence[PlanningSuggestion], positions: Mapping[int, set[int]]) -> list[Problem]:
    """Suggestions that no document wants any more, looked for up to the orders behind them."""
    run_id = chosen[0].run_id
    alive = {each.source for each in gathering.demands(ctx)}
    known: dict[int, list[PlanningPeg]] = {}
    ahead = {p for found in positions.values() for p in found}
    while ahead:
        for place in ahead:
            known[place] = []
        for peg in pegs_of(ctx, run_id, ahead):
            known[peg.suggestion or 0].append(peg)
        ahead = {
            peg.parent
            for place in ahead
            for peg in known[place]
            if peg.parent is not None and peg.parent not in known
        }

    def wanted(place: int) -> bool:
        return any(
            peg.use in ALWAYS
            or (peg.parent is not None and wanted(peg.parent))
            or (peg.to_id is not None and EntityRef(peg.to_entity, peg.to_id) in alive)
            for peg in known.get(place, ())
        )

    return [
        Problem(T("{number}: nobody wants it any more. Plan again.", number=row.number))
        for row in chosen
        if not any(wanted(place) for place in positions[row.id])
    ]


def _serves(
    ctx: Ctx, run_id: int, positions: Mapping[int, set[int]]
) -> dict[int, list[tuple[EntityRef, Decimal]]]:
    """Documents that each suggestion serves, the earliest need first."""
    owner = {place: id for id, found in positions.items() for place in found}
    total: dict[int, dict[EntityRef, Decimal]] = defaultdict(dict)
    for peg in pegs_of(ctx, run_id, owner):
        if peg.use in ("need", "order") and peg.to_id is not None:
            mine, ref = total[owner[peg.suggestion or 0]], EntityRef(peg.to_entity, peg.to_id)
            mine[ref] = mine.get(ref, Decimal(0)) + peg.qty
    return {id: list(found.items()) for id, found in total.items()}


def _pieces(row: PlanningSuggestion) -> dict[PlanItem, Decimal]:
    if row.style_id is not None:
        return {Garment(row.style_id, color, size): Decimal(qty) for color, size, qty in row.pieces or ()}
    return {Key(row.material_id or 0, row.color_id, row.size or None, row.destination_id): row.qty}
