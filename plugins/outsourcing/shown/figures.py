"""Everything the page of a factory order or payment shows beyond its fields, as exact values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from core.api import Ctx, Text
from core.money import base_currency
from kit.papers import plain_values, revision_figures
from plugins.outsourcing.models import Adjustment, Contract, FactoryOrder, Payment, PaymentSplit, Revision
from plugins.outsourcing.services import paid, payments, prices, schedule, snapshot, totals

AMOUNTS = (
    "price", "prices", "parts", "override", "override_reason", "zero_reason", "amount", "subtotal", "tax", "total", "paid",
    "adjustments", "deductions", "payable", "balance", "progress", "overpaid", "refundable", "bar", "payments",
    "adjustment_notes", "schedule",
)  # fmt: skip
"""Names of figures that tell what the factory is paid."""


def order_figures(ctx: Ctx, order: FactoryOrder) -> dict[str, Any]:
    """Totals, lines with sizes, matrix, prices, payments, schedule, contracts and revisions of a factory order.

    A fixed number of queries, whatever the number of lines.
    """
    shown = plain_values(snapshot.build_snapshot(ctx, order))
    lines = shown["lines"]
    figures = paid.of_order(ctx, order)
    return {
        "currency": order.currency,
        "lines": lines,
        "qty": shown["qty"],
        "subtotal": shown["subtotal"],
        "tax": shown["tax"],
        "total": order.total,
        "orders": len({line["order"] for line in lines}),
        "destinations": len({line["destination"] for line in lines}),
        "by_destination": totals.by(lines, "destination"),
        "by_order": totals.by(lines, "order"),
        "by_style": totals.by(lines, "style"),
        "by_size": totals.by_size(lines),
        "matrix": totals.matrix(lines),
        "flagged": [line["position"] for line in lines if line["flag"] == "cancelled"],
        "prices": _prices(ctx, order, lines),
        "paid": figures.paid,
        "adjustments": figures.adjustments,
        "deductions": figures.deductions,
        "payable": figures.payable,
        "balance": figures.balance,
        "progress": figures.progress,
        "overpaid": figures.overpaid,
        "refundable": figures.refundable,
        "bar": list(figures.bar),
        "payments": _payments(ctx, order),
        "adjustment_notes": _adjustments(ctx, order),
        "schedule": [
            {
                "position": i.position, "pct": i.pct, "trigger": i.trigger, "trigger_label": i.trigger_label,
                "days": i.days, "amount": i.amount, "adjustment": i.adjustment, "due": i.due, "paid": i.paid,
                "open": i.open, "due_on": i.due_on, "overdue": i.overdue,
            }
            for i in schedule.of_order(ctx, order, figures)
        ],
        "contracts": contracts(ctx, order),
        "revisions": revision_figures(ctx, Revision, order),
    }  # fmt: skip


def _prices(ctx: Ctx, order: FactoryOrder, lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    codes = {line["style_id"]: line for line in lines}
    return [
        {
            "style_id": style_id,
            "style": codes[style_id]["style"],
            "style_name": codes[style_id]["style_name"],
            "style_names": codes[style_id]["style_names"],
            "qty": sum(line["qty"] for line in lines if line["style_id"] == style_id),
            "price": row.price,
            "zero_reason": row.zero_reason,
        }
        for style_id, row in sorted(prices.of_order(ctx, order).items(), key=lambda i: i[1].id)
        if style_id in codes
    ]


def _payments(ctx: Ctx, order: FactoryOrder) -> list[dict[str, Any]]:
    kinds: dict[str, Text] = dict(payments.KINDS)
    found = ctx.session.execute(
        select(Payment, PaymentSplit)
        .join(
            PaymentSplit,
            (PaymentSplit.payment_id == Payment.id) & (PaymentSplit.tenant_id == Payment.tenant_id),
        )
        .where(PaymentSplit.order_id == order.id)
        .order_by(Payment.paid_on, Payment.id)
    )
    return [
        {
            "id": payment.id, "number": payment.number, "date": payment.paid_on, "kind": payment.kind,
            "kind_label": kinds.get(payment.kind, payment.kind), "state": payment.state, "currency": payment.currency,
            "amount": split.amount, "rate": split.rate, "applied": paid.signed(payment.kind, split.applied),
            "bank_fee": payment.bank_fee, "reference": payment.reference, "finalised": payment.finalised,
        }
        for payment, split in found
    ]  # fmt: skip


def _adjustments(ctx: Ctx, order: FactoryOrder) -> list[dict[str, Any]]:
    found = ctx.session.scalars(
        select(Adjustment)
        .where(Adjustment.order_id == order.id)
        .order_by(Adjustment.agreed_on, Adjustment.id)
    )
    return [
        {
            "id": a.id,
            "number": a.number,
            "date": a.agreed_on,
            "amount": a.amount,
            "reason": a.reason,
            "state": a.state,
        }
        for a in found
    ]


def contracts(ctx: Ctx, order: FactoryOrder) -> list[dict[str, Any]]:
    """Every contract and signed copy of a factory order, newest first."""
    found = ctx.session.scalars(
        select(Contract).where(Contract.order_id == order.id).order_by(Contract.id.desc())
    )
    return [
        {
            "id": c.id, "number": c.number, "revision": c.revision, "language": c.language, "status": c.status,
            "pages": c.pages, "sha256": c.sha256, "at": c.at, "by": c.user_name, "has_file": c.file_id is not None,
            "job": c.job_id, "signed": c.signed_file_id is not None, "signed_filename": c.signed_filename,
            "signer": c.signer, "signed_on": c.signed_on, "note": c.note,
        }
        for c in found
    ]  # fmt: skip


def payment_figures(ctx: Ctx, payment: Payment) -> dict[str, Any]:
    """What a payment applied to each factory order, and the exchange difference in base currency (a report figure)."""
    return {
        "applied": [
            {
                "order_id": split.order_id, "order": split.order.number, "currency": split.order.currency,
                "amount": split.amount, "rate": split.rate, "applied": paid.signed(payment.kind, split.applied),
            }
            for split in payment.splits
        ],
        "base_currency": base_currency(ctx),
        "exchange_difference": payments.exchange_difference(ctx, payment),
    }  # fmt: skip
