"""Material need of factory orders: kept as it was at issue, compared with what it would be today."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.api import Change, Ctx, Refused, T, among, crud
from plugins.catalog.models import Style
from plugins.catalog.services import Key, Need
from plugins.outsourcing.models import FactoryOrder, FactoryOrderLine
from plugins.warehouse import explosion, groups
from plugins.warehouse.models import NeedLine, NeedSnapshot

ENTITY = "outsourcing.order"
LIVE = ("issued", "in_production", "completed", "closed")
DROPPED = ("withdraw",)
MOVING = ("issue", "revise", "short_close", "decide_line")
"""Actions that give a factory order other pieces."""


def compute(ctx: Ctx, order_id: int) -> list[Need]:
    """What a factory order needs as its pieces and the consumption stand now, cartons included, ordered by group.

    Pieces that were released (short-closed) need nothing. Raises Refused where consumption cannot be read: a colour
    map with a gap, a unit that does not convert.
    """
    found = explosion.cells(ctx, [order_id])[order_id]
    return explosion.of_pieces(ctx, found, Decimal(str(ctx.setting("warehouse.overcut_pct", 0))))


def snapshot_of(ctx: Ctx, order_id: int) -> NeedSnapshot | None:
    """What was kept of a factory order's need, or None for a draft."""
    return ctx.session.scalars(
        select(NeedSnapshot)
        .where(NeedSnapshot.order_id == order_id)
        .options(selectinload(NeedSnapshot.lines))
    ).one_or_none()


def keep(ctx: Ctx, order_id: int) -> NeedSnapshot:
    """Keep the need as it is now, in place of what was kept. A need that cannot be computed is kept as the reason."""
    row = snapshot_of(ctx, order_id)
    if row is None:
        row = NeedSnapshot(order_id=order_id, at=ctx.now(), bom_versions={}, problem="")
        ctx.session.add(row)
    problem, needs = "", []
    try:
        needs = compute(ctx, order_id)
    except Refused as refused:
        problem = str(refused)
    sizes = groups.size_ids(ctx, {n.key.size for n in needs if n.key.size})
    row.at, row.problem = ctx.now(), problem
    row.bom_versions = {
        str(style): version
        for style, version in ctx.session.execute(
            select(Style.id, Style.bom_version)
            .join(
                FactoryOrderLine,
                (FactoryOrderLine.style_id == Style.id) & (FactoryOrderLine.tenant_id == Style.tenant_id),
            )
            .where(FactoryOrderLine.order_id == order_id)
            .distinct()
        )
    }
    row.lines = [
        NeedLine(
            position=i, material_id=n.key.material, color_id=n.key.color, destination_id=n.key.destination,
            size_id=sizes[n.key.size] if n.key.size else None, net=n.net, gross=n.gross, required=n.required,
            stage=n.stage,
        )
        for i, n in enumerate(needs)
    ]  # fmt: skip
    crud.flush(ctx.session)
    return row


def drop(ctx: Ctx, order_id: int) -> None:
    """A factory order went back to draft: its need is computed afresh from now on."""
    row = snapshot_of(ctx, order_id)
    if row is not None:
        ctx.session.delete(row)
        crud.flush(ctx.session)


def of_orders(ctx: Ctx, order_ids: Iterable[int]) -> dict[int, list[Need]]:
    """Need of several factory orders: as kept, else (drafts) as computed now. A fixed number of queries, once a page.

    A draft whose consumption has a gap needs nothing yet.
    """
    return ctx.each_once("warehouse.need", order_ids, lambda ids: _of(ctx, ids))


def _of(ctx: Ctx, wanted: Sequence[int]) -> dict[int, list[Need]]:
    found: dict[int, list[Need]] = {order_id: [] for order_id in wanted}
    kept, line = set(), NeedLine
    rows = ctx.session.execute(
        select(NeedSnapshot.order_id, line.material_id, line.color_id, line.size_id, line.destination_id, line.net,
               line.gross, line.required, line.stage)
        .outerjoin(line, (line.snapshot_id == NeedSnapshot.id) & (line.tenant_id == NeedSnapshot.tenant_id))
        .where(among(NeedSnapshot.order_id, wanted))
        .order_by(NeedSnapshot.order_id, line.position)
    ).all()  # fmt: skip
    codes = groups.size_codes(ctx, {row[3] for row in rows if row[3]})
    for order_id, material, color, size, place, net, gross, required, stage in rows:
        kept.add(order_id)
        if material is not None:
            key = Key(material, color, codes.get(size or 0), place)
            found[order_id].append(Need(key, net, gross, required, stage))
    return found | _now(ctx, [order_id for order_id in wanted if order_id not in kept])


def problems(ctx: Ctx, order_ids: Iterable[int]) -> dict[int, str]:
    """Why the need of these factory orders could not be computed when it was last kept; one query."""
    rows = ctx.session.execute(
        select(NeedSnapshot.order_id, NeedSnapshot.problem).where(
            among(NeedSnapshot.order_id, order_ids), NeedSnapshot.problem != ""
        )
    )
    return dict(rows.all())


def _now(ctx: Ctx, order_ids: Sequence[int]) -> dict[int, list[Need]]:
    """Drafts, with what they follow from read once for all. One that cannot be computed needs nothing yet."""
    if not order_ids:
        return {}
    cells = explosion.cells(ctx, order_ids)
    overcut = Decimal(str(ctx.setting("warehouse.overcut_pct", 0)))
    try:
        known = explosion.basis(ctx, [cell for found in cells.values() for cell in found])
    except Refused:  # a unit of one style does not convert: that must not hide the others
        known = None
    result = {}
    for order_id, found in cells.items():
        try:
            result[order_id] = explosion.of_pieces(ctx, found, overcut, known)
        except Refused:
            result[order_id] = []
    return result


def difference(ctx: Ctx, order_id: int) -> list[tuple[Key, Decimal, Decimal]]:
    """(group, kept, now) where the need would be another today: consumption changed after issue. [] for a draft."""
    row = snapshot_of(ctx, order_id)
    if row is None:
        return []
    kept = {n.key: n.required for n in of_orders(ctx, [order_id])[order_id]}
    now = {n.key: n.required for n in compute(ctx, order_id)}
    zero = Decimal(0)
    return [
        (key, kept.get(key, zero), now.get(key, zero))
        for key in {**kept, **now}
        if kept.get(key, zero) != now.get(key, zero)
    ]


def stale(ctx: Ctx, order_id: int) -> bool:
    """Has consumption of a style on this factory order changed since its need was kept? Two queries."""
    versions = ctx.session.scalar(select(NeedSnapshot.bom_versions).where(NeedSnapshot.order_id == order_id))
    if versions is None:
        return False
    now = ctx.session.execute(
        select(Style.id, Style.bom_version).where(among(Style.id, [int(s) for s in versions]))
    )
    return any(versions[str(style)] != version for style, version in now)


def update_action(ctx: Ctx, order: FactoryOrder, data: Any) -> Any:
    """Take the need as consumption stands today; the difference goes into the audit trail with the reason."""
    from core.api import note_changes

    changed = difference(ctx, order.id)
    problems = snapshot_of(ctx, order.id)
    if not changed and not (problems is not None and problems.problem):
        raise Refused(T("The need is what it was."))
    labels = groups.names(ctx, [key for key, _a, _b in changed])
    changes: list[Change] = [(str(labels[key]), before, after) for key, before, after in changed]
    note_changes(ctx, order, *changes)
    keep(ctx, order.id)
    return T("The need was updated: {n} groups differ.", n=len(changed))


def follow(ctx: Ctx, order: Any, action: str) -> None:
    """After an action on a factory order: keep its need at issue and where its pieces became others, drop it on withdrawal.

    Opened again it has other pieces only where it was completed: what was short-closed is wanted again. Otherwise its need
    stays as it was, also when consumption has changed since: that is taken over by its own action.
    """
    if action in DROPPED:
        drop(ctx, order.id)
        return
    moved = action in MOVING or (action == "reopen" and order.state == "in_production")
    if moved and order.state in LIVE:
        keep(ctx, order.id)


def required(ctx: Ctx, order_ids: Sequence[int]) -> dict[tuple[int, Key], Decimal]:
    """Required stock units by (factory order, group)."""
    return {(o, n.key): n.required for o, needs in of_orders(ctx, order_ids).items() for n in needs}
