"""到貨: fulfilment sheets, what customers gave back, and what settled the rest."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Boolean, Date, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Price, TenantRow, Utc, VersionedRow, children, link, ref
from kit.papers import CreatedColumns, PostedColumns
from plugins.catalog.api import Color, Partner, Size, Style
from plugins.orders.api import CustomerOrder, OrderLine
from plugins.purchasing.api import PurchaseOrder
from plugins.stock.api import Store


class Sheet(CreatedColumns, PostedColumns, VersionedRow):
    """到貨單: pieces that came of one customer order, of all orders of a customer, or of all that is open; of all vendors.

    place  ``vendor``: taken over at the vendor's; ``ours``: into our store; ``customer``: the customer says so (drop shipping)
    A posted sheet counts, a finalised one is locked: only what it accepted may come back.
    """

    __tablename__ = "fulfilment_sheet"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        Index("ix_fulfilment_sheet_state", "tenant_id", "state", "id"),
    )
    number: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20), default="draft")
    customer_order_id: Mapped[int | None] = ref("orders_order")
    customer_order: Mapped[CustomerOrder | None] = link("Sheet.customer_order_id", "CustomerOrder")
    customer_id: Mapped[int | None] = ref("catalog_partner")
    customer: Mapped[Partner | None] = link("Sheet.customer_id", "Partner")
    place: Mapped[str] = mapped_column(String(10), default="ours")
    store_id: Mapped[int] = ref("stock_store")
    store: Mapped[Store] = link("Sheet.store_id", "Store")
    day: Mapped[date] = mapped_column(Date)
    delivery_note: Mapped[str] = mapped_column(String(80), default="")
    notes: Mapped[str] = mapped_column(Text, default="")
    over_reason: Mapped[str] = mapped_column(String(400), default="")
    over_by: Mapped[str] = mapped_column(String(120), default="")
    finalised_at: Mapped[datetime | None] = mapped_column(Utc)
    finalised_by: Mapped[str] = mapped_column(String(120), default="")
    lines: Mapped[list[SheetLine]] = children("SheetLine.sheet_id", "Sheet", order_by="SheetLine.position")


class SheetLine(TenantRow):
    """Pieces for a line of a customer order from a purchase order; without order they are bought for stock, without purchase
    order they come from stock. ``replacement``: they come for pieces that went back. ``short``: on the delivery note only.
    """

    __tablename__ = "fulfilment_sheet_line"
    sheet_id: Mapped[int] = ref("fulfilment_sheet", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, default=0)
    order_line_id: Mapped[int | None] = ref("orders_line")
    order_line: Mapped[OrderLine | None] = link("SheetLine.order_line_id", "OrderLine")
    purchase_order_id: Mapped[int | None] = ref("purchasing_order")
    purchase_order: Mapped[PurchaseOrder | None] = link("SheetLine.purchase_order_id", "PurchaseOrder")
    style_id: Mapped[int] = ref("catalog_style")
    color_id: Mapped[int] = ref("catalog_color")
    destination_id: Mapped[int | None] = ref("catalog_destination")
    replacement: Mapped[bool] = mapped_column(Boolean, default=False)
    short: Mapped[int] = mapped_column(Integer, default=0)
    note: Mapped[str] = mapped_column(String(400), default="")
    sizes: Mapped[list[SheetSize]] = children("SheetSize.line_id", "SheetLine", lazy="selectin")


class SheetSize(TenantRow):
    """Pieces of one size: ``received``, of those ``damaged``. Accepted is the difference."""

    __tablename__ = "fulfilment_sheet_size"
    __table_args__ = (UniqueConstraint("tenant_id", "line_id", "size_id"),)
    line_id: Mapped[int] = ref("fulfilment_sheet_line", ondelete="CASCADE")
    size_id: Mapped[int] = ref("catalog_size")
    size: Mapped[Size] = link("SheetSize.size_id", "Size")
    purchase_line_id: Mapped[int | None] = ref("purchasing_line")
    received: Mapped[int] = mapped_column(Integer, default=0)
    damaged: Mapped[int] = mapped_column(Integer, default=0)


class GoodsReturn(CreatedColumns, PostedColumns, VersionedRow):
    """退貨: pieces of a customer order that were accepted finally and go back.

    bearer  ``seller`` (credit), ``buyer`` (he owes what he owed), ``vendor`` (claimed from him), ``carrier``
    remedy  ``replacement``: they are open again; ``credit``; ``none``: nothing more comes and nothing is credited
    fate    ``restock``, ``scrap``, or back to the ``vendor``
    source  ``customer``, or ``store``: they had not left us yet
    """

    __tablename__ = "fulfilment_return"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        Index("ix_fulfilment_return_state", "tenant_id", "state", "id"),
    )
    number: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20), default="draft")
    customer_order_id: Mapped[int] = ref("orders_order")
    customer_order: Mapped[CustomerOrder] = link("GoodsReturn.customer_order_id", "CustomerOrder")
    day: Mapped[date] = mapped_column(Date)
    bearer: Mapped[str] = mapped_column(String(10))
    remedy: Mapped[str] = mapped_column(String(12))
    fate: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(String(10), default="customer")
    store_id: Mapped[int] = ref("stock_store")
    store: Mapped[Store] = link("GoodsReturn.store_id", "Store")
    notes: Mapped[str] = mapped_column(Text, default="")
    lines: Mapped[list[ReturnLine]] = children(
        "ReturnLine.return_id", "GoodsReturn", order_by="ReturnLine.position"
    )


class ReturnLine(TenantRow):
    """What goes back of a line of the customer order, from one purchase order, for one reason of the list."""

    __tablename__ = "fulfilment_return_line"
    return_id: Mapped[int] = ref("fulfilment_return", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, default=0)
    order_line_id: Mapped[int] = ref("orders_line")
    order_line: Mapped[OrderLine] = link("ReturnLine.order_line_id", "OrderLine")
    purchase_order_id: Mapped[int | None] = ref("purchasing_order")
    purchase_order: Mapped[PurchaseOrder | None] = link("ReturnLine.purchase_order_id", "PurchaseOrder")
    reason: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(String(400), default="")
    sizes: Mapped[list[ReturnSize]] = children("ReturnSize.line_id", "ReturnLine", lazy="selectin")


class ReturnSize(TenantRow):
    """Pieces of one size that go back."""

    __tablename__ = "fulfilment_return_size"
    __table_args__ = (UniqueConstraint("tenant_id", "line_id", "size_id"),)
    line_id: Mapped[int] = ref("fulfilment_return_line", ondelete="CASCADE")
    size_id: Mapped[int] = ref("catalog_size")
    size: Mapped[Size] = link("ReturnSize.size_id", "Size")
    purchase_line_id: Mapped[int | None] = ref("purchasing_line")
    qty: Mapped[int] = mapped_column(Integer)


class StockReturn(TenantRow):
    """The customer return of stock through which pieces of a return came into a store."""

    __tablename__ = "fulfilment_stock_return"
    __table_args__ = (UniqueConstraint("tenant_id", "document_id"),)
    return_id: Mapped[int] = ref("fulfilment_return", ondelete="CASCADE")
    document_id: Mapped[int] = ref("stock_document")


class Settlement(CreatedColumns, PostedColumns, VersionedRow):
    """結清: pieces of a customer order that are closed without being delivered as ordered."""

    __tablename__ = "fulfilment_settlement"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        Index("ix_fulfilment_settlement_state", "tenant_id", "state", "id"),
    )
    number: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20), default="draft")
    customer_order_id: Mapped[int] = ref("orders_order")
    customer_order: Mapped[CustomerOrder] = link("Settlement.customer_order_id", "CustomerOrder")
    day: Mapped[date] = mapped_column(Date)
    store_id: Mapped[int | None] = ref("stock_store")
    store: Mapped[Store | None] = link("Settlement.store_id", "Store")
    notes: Mapped[str] = mapped_column(Text, default="")
    lines: Mapped[list[SettlementLine]] = children(
        "SettlementLine.settlement_id", "Settlement", order_by="SettlementLine.position"
    )


class SettlementLine(TenantRow):
    """How pieces of a line are closed: ``credit``, ``agreement``, or ``substitution`` by ``style`` in ``color`` at an agreed
    ``price``."""

    __tablename__ = "fulfilment_settlement_line"
    settlement_id: Mapped[int] = ref("fulfilment_settlement", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, default=0)
    order_line_id: Mapped[int] = ref("orders_line")
    order_line: Mapped[OrderLine] = link("SettlementLine.order_line_id", "OrderLine")
    kind: Mapped[str] = mapped_column(String(12))
    style_id: Mapped[int | None] = ref("catalog_style")
    style: Mapped[Style | None] = link("SettlementLine.style_id", "Style")
    color_id: Mapped[int | None] = ref("catalog_color")
    color: Mapped[Color | None] = link("SettlementLine.color_id", "Color")
    price: Mapped[Decimal | None] = mapped_column(Price)
    note: Mapped[str] = mapped_column(String(400), default="")
    sizes: Mapped[list[SettlementSize]] = children(
        "SettlementSize.line_id", "SettlementLine", lazy="selectin"
    )


class SettlementSize(TenantRow):
    """Pieces of one size that are closed; ``by_size``: the size that is given in its place."""

    __tablename__ = "fulfilment_settlement_size"
    __table_args__ = (UniqueConstraint("tenant_id", "line_id", "size_id"),)
    line_id: Mapped[int] = ref("fulfilment_settlement_line", ondelete="CASCADE")
    size_id: Mapped[int] = ref("catalog_size")
    size: Mapped[Size] = link("SettlementSize.size_id", "Size")
    by_size_id: Mapped[int | None] = ref("catalog_size")
    by_size: Mapped[Size | None] = link("SettlementSize.by_size_id", "Size")
    qty: Mapped[int] = mapped_column(Integer)
