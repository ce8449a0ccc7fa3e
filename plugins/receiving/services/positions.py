"""What receipts and returns say of purchase lines: where each stands, and the same as conditions for lists."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select

from core.api import Ctx
from core.db import among
from core.values import ZERO
from plugins.purchasing.api import LineConditions, Position, PurchaseLine
from plugins.receiving.models import Receipt, ReceiptLine, ReturnLine, SupplierReturn


def positions(ctx: Ctx, ids: Sequence[int]) -> dict[int, Position]:
    """Positions of the purchase lines that something came for; two queries at most."""
    came = ctx.session.execute(
        select(
            ReceiptLine.line_id, func.sum(ReceiptLine.received), func.sum(ReceiptLine.accepted),
            func.sum(ReceiptLine.rejected), func.sum(ReceiptLine.stock_received), func.sum(ReceiptLine.stock_accepted),
        )
        .join(Receipt, (Receipt.id == ReceiptLine.receipt_id) & (Receipt.tenant_id == ReceiptLine.tenant_id))
        .where(among(ReceiptLine.line_id, ids), Receipt.state == "posted")
        .group_by(ReceiptLine.line_id)
    ).all()  # fmt: skip
    received = {line: rest for line, *rest in came}
    back: dict[int, dict[str, tuple[Decimal, Decimal]]] = {}
    if received:
        went = ctx.session.execute(
            select(
                ReturnLine.line_id,
                SupplierReturn.kind,
                func.sum(ReturnLine.qty),
                func.sum(ReturnLine.stock_qty),
            )
            .join(
                SupplierReturn,
                (SupplierReturn.id == ReturnLine.return_id)
                & (SupplierReturn.tenant_id == ReturnLine.tenant_id),
            )
            .where(
                among(ReturnLine.line_id, received),
                ReturnLine.source == "stock",
                SupplierReturn.state == "posted",
            )
            .group_by(ReturnLine.line_id, SupplierReturn.kind)
        )
        for line, kind, qty, stock in went:
            back.setdefault(line, {})[kind] = (qty, stock)
    result = {}
    for line, (total, accepted, rejected, stock, stock_ok) in received.items():
        kinds = back.get(line, {})
        replaced, credited = kinds.get("replacement", (ZERO, ZERO)), kinds.get("credit", (ZERO, ZERO))
        result[line] = Position(
            received=total, rejected=rejected, pending=total - accepted - rejected, returned=replaced[0],
            credited=credited[0], stock_received=stock, stock_kept=stock_ok - replaced[1] - credited[1],
        )  # fmt: skip
    return result


@cache
def conditions() -> LineConditions:
    """What came, what waits for inspection, what is open, as SQL on ``PurchaseLine``."""
    line = PurchaseLine
    posted = (
        select(ReceiptLine.id)
        .join(Receipt, (Receipt.id == ReceiptLine.receipt_id) & (Receipt.tenant_id == ReceiptLine.tenant_id))
        .where(
            ReceiptLine.line_id == line.id, ReceiptLine.tenant_id == line.tenant_id, Receipt.state == "posted"
        )
        .correlate(line)
    )
    waiting = posted.where(ReceiptLine.received > ReceiptLine.accepted + ReceiptLine.rejected)
    return LineConditions(came=posted.exists(), waiting=waiting.exists(), open=_open())


def _open() -> ColumnElement[bool]:
    """Lines of material that something is to come of, as :func:`~plugins.purchasing.services.positions.still` tells it."""
    line = PurchaseLine
    back = (
        select(func.sum(ReturnLine.qty))
        .join(
            SupplierReturn,
            (SupplierReturn.id == ReturnLine.return_id) & (SupplierReturn.tenant_id == ReturnLine.tenant_id),
        )
        .where(
            ReturnLine.line_id == line.id,
            ReturnLine.tenant_id == line.tenant_id,
            SupplierReturn.state == "posted",
            SupplierReturn.kind == "replacement",
            ReturnLine.source == "stock",
        )
        .correlate(line)
    )
    # nearly nothing ever goes back, and what does only opens a line again: it is added up where something did
    went = back.with_only_columns(ReturnLine.id, maintain_column_froms=True).exists()
    short = or_(_enough() < 0, went & (_enough() < func.coalesce(back.scalar_subquery(), ZERO)))
    return line.material_id.is_not(None) & short


def _enough() -> Any:
    """What came of a line beyond what closes it, returns aside: the accepted beyond ``close_qty`` or what is here, accepted
    or not yet, beyond the order, whichever is more."""
    line, came = PurchaseLine, ReceiptLine
    accepted = func.coalesce(func.sum(came.accepted), ZERO) - line.close_qty
    here = func.coalesce(func.sum(came.received - came.rejected), ZERO) - line.qty
    return (
        select(case((accepted > here, accepted), else_=here))
        .select_from(came)
        .join(Receipt, (Receipt.id == came.receipt_id) & (Receipt.tenant_id == came.tenant_id))
        .where(came.line_id == line.id, came.tenant_id == line.tenant_id, Receipt.state == "posted")
        .correlate(line)
        .scalar_subquery()
    )
