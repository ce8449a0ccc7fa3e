"""Before an order is promised: what its pieces can be made from, and by when each line can be there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.api import Ctx, EntityName, EntityRef, Panel, Problem, Refused, T, hookimpl
from core.db import among
from plugins.catalog.api import AskedLine, Destination, Garment
from plugins.planning.services import gathering, naming, promises
from plugins.planning.services.kits import analysis
from plugins.planning.services.kits.building import Options
from plugins.planning.shown.pictures import flow_picture
from plugins.planning.shown.shortage_panel import of_maker


@hookimpl(specname="entity_panels")
def of_document(ctx: Ctx, entity: str, row: Any) -> list[Panel]:
    """Kits and promise dates of a document that asks for garments; shortages of one that makes them."""
    if not ctx.can("planning.view"):
        return []
    if found := of_maker(ctx, entity, row):
        return found
    lines = [line for answer in ctx.hooks.asked_pieces(entity=entity, row=row) for line in answer or ()]
    if not lines:
        return []
    ref = EntityRef(EntityName(entity), row.id)
    return [
        Panel(
            T("Kit analysis and promise dates"),
            "planning/order_panel.html",
            lambda: _values(ctx, ref, lines),
            order=20,
            later=True,
        )
    ]


def _values(ctx: Ctx, ref: EntityRef, lines: Sequence[AskedLine]) -> Mapping[str, Any]:
    problems: list[Problem] = []
    kits: list[tuple[str, analysis.Kit]] = []
    try:
        kits = _kits(ctx, ref, lines)
    except Refused as refused:
        problems = list(refused.problems)
    items = {item for line in lines for item in line.pieces}
    found = promises.flows(ctx, {item.style for item in items})
    names = naming.garment_names(ctx, items)
    by_color: dict[str, list[promises.Flow]] = defaultdict(list)
    for item in sorted(items):
        if item in found:
            by_color[f"{names[item].code} {names[item].color}"].append(found[item])
    return {
        "problems": problems,
        "kits": kits,
        "names": naming.key_names(ctx, [row.key for _place, kit in kits for row in kit.rows]),
        "promises": promises.promise_lines(ctx, [(line.line, line.due, line.pieces) for line in lines], ref),
        "pictures": [
            (color, picture) for color, mine in by_color.items() if (picture := flow_picture(ctx, mine))
        ],
    }


def _kits(ctx: Ctx, ref: EntityRef, lines: Sequence[AskedLine]) -> list[tuple[str, analysis.Kit]]:
    """By destination, of what is neither kept nor being made for it."""
    covered: dict[Garment, Decimal] = defaultdict(Decimal)
    for each in gathering.supplies(ctx, None, {item.style for line in lines for item in line.pieces}, ()):
        if each.meant == ref and isinstance(each.item, Garment):
            covered[each.item] += each.qty
    wanted: dict[int | None, dict[Garment, int]] = defaultdict(lambda: defaultdict(int))
    for line in lines:
        for item, qty in line.pieces.items():
            had = min(Decimal(qty), covered[item])
            covered[item] -= had
            if qty > had:
                wanted[line.destination][item] += qty - int(had)
    places = {place for place in wanted if place}
    codes = dict(
        ctx.session.execute(
            select(Destination.id, Destination.code).where(among(Destination.id, places))
        ).all()
    )
    options = Options(own=frozenset({ref}))
    return [
        (codes.get(place or 0, ""), analysis.analyse(ctx, analysis.Ask(dict(mine), True, place), options))
        for place, mine in wanted.items()
    ]
