"""Business contexts, the one an order is sold in, and which pieces of orders stand behind which purchase lines."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import Boolean, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Json, Pct, TenantRow, VersionedRow, link, ref
from plugins.catalog.api import Size
from plugins.orders.api import OrderLine
from plugins.purchasing.api import PurchaseLine


class Context(VersionedRow):
    """業務情境: how orders of this kind are bought and shipped.

    reference     ``required``: nothing leaves without a purchase line behind it; ``optional``: goods come from stock too
    ships_via     ``own`` warehouse, or the ``vendor`` sends to the customer
    deposit_pct   of the order's total, to be paid before goods leave
    tolerance_pct  more or less than ordered that customers take
    markup_pct    on the vendor's price: what is sold for less is said
    """

    __tablename__ = "fulfilment_context"
    __table_args__ = (UniqueConstraint("tenant_id", "code"),)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    names: Mapped[dict[str, str] | None] = mapped_column(Json)
    reference: Mapped[str] = mapped_column(String(10), default="optional")
    ships_via: Mapped[str] = mapped_column(String(10), default="own")
    deposit_pct: Mapped[Decimal] = mapped_column(Pct, default=Decimal(0))
    tolerance_pct: Mapped[Decimal] = mapped_column(Pct, default=Decimal(0))
    markup_pct: Mapped[Decimal] = mapped_column(Pct, default=Decimal(0))
    active: Mapped[bool] = mapped_column(Boolean, default=True)


class OrderContext(TenantRow):
    """The business context of a customer order, beside it."""

    __tablename__ = "fulfilment_order"
    __table_args__ = (UniqueConstraint("tenant_id", "row_id"),)
    row_id: Mapped[int] = ref("orders_order", ondelete="CASCADE")
    business_context_id: Mapped[int | None] = ref("fulfilment_context")
    business_context: Mapped[Context | None] = link("OrderContext.business_context_id", "Context")


class Allocation(TenantRow):
    """Pieces of one size of an order line that a purchase line is bought for.

    Of one purchase line they never add up to more than it orders, of one size of an order line to no more than was ordered
    when they were made. The line of a cancelled purchase order keeps its rows; they count for nothing.
    """

    __tablename__ = "fulfilment_allocation"
    __table_args__ = (UniqueConstraint("tenant_id", "order_line_id", "size_id", "purchase_line_id"),)
    order_line_id: Mapped[int] = ref("orders_line")
    order_line: Mapped[OrderLine] = link("Allocation.order_line_id", "OrderLine")
    size_id: Mapped[int] = ref("catalog_size")
    size: Mapped[Size] = link("Allocation.size_id", "Size")
    purchase_line_id: Mapped[int] = ref("purchasing_line", ondelete="CASCADE")
    purchase_line: Mapped[PurchaseLine] = link("Allocation.purchase_line_id", "PurchaseLine")
    qty: Mapped[int] = mapped_column(Integer)
