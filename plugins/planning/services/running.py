"""A run of the plan in the background: read, reckon, keep what was found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import islice
from typing import Any

from sqlalchemy import select

from core.api import Ctx, EntityRef, JobProgress, Problem, Refused, T, enqueue_job, follow, get_row
from core.db import TenantRow
from core.values import ZERO
from kit.papers import stamp_created
from plugins.catalog.api import Garment, Key, PlanDemand, PlanSupply, best_price, rounded, supplier_prices
from plugins.engineering.api import Demand as Wanted
from plugins.engineering.api import Owner
from plugins.planning.models import (
    PlanningItem,
    PlanningMessage,
    PlanningPeg,
    PlanningRun,
    PlanningStandIn,
    PlanningSuggestion,
)
from plugins.planning.services import findings, gathering, merging, scope
from plugins.planning.services.findings import Findings
from plugins.planning.services.freshness import mark_of_data
from plugins.planning.services.mrp.terms import BUY, DAY, WEEK
from plugins.planning.services.scale import quantity
from plugins.planning.services.solving import Options, solve
from plugins.planning.services.world import World, read_world
from plugins.planning.words import RUN, SUGGESTION

JOB = "planning.reckon"
CHUNK = 2000
LONGEST = 730
"""Most days that a plan looks ahead."""
Row = dict[str, Any]


def check(ctx: Ctx, row: PlanningRun | None, data: Mapping[str, Any], children: Any) -> list[Problem]:
    """What is wrong with what was asked."""
    if not 0 < (data.get("horizon_days") or 0) <= LONGEST:
        return [Problem(T("Say for how many days, {n} at most.", n=LONGEST), "horizon_days")]
    demands = gathering.demands(ctx) if data.get("scope") == "orders" else ()
    return scope.chosen(ctx, data.get("scope") or "all", data.get("chosen") or "", demands)[1]


def stamp(ctx: Ctx, row: PlanningRun, is_new: bool) -> None:
    """By whom and for which day."""
    if is_new:
        stamp_created(ctx, row)
        row.day = ctx.today()


def begin(ctx: Ctx, row: PlanningRun, is_new: bool) -> None:
    """A run that was just asked for is carried out in the background."""
    if is_new:
        row.job_id = enqueue_job(ctx, JOB, {"run": row.id}).id


def options_of(row: PlanningRun) -> Options:
    """What was chosen."""
    return Options(
        horizon=row.horizon_days, size=WEEK if row.bucket == "week" else DAY, safety=row.with_safety,
        forecasts=row.with_forecasts, on_order=row.with_on_order, drafts=row.with_drafts,
        substitutes=row.with_substitutes,
    )  # fmt: skip


def run(ctx: Ctx, payload: Mapping[str, Any], progress: JobProgress) -> Row:
    """Carry it out; twice is harmless: one that is done is left alone."""
    row = find_run(ctx, int(payload["run"]))
    if row.state != "waiting":
        return {}
    try:
        found, mark, chosen = reckon(ctx, row, progress)
    except Refused as error:
        with progress.write() as inner:
            failed = find_run(inner, row.id)
            failed.problem = str(error)
            follow(inner, failed, "failed", because="plan")
        raise
    with progress.write() as inner:
        keep(inner, row.id, found, mark, chosen)
    return {"href": f"/planning/run/{row.id}", "suggestions": len(found.suggested)}


def reckon(ctx: Ctx, row: PlanningRun, progress: Any = None) -> tuple[Findings, str, set[Any]]:
    """What a run finds, the mark of the data, and the materials that it is about. Refused for what cannot be planned."""
    mark = mark_of_data(ctx)
    world = read_world(ctx)
    chosen, problems = scope.chosen(ctx, row.scope, row.chosen, world.demands)
    if problems:
        raise Refused(problems)
    world = scope.narrowed(world, row.scope, chosen)
    firm = firm_suggestions(ctx)
    add_firm(world, firm)
    materials = chosen if row.scope == "materials" else set()
    found = findings.find(solve(world, options_of(row), progress), materials)
    found.firm = {each.id: len(found.suggested) + n for n, each in enumerate(firm)}
    found.kept = firm
    price(ctx, found)
    return found, mark, materials


def firm_suggestions(ctx: Ctx) -> list[PlanningSuggestion]:
    """Suggestions that a person made firm in the run that holds: a later run plans around them."""
    s, run_ = PlanningSuggestion, PlanningRun
    return list(
        ctx.session.scalars(
            select(s)
            .join(run_, (run_.id == s.run_id) & (run_.tenant_id == s.tenant_id))
            .where(run_.state == "done", s.state == "firm")
            .order_by(s.id)
        )
    )


def add_firm(world: World, firm: Iterable[PlanningSuggestion]) -> None:
    """Firm suggestions come like orders, and want what they are made of."""
    for row in firm:
        source = SUGGESTION.ref(row.id)
        items: dict[Garment | Key, Decimal]
        if row.style_id is not None:
            items = {
                Garment(row.style_id, color, size): Decimal(qty) for color, size, qty in row.pieces or ()
            }
        else:
            items = {Key(row.material_id or 0, row.color_id, row.size or None, row.destination_id): row.qty}
        for item, qty in items.items():
            world.supplies.append(PlanSupply(source, row.number, None, item, qty, row.due))
        if row.kind != BUY:
            _add_needs(world, row, source, items)


def _add_needs(
    world: World, row: PlanningSuggestion, source: EntityRef, items: Mapping[Garment | Key, Decimal]
) -> None:
    wanted = [
        Wanted(Owner("style", item.style), int(qty), item.color, item.size)
        if isinstance(item, Garment)
        else Wanted.for_key(item, qty)
        for item, qty in items.items()
    ]
    for key, amount in world.structure.step(wanted, optional=False).items():
        world.needed.setdefault(source, dict.fromkeys(("main", "trim", "packing"), row.release_on))
        world.demands.append(
            PlanDemand(source, row.number, None, key, rounded(key, amount).required, row.due, (0,), "need")
        )


def price(ctx: Ctx, found: Findings) -> None:
    """Who is asked for what is to be bought, in which currency and at which price. A statement for each supplier."""
    solved = found.solved
    total: dict[tuple[int, str], dict[int, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    mine = []
    for each in found.suggested:
        order = solved.plan.orders[each.orders[0]]
        item = solved.items[order.item]
        if solved.rows[order.item].source != BUY:
            continue
        if isinstance(item, Garment):
            offer = solved.world.offers[item.style]
            each.supplier_id, each.currency = offer.vendor_id, offer.currency
            pieces = quantity(sum(solved.plan.orders[n].qty for n in each.orders))
            row = best_price(offer.prices, pieces, ctx.today())
            each.price = row.price if row is not None else None
            continue
        known = solved.world.materials[item.material]
        if known.supplier_id is not None:
            each.supplier_id, each.currency = known.supplier_id, known.currency
            total[known.supplier_id, known.currency][item.material] += quantity(order.qty) / known.factor
            mine.append((each, item.material))
    listed = {
        (supplier, currency): supplier_prices(ctx, supplier, currency, wanted, ctx.today())
        for (supplier, currency), wanted in total.items()
    }
    for each, material in mine:
        each.price = listed[each.supplier_id or 0, each.currency].get(material)


def keep(ctx: Ctx, run_id: int, found: Findings, mark: str, materials: set[Any]) -> None:
    """Write what was found, in bulk; the run holds from now on, those before it no longer."""
    row = find_run(ctx, run_id)
    if row.state != "waiting":
        return
    for other in ctx.session.scalars(select(PlanningRun).where(PlanningRun.state == "done")).all():
        follow(ctx, other, "superseded", because="supersede")
    told = findings.messages(found, run_id, materials)
    rows = list(findings.suggestions(found, run_id, row.number))
    if row.merge_days:
        merging.merge_rows(rows, row.merge_days, found.solved.world)
    _insert(ctx, PlanningItem, findings.items(found, run_id))
    _insert(ctx, PlanningSuggestion, rows)
    _insert(ctx, PlanningSuggestion, _carried(found, row))
    _insert(ctx, PlanningPeg, findings.pegs(found, run_id))
    _insert(ctx, PlanningStandIn, findings.stand_ins(found, run_id, materials))
    _insert(ctx, PlanningMessage, sorted(told, key=lambda each: each["rank"]))
    row.suggested, row.told, row.mark, row.done_at = len(found.suggested), len(told), mark, ctx.now()
    row.exceptions = sum(1 for each in found.suggested if each.exception)
    row.beyond = found.solved.plan.beyond
    follow(ctx, row, "done", because="complete")


def _carried(found: Findings, run_: PlanningRun) -> Iterator[Row]:
    skipped = ("id", "tenant_id", "version", "run_id", "position", "number", "item_position")
    for n, each in enumerate(found.kept, len(found.suggested)):
        values = {c.name: getattr(each, c.name) for c in each.__table__.columns if c.name not in skipped}
        item: Garment | Key
        if each.style_id is not None and each.pieces:
            item = Garment(each.style_id, each.pieces[0][0], each.pieces[0][1])
        else:
            item = Key(each.material_id or 0, each.color_id, each.size or None, each.destination_id)
        place = found.solved.place(item)
        yield {
            **values, "state": "firm", "run_id": run_.id, "position": n, "number": f"{run_.number}-{n + 1:04}",
            "item_position": place, "merged_into": "",
        }  # fmt: skip


def _insert(ctx: Ctx, model: type[TenantRow], rows: Iterable[Row]) -> None:
    waiting = iter(rows)
    while chunk := list(islice(waiting, CHUNK)):
        ctx.session.insert_many(model, chunk)


def find_run(ctx: Ctx, run_id: int) -> PlanningRun:
    """A run by its id. Raises NotFound."""
    found: PlanningRun = get_row(ctx, ctx.registry.get(RUN), run_id)
    return found


def check_current(row: PlanningRun) -> None:
    """Refused where a run does not hold any more."""
    if row.state != "done":
        raise Refused(T("{number} does not hold any more: a later run took its place.", number=row.number))
