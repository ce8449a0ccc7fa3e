"""The life of a purchase order: issue, short-close, close, reopen, cancel.

Right, state, version and the vetoes of other plugins have been checked before these run (core's transitions).
"""

from __future__ import annotations

from dataclasses import replace

from core.api import Ctx, NotFound, Refused, T, Text, note_changes
from kit.papers import copy_header
from plugins.purchasing.models import PurchaseLine, PurchaseOrder
from plugins.purchasing.services import articles, checks, dates, lines, positions, snapshot
from plugins.purchasing.services.positions import NOTHING


def issue(ctx: Ctx, order: PurchaseOrder) -> None:
    """Send the order out: every guard, then limits and snapshot are fixed. Refused with all reasons."""
    found = lines.purchase_lines(ctx, order.id)
    problems = checks.for_issue(ctx, order, found)
    if problems:
        raise Refused(problems)
    for line in found:
        lines.limit(ctx, order, line)
    order.issue_date = order.issue_date or ctx.today()
    snapshot.keep_snapshot(ctx, order, found)
    if order.required_date is None and any(
        dates.eta(line, order) is None and line.availability != "never" for line in found
    ):
        ctx.warn(
            T("{number} says no day by which it is required: nothing will call it late.", number=order.number)
        )


def copy(ctx: Ctx, order: PurchaseOrder) -> PurchaseOrder:
    """A draft of the same supplier, terms and lines, for stock and without days; prices are those of the price list today,
    where it has none those of ``order``. Denied without the right to create one; Refused with what cannot be bought now."""
    new: PurchaseOrder = copy_header(ctx, order, changes={"made_for": "", "required_date": None})
    found = [
        replace(given, id=0, price=None, required_date=None, availability="unknown", allocations={})
        for given in lines.as_inputs(ctx, order.id)
    ]
    articles.fill_prices(ctx, new, found)
    for given, line in zip(found, lines.purchase_lines(ctx, order.id), strict=True):
        given.price = line.price if given.price is None else given.price
    lines.save(ctx, new, found)
    note_changes(ctx, new, ("copied_from", None, order.number))
    return new


def line_at(ctx: Ctx, order: PurchaseOrder, position: int) -> PurchaseLine:
    """The line with this number; NotFound otherwise."""
    for line in lines.purchase_lines(ctx, order.id):
        if line.position == position:
            return line
    raise NotFound(T("{number} has no line {line}.", number=order.number, line=position))


def short_close(ctx: Ctx, order: PurchaseOrder, reason: str, line: PurchaseLine | None = None) -> Text:
    """What has not come will not come: the balance of a line, or of every open line, becomes zero. Prices stay."""
    if not reason.strip():
        raise Refused(T("Say why."), "reason")
    found = [line] if line is not None else lines.purchase_lines(ctx, order.id)
    came = positions.of_lines(ctx, [each.id for each in found])
    still = [each for each in found if positions.balance(each, came.get(each.id, NOTHING))]
    if not still:
        raise Refused(T("Nothing is open."), "line" if line is not None else "")
    for each in still:
        each.short_closed, each.short_reason = True, reason.strip()[:400]
        left = max(each.qty - came.get(each.id, NOTHING).taken, each.qty * 0)
        note_changes(ctx, order, (f"{each.position} {lines.label(each)}: balance", left, 0))
    return T("{n} lines were short-closed.", n=len(still))


def reopen_line(ctx: Ctx, order: PurchaseOrder, line: PurchaseLine) -> None:
    """A short-closed line is expected after all."""
    if not line.short_closed:
        raise Refused(T("Line {line} is not short-closed.", line=line.position), "line")
    line.short_closed = False
    note_changes(ctx, order, (f"{line.position} {lines.label(line)}: short-closed", line.short_reason, ""))


def close(ctx: Ctx, order: PurchaseOrder) -> None:
    """Nothing more happens to it. Refused while anything is open or waits for inspection; where nobody receives, only
    people know what came."""
    found = lines.purchase_lines(ctx, order.id)
    left = checks.open_lines(found, positions.of_lines(ctx, [each.id for each in found]))
    if left and positions.receiving_exists(ctx):
        raise Refused(
            T(
                "Still open: {lines}. Short-close what will not come.",
                lines=", ".join(f"{each.position} {lines.label(each)}" for each in left[:10]),
            )
        )


def cancel(ctx: Ctx, order: PurchaseOrder) -> None:
    """Not bought after all. The number stays."""
    problems = checks.for_cancel(ctx, order)
    if problems:
        raise Refused(problems)
