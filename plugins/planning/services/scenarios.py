"""Scenarios that are kept: what is wrong with assumptions, what they mean in plain values, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from core.api import Ctx, Problem, Refused, T, get_row
from core.values import Unreadable
from kit.papers import stamp_created
from plugins.catalog.api import Garment, size_key, sizes_of
from plugins.planning.hookspecs import Rush
from plugins.planning.models import PlanningAssumption, PlanningScenario
from plugins.planning.services import gathering, outlooks
from plugins.planning.services.forecasts import parse_mix
from plugins.planning.services.kits import analysis
from plugins.planning.services.kits.building import Options as KitOptions
from plugins.planning.services.solving import Options
from plugins.planning.services.whatif import (
    CHANGED,
    CLOSED,
    LATE,
    RUSH,
    Assumed,
    Compared,
    assume,
    compare,
    settled,
)
from plugins.planning.services.world import World, read_world

NEEDED = {
    RUSH: ("style", "color", "pieces", "day"),
    LATE: ("document", "days"),
    CLOSED: ("partner", "days"),
    CHANGED: ("document",),
}
"""What each kind of assumption has to say."""


def stamp(ctx: Ctx, row: PlanningScenario, is_new: bool) -> None:
    """By whom."""
    if is_new:
        stamp_created(ctx, row)


def check(ctx: Ctx, row: PlanningScenario | None, data: Mapping[str, Any], children: Any) -> list[Problem]:
    """What assumptions lack, and what in them is not known."""
    problems = []
    given: Sequence[Mapping[str, Any]] = (children or {}).get("assumptions") or ()
    known: set[str] | None = None
    for n, values in enumerate(given):
        kind = values.get("kind")
        for name in NEEDED.get(kind or "", ()):
            if values.get(name) in (None, ""):
                problems.append(Problem(T("This is needed."), f"assumptions-{n}-{name}"))
        if kind == RUSH and values.get("pieces") and values.get("style") is not None:
            problems += _sizes(ctx, values, f"assumptions-{n}-pieces")[1]
        if kind == RUSH and values.get("style") is not None and values.get("color") is not None:
            colors = {own.color_id: own.color.code for own in values["style"].colors}
            if values["color"].id not in colors:
                problems.append(Problem(
                    T("{style} has no colour {color}. It comes in {colors}.", style=values["style"].code,
                      color=values["color"].code, colors=", ".join(colors.values())),
                    f"assumptions-{n}-color",
                ))  # fmt: skip
        if kind in (LATE, CHANGED) and values.get("document"):
            if known is None:
                known = _documents(ctx)
            if values["document"].strip().upper() not in known:
                problems.append(
                    Problem(
                        T("Nothing is on order or wanted under that number."), f"assumptions-{n}-document"
                    )
                )
    return problems


def _documents(ctx: Ctx) -> set[str]:
    found = {each.number.upper() for each in gathering.supplies(ctx) if not each.on_hand}
    return found | {each.number.upper() for each in gathering.demands(ctx) if each.kind == "order"}


def _sizes(ctx: Ctx, values: Mapping[str, Any], place: str) -> tuple[list[tuple[int, int]], list[Problem]]:
    """Pieces by size id."""
    style = values["style"]
    ids = {size_key(size.code): size.id for size in sizes_of(ctx, [style.id]).get(style.id, ())}
    try:
        mix = parse_mix(values["pieces"])
    except Unreadable as wrong:
        return [], [Problem(wrong.message, place)]
    problems = [
        Problem(T("{style} has no size {size}.", style=style.code, size=size), place)
        for size in mix
        if size_key(size) not in ids
    ]
    return [(ids[size_key(size)], qty) for size, qty in mix.items() if size_key(size) in ids], problems


def assumed(ctx: Ctx, row: PlanningScenario) -> list[Assumed]:
    """Its assumptions in plain values."""
    return [_plain(ctx, row, n, each) for n, each in enumerate(row.assumptions)]


def _plain(ctx: Ctx, row: PlanningScenario, n: int, each: PlanningAssumption) -> Assumed:
    pieces: list[tuple[int, int]] = []
    if each.kind == RUSH and each.style is not None:
        pieces = _sizes(ctx, {"style": each.style, "pieces": each.pieces}, "")[0]
    return Assumed(
        each.kind, f"{row.number}/{n + 1}", each.document.strip().upper(), each.partner_id, each.style_id, each.color_id,
        each.destination_id, tuple(pieces), each.day, each.days or 0, each.pct if each.pct is not None else Assumed.pct,
    )  # fmt: skip


def play(ctx: Ctx, given: Iterable[Assumed], horizon: int) -> tuple[Compared, World]:
    """What is otherwise under these assumptions. Reads alone."""
    given = list(given)
    world = read_world(ctx, [each.style for each in given if each.style])
    options = Options(horizon=horizon)
    before, after = settled(world, options), settled(assume(world, given), options)
    found = compare(before, after)
    return replace(found, documents=outlooks.moved(ctx, before, after), kits=_kits(ctx, given)), world


def _kits(ctx: Ctx, given: Iterable[Assumed]) -> list[tuple[str, analysis.Kit]]:
    """What of rush orders can be made from what lies there and nobody needs. One that cannot be counted is left out: the
    plan says what is wrong with it."""
    found = []
    for each in given:
        if each.kind != RUSH or not each.pieces:
            continue
        wanted = {Garment(each.style or 0, each.color or 0, size): qty for size, qty in each.pieces}
        with suppress(Refused):
            kit = analysis.analyse(ctx, analysis.Ask(wanted, True, each.destination), KitOptions(leave=True))
            found.append((each.label, kit))
    return found


def carry_out(ctx: Ctx, row: PlanningScenario, data: Mapping[str, Any]) -> Any:
    """Rush orders become drafts, where a plugin that is on takes orders; the rest is named, to be changed where it stands."""
    rush, problems = [], []
    for n, each in enumerate(row.assumptions, 1):
        if each.kind != RUSH:
            continue
        if each.partner is None or each.destination is None or each.style is None or each.color is None:
            problems.append(Problem(T("Row {n}: say for which customer, and where it goes.", n=n)))
            continue
        sizes = tuple(parse_mix(each.pieces).items())
        assert each.day is not None
        rush.append(
            Rush(
                each.partner_id or 0, each.style.code, each.color.code, each.destination.code, sizes, each.day
            )
        )
    if problems:
        raise Refused(problems)
    made = [ref for answer in ctx.hooks.plan_rush(rush=rush) for ref in answer or ()] if rush else []
    if rush and not made:
        raise Refused(T("Nothing here takes customer orders."))
    documents = [get_row(ctx, ctx.registry.get(ref.entity), ref.id) for ref in made]
    numbers = ", ".join(str(each.number) for each in documents)
    row.outcome = numbers
    rest = len(row.assumptions) - len(rush)
    if documents:
        return documents
    return T("{n} assumptions are to be changed where they stand.", n=rest)
