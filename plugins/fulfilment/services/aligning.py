"""Bringing a purchase order in line with the customer orders it buys for: a draft changes, an issued one is revised.

Only where a person asks for it, and never below what was accepted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from core.api import Ctx, Refused, T, Text
from core.db import keyed_rows
from core.values import ZERO
from plugins.catalog.api import Color, Destination, Style, size_codes
from plugins.fulfilment.services import allotting, differences, keeping
from plugins.fulfilment.services.sides import INFORMS, LIVE, Difference
from plugins.orders.api import lock_orders
from plugins.purchasing.api import (
    GOODS,
    NOTHING,
    LineInput,
    PurchaseLine,
    PurchaseOrder,
    lines,
    positions,
    revise_order,
    short_close,
)


def changes(ctx: Ctx, po: PurchaseOrder) -> list[Difference]:
    """What would be put right."""
    if po.material_class != GOODS or po.state not in LIVE:
        return []
    return [each for each in differences.of_purchase(ctx, po.id) if each.kind not in INFORMS]


def align(ctx: Ctx, po: PurchaseOrder, reason: str) -> Text:
    """Release what the orders do not want, or will not get; order less of it, and more where they want more.

    Lines that nothing is left of go from a draft, and are short-closed on an order that was issued, with ``reason``; those of
    a draft that the vendor never has stay as they are, so that it is not asked again. What the orders added comes behind.
    Refused where nothing differs.
    """
    lock_orders(ctx, {each.at.order_id for each in changes(ctx, po)})
    found = changes(ctx, po)
    if not found:
        raise Refused(T("{number} agrees with its orders.", number=po.number))
    more = [d for d in found if d.kind == "grown"]
    added = [d for d in found if d.kind == "added"]
    less = [d for d in found if d.kind not in ("grown", "added")]
    by = _wanted_more(ctx, po, added)
    keeping.change(ctx, _by_allocation(less, -1))
    for each in less:
        if each.kind != "short" and (each.kind, po.state) != ("never", "draft"):  # these keep what was said
            by[each.at.line_id] -= each.qty
    for each in more:
        by[each.at.line_id] += each.qty
    new = [d for d in added if not d.at.line_id]
    made = _order(ctx, po, by, _new_lines(ctx, new), reason) if new or any(by.values()) else []
    keeping.change(ctx, _by_allocation(more, 1))
    places = [(d, d.at.line_id) for d in added if d.at.line_id] + list(zip(new, made, strict=True))
    keeping.add(ctx, {(d.at.order_line_id, d.at.size_id, line_id): d.qty for d, line_id in places})
    return T("{number}: {n} differences were put right.", number=po.number, n=len(found))


def _wanted_more(ctx: Ctx, po: PurchaseOrder, added: Sequence[Difference]) -> dict[int, Decimal]:
    """How much more lines must order for what was added, by id: what is free of them is taken first."""
    total: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for each in added:
        if each.at.line_id:
            total[each.at.line_id] += each.qty
    free = allotting.free(ctx, po) if total else {}
    for line_id in total:
        total[line_id] = max(ZERO, total[line_id] - free.get(line_id, 0))
    return total


def _new_lines(ctx: Ctx, added: Sequence[Difference]) -> list[LineInput]:
    sizes = size_codes(ctx, {d.at.size_id for d in added})
    styles = keyed_rows(ctx.session, Style, {d.at.style_id for d in added})
    colors = keyed_rows(ctx.session, Color, {d.at.color_id for d in added})
    places = keyed_rows(ctx.session, Destination, {d.at.place for d in added})
    return [
        LineInput(
            None, Decimal(d.qty), colors[d.at.color_id], sizes[d.at.size_id], places[d.at.place], price=d.price,
            required_date=d.at.ship_date, style=styles[d.at.style_id],
        )
        for d in added
    ]  # fmt: skip


def _by_allocation(found: Sequence[Difference], sign: int) -> dict[int, int]:
    by: dict[int, int] = defaultdict(int)
    for each in found:
        by[each.at.id] += sign * each.qty
    return by


def _order(
    ctx: Ctx, po: PurchaseOrder, by: dict[int, Decimal], new: Sequence[LineInput], reason: str
) -> list[int]:
    """Order so much more or less of these lines, and new ones behind them; the ids of these."""
    held = lines.purchase_lines(ctx, po.id)
    came = positions.of_lines(ctx, [line.id for line in held])
    wanted: list[LineInput] = []
    gone: list[PurchaseLine] = []
    for line, given in zip(held, lines.as_inputs(ctx, po.id), strict=True):
        least = came.get(line.id, NOTHING).taken
        qty = max(line.qty + by.get(line.id, ZERO), least)
        if qty > 0:
            wanted.append(replace(given, qty=qty))
        else:
            gone.append(line)
            wanted += [given] if po.state == "issued" else []
    if po.state == "draft":
        lines.save(ctx, po, [*wanted, *new])
    else:
        _revise(ctx, po, held, wanted, new, reason)
    for line in gone if po.state == "issued" else ():
        ctx.require("purchasing.order.short_close")
        if positions.balance(line, came.get(line.id, NOTHING)):
            short_close(ctx, po, reason, line)
    known = {line.id for line in held}
    return [line.id for line in lines.purchase_lines(ctx, po.id) if line.id not in known]


def _revise(
    ctx: Ctx,
    po: PurchaseOrder,
    held: Sequence[PurchaseLine],
    wanted: Sequence[LineInput],
    new: Sequence[LineInput],
    reason: str,
) -> None:
    ctx.require("purchasing.order.revise")
    quantities = {line.id: line.qty for line in held}
    if new or any(given.qty != quantities[given.id] for given in wanted):
        revise_order(ctx, po, [*wanted, *new], reason)
