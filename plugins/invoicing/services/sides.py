"""The two sides of money, told apart by values: what customers owe us, and what we owe vendors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import InstrumentedAttribute

from core.api import Ctx, EntityName
from core.db import among
from plugins.invoicing import words
from plugins.invoicing.models import Bill, BillLine, Draw, Invoice, InvoiceLine, PaymentPart
from plugins.orders.api import CustomerOrder
from plugins.purchasing.api import PurchaseOrder


@dataclass(frozen=True)
class Side:
    """One of them. ``direction`` is that of money which pays its documents, ``against`` the kind of document that lowers
    another; ``part`` and ``prepaid`` are the attributes of a payment's part that name a document and an order."""

    entity: EntityName
    orders: EntityName
    document: Any
    line: Any
    order: Any
    direction: str
    against: str
    part: str
    prepaid: str
    draw: str

    def part_column(self) -> InstrumentedAttribute[Any]:
        """Of a payment's part: the document it pays."""
        return getattr(PaymentPart, f"{self.part}_id")  # type: ignore[no-any-return]

    def prepaid_column(self) -> InstrumentedAttribute[Any]:
        """Of a payment's part: the order it pays in advance."""
        return getattr(PaymentPart, f"{self.prepaid}_id")  # type: ignore[no-any-return]

    def draw_column(self) -> InstrumentedAttribute[Any]:
        """Of a draw: the document that used up a prepayment."""
        return getattr(Draw, f"{self.draw}_id")  # type: ignore[no-any-return]


SALES = Side(
    words.INVOICE, words.CUSTOMER_ORDER, Invoice, InvoiceLine, CustomerOrder, "in", "credit", "invoice", "order", "invoice"
)  # fmt: skip
PURCHASES = Side(
    words.BILL, words.PURCHASE_ORDER, Bill, BillLine, PurchaseOrder, "out", "debit", "bill", "purchase", "bill"
)  # fmt: skip
SIDES = (SALES, PURCHASES)


def side_of(document: Any) -> Side:
    """The side of an invoice or a bill."""
    return SALES if isinstance(document, Invoice) else PURCHASES


def locked(ctx: Ctx, model: Any, ids: list[int]) -> None:
    """Hold these rows until the request is done: what is counted of them stays as it was counted."""
    ctx.session.execute(
        model.__table__.select()
        .with_only_columns(model.id)
        .where(among(model.id, ids), model.tenant_id == ctx.tenant.id)
        .order_by(model.id)
        .with_for_update()
    )
