"""What pages and lists show of purchase orders, as exact values. Queries do not grow with lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core.api import Ctx, EntityRef, T, pick
from core.db import among
from core.money import currency_decimals, percent_of, round_half_up
from core.values import ZERO, decimal_text
from kit.papers import revision_figures
from kit.progress import Part, fulfil_rates
from plugins.purchasing.models import PurchaseLine, PurchaseOrder, PurchaseRevision
from plugins.purchasing.services import checks, dates, lines, positions, purposes
from plugins.purchasing.services.positions import NOTHING

if TYPE_CHECKING:
    from plugins.purchasing.hookspecs import Purpose

AMOUNTS = ("price", "amount", "zero_reason", "subtotal", "tax", "total", "value", "gap")
"""Names of figures that tell what the supplier is paid."""


def order_figures(ctx: Ctx, order: PurchaseOrder) -> dict[str, Any]:
    """Everything an order's page shows beyond its fields: lines with their position, totals, revisions."""
    found = lines.purchase_lines(ctx, order.id)
    came = positions.of_lines(ctx, [line.id for line in found])
    marks = checks.warnings(ctx, order, found) if order.state in ("draft", "issued") else {}
    trail = trails(ctx, [line.id for line in found])
    served = purposes.of_lines(ctx, [line.id for line in found])
    subtotal = sum((line.amount for line in found), ZERO)
    tax = round_half_up(subtotal * order.tax_pct / 100, currency_decimals(ctx, order.currency))
    rows = [
        _line(
            ctx,
            order,
            line,
            came.get(line.id, NOTHING),
            marks.get(line.id, []),
            trail[line.id],
            served[line.id],
        )
        for line in found
    ]
    overdue = [row for row in rows if row["overdue"]]
    return {
        "progress": positions.progress(order.state, found, came),
        "lines": rows,
        "subtotal": subtotal,
        "tax": tax,
        "total": subtotal + tax,
        "eta": next_due(ctx, order, found, came),
        "overdue": len(overdue),
        "overdue_days": max((row["overdue"] for row in overdue), default=0),
        "sums": sums(found, came),
        "received_pct": share(found, came),
        "fulfilled": fulfilled(found, came),
        "revisions": revision_figures(ctx, PurchaseRevision, order),
    }


def _line(
    ctx: Ctx, order: PurchaseOrder, line: PurchaseLine, came: positions.Position, marks: Sequence[Any],
    trail: Sequence[Mapping[str, Any]], served: Sequence[Purpose],
) -> dict[str, Any]:  # fmt: skip
    left = positions.balance(line, came) if order.state in ("draft", "issued") else ZERO
    due = dates.eta(line, order)
    return {
        "id": line.id, "position": line.position, "label": lines.label(line), "material": line.article.code,
        "material_name": pick(line.article.names, line.article.name), "color": line.color.code if line.color else "",
        "color_name": pick(line.color.names, line.color.name) if line.color else "",
        "size": line.size.code if line.size else "", "destination": line.destination.code if line.destination else "",
        "qty": line.qty, "uom": line.uom, "stock_qty": line.stock_qty, "stock_uom": line.stock_uom, "factor": line.factor,
        "price": line.price, "amount": line.amount, "zero_reason": line.zero_reason,
        "received": came.received, "accepted": came.accepted, "rejected": came.rejected, "pending": came.pending,
        "returned": came.returned, "credited": came.credited, "stock_kept": came.stock_kept,
        "balance": left, "over": positions.over(line, came), "max": line.max_qty,
        "complete": bool(came.received) and positions.complete(line, came), "short_closed": line.short_closed,
        "short_reason": line.short_reason, "tolerance_pct": line.tolerance_pct, "note": line.note,
        "required_date": line.required_date or order.required_date, "availability": line.availability, "eta": due,
        "overdue": dates.overdue_days(ctx, due) if left and order.state == "issued" else 0,
        "styles": sorted(s.style.code for s in line.styles),
        "allocations": [
            {"id": p.ref.id, "number": p.number, "dead": p.dead, "qty": p.qty, "href": href(p.ref)} for p in served
        ],
        "warnings": [str(m) for m in marks],
        "trail": list(trail),
    }  # fmt: skip


def href(ref: EntityRef) -> str:
    """The address of a document."""
    return f"/{ref.entity.replace('.', '/')}/{ref.id}"


def trails(ctx: Ctx, line_ids: Sequence[int]) -> dict[int, list[Mapping[str, Any]]]:
    """The documents that make up each line's numbers, oldest first, as whoever receives tells them."""
    found: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for answer in ctx.hooks.line_trails(line_ids=line_ids) if line_ids else ():
        for line_id, trail in answer.items():
            found[line_id] += trail
    return found


def sums(found: Iterable[PurchaseLine], came: Mapping[int, positions.Position]) -> list[dict[str, Any]]:
    """Ordered, received, accepted and balance by unit: units never mix."""
    totals: dict[str, dict[str, Decimal]] = {}
    for line in found:
        here = came.get(line.id, NOTHING)
        unit = totals.setdefault(
            line.uom, dict.fromkeys(("ordered", "received", "accepted", "balance"), ZERO)
        )
        unit["ordered"] += line.qty
        unit["received"] += here.received
        unit["accepted"] += here.accepted
        unit["balance"] += positions.balance(line, here)
    return [{"uom": uom, **values} for uom, values in totals.items()]


def share(found: Iterable[PurchaseLine], came: Mapping[int, positions.Position]) -> Decimal | None:
    """How much of the order is there, by value, each line at most wholly: a surplus hides no other line."""
    whole = part = ZERO
    for line in found:
        worth = line.amount if line.amount else ZERO
        whole += worth
        if line.qty:
            part += worth * min(came.get(line.id, NOTHING).accepted, line.qty) / line.qty
    return percent_of(part, whole)


def fulfilled(found: Sequence[PurchaseLine], came: Mapping[int, positions.Position]) -> dict[str, Any]:
    """交貨達成率, each line at most wholly: ``qty`` and ``value`` in percent, ``gap`` = qty − value (above zero the dear
    lines are late); ``complete`` of ``lines``. No ``qty`` and no ``gap`` where lines have different units."""
    rates = fulfil_rates(
        Part(line.id, line.qty, came.get(line.id, NOTHING).accepted, line.price, line.uom) for line in found
    )
    rounded = {name: getattr(rates, name) for name in ("qty", "value", "gap")}
    return {
        **{name: None if pct is None else round_half_up(pct, 2) for name, pct in rounded.items()},
        "complete": rates.complete,
        "lines": rates.lines,
    }


def next_due(
    ctx: Ctx, order: PurchaseOrder, found: Iterable[PurchaseLine], came: Mapping[int, positions.Position]
) -> date | None:
    """The earliest day on which something open should be there."""
    days = [
        due
        for line in found
        if positions.balance(line, came.get(line.id, NOTHING)) and (due := dates.eta(line, order)) is not None
    ]
    return min(days, default=None)


# --- lists ---------------------------------------------------------------------------------------------------------------


def page_figures(
    ctx: Ctx, orders: Sequence[PurchaseOrder]
) -> tuple[dict[int, list[PurchaseLine]], dict[int, positions.Position]]:
    """Lines and positions of the orders of one list page, read once for all its columns."""
    ids = tuple(o.id for o in orders)
    return ctx.memo.once(("purchasing.page", ids), lambda: _page(ctx, ids))


def page_sums(ctx: Ctx, orders: Sequence[PurchaseOrder]) -> dict[int, list[dict[str, Any]]]:
    """The sums of the orders of one list page, added up once for all its columns."""

    def add_up() -> dict[int, list[dict[str, Any]]]:
        grouped, came = page_figures(ctx, orders)
        return {order_id: sums(found, came) for order_id, found in grouped.items()}

    return ctx.memo.once(("purchasing.page_sums", tuple(o.id for o in orders)), add_up)


def _page(
    ctx: Ctx, order_ids: Sequence[int]
) -> tuple[dict[int, list[PurchaseLine]], dict[int, positions.Position]]:
    grouped: dict[int, list[PurchaseLine]] = {order_id: [] for order_id in order_ids}
    for line in ctx.session.scalars(
        select(PurchaseLine).where(among(PurchaseLine.order_id, grouped)).order_by(PurchaseLine.position)
    ):
        grouped[line.order_id].append(line)
    return grouped, positions.of_lines(ctx, [line.id for found in grouped.values() for line in found])


def progress_text(ctx: Ctx, counts: Sequence[Mapping[str, Any]], name: str) -> str:
    """``1,750 kg + 300 m``: a figure by unit."""
    return " + ".join(
        f"{decimal_text(row[name], grouped=True)} {row['uom']}"
        for row in counts
        if row[name] or len(counts) == 1
    )


def overdue_badge(count: int, days: int) -> tuple[Any, str] | None:
    """Lines past their day, as a badge."""
    return (T("{n} overdue, {days} d", n=count, days=days), "bad") if count else None
