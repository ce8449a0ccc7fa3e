"""What pages and lists show of purchase orders, receipts and returns, as exact values. Queries do not grow with lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.api import Ctx, T, among, lists, money, pick
from plugins.purchasing.models import (
    PurchaseLine,
    PurchaseOrder,
    PurchaseRevision,
    Receipt,
    ReceiptLine,
    ReturnLine,
    SupplierReturn,
)
from plugins.purchasing.services import checks, dates, inspection, lines, positions, posting, returns, targets
from plugins.purchasing.services.positions import NOTHING
from plugins.purchasing.services.quantities import ZERO
from plugins.purchasing.words import REASONS


def order_figures(ctx: Ctx, order: PurchaseOrder) -> dict[str, Any]:
    """Everything an order's page shows beyond its fields: lines with their position, totals, revisions."""
    found = lines.load(ctx, order.id)
    came = positions.of_lines(ctx, [line.id for line in found])
    marks = checks.warnings(ctx, order, found) if order.state in ("draft", "issued") else {}
    trail = behind(ctx, [line.id for line in found])
    subtotal = sum((line.amount for line in found), ZERO)
    tax = money.round_half_up(subtotal * order.tax_pct / 100, money.decimals_of(ctx, order.currency))
    rows = [
        _line(ctx, order, line, came.get(line.id, NOTHING), marks.get(line.id, []), trail[line.id])
        for line in found
    ]
    overdue = [row for row in rows if row["overdue"]]
    return {
        "progress": positions.progress(order.state, found, came),
        "lines": rows,
        "subtotal": subtotal, "tax": tax, "total": subtotal + tax,
        "eta": next_due(ctx, order, found, came),
        "overdue": len(overdue), "overdue_days": max((row["overdue"] for row in overdue), default=0),
        "sums": sums(found, came),
        "received_pct": share(found, came),
        "revisions": [
            {"revision": r.revision, "reason": r.reason, "reprice": r.reprice, "changes": r.changes, "at": r.at,
             "by": r.user_name}
            for r in ctx.session.scalars(
                select(PurchaseRevision).where(PurchaseRevision.order_id == order.id)
                .order_by(PurchaseRevision.revision.desc())
            )
        ],
    }  # fmt: skip


def _line(
    ctx: Ctx, order: PurchaseOrder, line: PurchaseLine, came: positions.Position, marks: Sequence[Any],
    trail: Sequence[dict[str, Any]],
) -> dict[str, Any]:  # fmt: skip
    left = positions.balance(line, came) if order.state in ("draft", "issued") else ZERO
    due = dates.eta(line, order)
    return {
        "id": line.id, "position": line.position, "label": lines.label(line), "material": line.material.code,
        "material_name": pick(line.material.names, line.material.name), "color": line.color.code if line.color else "",
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
            {"id": a.factory_order_id, "number": a.factory_order.number, "state": a.factory_order.state, "qty": a.qty}
            for a in sorted(line.allocations, key=lambda a: a.factory_order.number)
        ],
        "warnings": [str(m) for m in marks],
        "trail": list(trail),
    }  # fmt: skip


def behind(ctx: Ctx, line_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """The receipts and returns that make up each line's numbers, oldest first; two queries."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    if not line_ids:
        return found
    for line, r in ctx.session.execute(
        select(ReceiptLine, Receipt)
        .join(Receipt, (Receipt.id == ReceiptLine.receipt_id) & (Receipt.tenant_id == ReceiptLine.tenant_id))
        .where(among(ReceiptLine.line_id, line_ids))
        .order_by(Receipt.received_on, Receipt.id)
    ):
        found[line.line_id].append(
            {
                "kind": "receipt", "id": r.id, "number": r.number, "date": r.received_on, "state": r.state,
                "delivery_note": r.delivery_note, "received": line.received, "accepted": line.accepted,
                "rejected": line.rejected, "pending": inspection.pending(line), "stock": line.stock_received,
                "price": line.price, "free": line.free, "over_reason": line.over_reason, "over_by": line.over_by,
            }
        )  # fmt: skip
    for back, s in ctx.session.execute(
        select(ReturnLine, SupplierReturn)
        .join(
            SupplierReturn,
            (SupplierReturn.id == ReturnLine.return_id) & (SupplierReturn.tenant_id == ReturnLine.tenant_id),
        )
        .where(among(ReturnLine.line_id, line_ids))
        .order_by(SupplierReturn.returned_on, SupplierReturn.id)
    ):
        found[back.line_id].append(
            {
                "kind": s.kind, "id": s.id, "number": s.number, "date": s.returned_on, "state": s.state,
                "returned": back.qty, "source": back.source, "stock": back.stock_qty, "reason": back.reason,
            }
        )  # fmt: skip
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
    return money.percent(part, whole)


def next_due(
    ctx: Ctx, order: PurchaseOrder, found: Iterable[PurchaseLine], came: Mapping[int, positions.Position]
) -> date | None:
    """The earliest day on which something open should be there."""
    days = [
        due for line in found
        if positions.balance(line, came.get(line.id, NOTHING)) and (due := dates.eta(line, order)) is not None
    ]  # fmt: skip
    return min(days, default=None)


# --- lists ---------------------------------------------------------------------------------------------------------------


def page(
    ctx: Ctx, orders: Sequence[PurchaseOrder]
) -> tuple[dict[int, list[PurchaseLine]], dict[int, positions.Position]]:
    """Lines and positions of the orders of one list page, read once for all its columns."""
    ids = tuple(o.id for o in orders)
    return ctx.memo.once(("purchasing.page", ids), lambda: _page(ctx, ids))


def _page(
    ctx: Ctx, order_ids: Sequence[int]
) -> tuple[dict[int, list[PurchaseLine]], dict[int, positions.Position]]:
    grouped: dict[int, list[PurchaseLine]] = {order_id: [] for order_id in order_ids}
    for line in ctx.session.scalars(
        select(PurchaseLine).where(among(PurchaseLine.order_id, grouped)).order_by(PurchaseLine.position)
    ):
        grouped[line.order_id].append(line)
    return grouped, positions.of_lines(ctx, [line.id for found in grouped.values() for line in found])


def return_figures(ctx: Ctx, row: SupplierReturn) -> dict[str, Any]:
    """Lines of a return in words."""
    reasons = dict(lists.choices(REASONS)(ctx))
    known = targets.of_lines(ctx, {line.line_id for line in row.lines})
    return {
        "lines": [
            {
                "position": line.position, "label": known[line.line_id].label, "order_id": known[line.line_id].order_id,
                "qty": line.qty, "uom": known[line.line_id].uom, "stock_qty": line.stock_qty,
                "stock_uom": known[line.line_id].stock_uom, "lot": line.lot, "source": line.source,
                "reason": str(reasons.get(line.reason, line.reason)), "note": line.note,
            }
            for line in row.lines
        ]
    }  # fmt: skip


def receipt_figures(ctx: Ctx, row: Receipt) -> dict[str, Any]:
    """Lines of a receipt with their orders, rolls and what may still go back."""
    found = posting.load_lines(ctx, row.id)
    known = targets.of_lines(ctx, {line.line_id for line in found})
    came = positions.of_lines(ctx, known)
    rolls = posting.load_rolls(ctx, [line.id for line in found])
    reasons = dict(lists.choices(REASONS)(ctx))
    back = returns.left(ctx, found) if row.state == "posted" else {}
    result = []
    for line in found:
        target = known[line.line_id]
        result.append(
            {
                "id": line.id, "line_id": line.line_id, "position": line.position, "order_id": target.order_id,
                "order": target.number, "order_line": target.position, "material": target.material,
                "color": target.color or "", "size": target.size or "", "destination": target.destination or "",
                "label": target.label, "uom": target.uom, "stock_uom": target.stock_uom, "ordered": target.qty,
                "received": line.received, "accepted": line.accepted, "rejected": line.rejected,
                "pending": inspection.pending(line), "stock_received": line.stock_received,
                "stock_accepted": line.stock_accepted, "stock_rejected": line.stock_rejected, "price": line.price,
                "free": line.free, "amount": money.amount(ctx, line.received, line.price, target.currency),
                "currency": target.currency, "reject_reason": str(reasons.get(line.reject_reason, line.reject_reason)),
                "over_reason": line.over_reason, "over_by": line.over_by, "note": line.note,
                "total_received": came.get(line.line_id, NOTHING).received,
                "returnable": [
                    {"source": source, "lot": lot, "qty": there.qty}
                    for (own, source, lot), there in back.items() if own == line.id
                ],
                "rolls": [
                    {"id": r.id, "roll": r.roll, "lot": r.lot, "qty": r.qty, "stock_qty": r.stock_qty, "net_kg": r.net_kg,
                     "length_m": r.length_m, "width_in": r.width_in, "rejected": r.rejected}
                    for r in rolls.get(line.id, ())
                ],
            }
        )  # fmt: skip
    return {
        "lines": result,
        "pending": any(line["pending"] for line in result) and row.state == "posted",
        "rejected": any(line["rejected"] for line in result),
        "returns": [
            {"id": s.id, "number": s.number, "state": s.state, "kind": s.kind}
            for s in ctx.session.scalars(select(SupplierReturn).where(SupplierReturn.receipt_id == row.id))
        ],
    }  # fmt: skip


def progress_text(ctx: Ctx, counts: Sequence[Mapping[str, Any]], name: str) -> str:
    """``1,750 kg + 300 m``: a figure by unit."""
    return " + ".join(
        f"{checks.plain(row[name])} {row['uom']}" for row in counts if row[name] or len(counts) == 1
    )


def overdue_badge(count: int, days: int) -> tuple[Any, str] | None:
    """Lines past their day, as a badge."""
    return (T("{n} overdue, {days} d", n=count, days=days), "bad") if count else None
