"""出貨: the document that moves garments out to the customer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import Date, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Qty, TenantRow, VersionedRow, children, link, ref
from kit.papers import CreatedColumns, PostedColumns
from plugins.catalog.api import Color, Destination, Size, Style
from plugins.orders.api import CustomerOrder, OrderLine

if TYPE_CHECKING:
    from plugins.stock.api import Store


class Shipment(CreatedColumns, PostedColumns, VersionedRow):
    """出貨: pieces of one customer order to one destination."""

    __tablename__ = "shipping_shipment"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        Index("ix_shipping_shipment_state", "tenant_id", "state", "id"),
        Index("ix_shipping_shipment_order", "tenant_id", "customer_order_id", "state"),
    )
    number: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20), default="draft")
    customer_order_id: Mapped[int] = ref("orders_order")
    customer_order: Mapped[CustomerOrder] = link("Shipment.customer_order_id", "CustomerOrder")
    destination_id: Mapped[int] = ref("catalog_destination")
    destination: Mapped[Destination] = link("Shipment.destination_id", "Destination")
    store_id: Mapped[int] = ref("stock_store")
    store: Mapped[Store] = link("Shipment.store_id", "Store")
    day: Mapped[date] = mapped_column(Date)
    mode: Mapped[str] = mapped_column(String(20), default="sea")
    vessel: Mapped[str] = mapped_column(String(120), default="")
    container: Mapped[str] = mapped_column(String(120), default="")
    invoice_no: Mapped[str] = mapped_column(String(80), default="")
    marks: Mapped[str] = mapped_column(Text, default="")
    net_kg: Mapped[Decimal | None] = mapped_column(Qty)
    gross_kg: Mapped[Decimal | None] = mapped_column(Qty)
    cbm: Mapped[Decimal | None] = mapped_column(Qty)
    notes: Mapped[str] = mapped_column(Text, default="")
    lines: Mapped[list[ShipmentLine]] = children(
        "ShipmentLine.shipment_id", "Shipment", order_by="ShipmentLine.position"
    )


class ShipmentLine(TenantRow):
    """Pieces of one line of the customer order (style, colour, destination, ship date)."""

    __tablename__ = "shipping_shipment_line"
    __table_args__ = (UniqueConstraint("tenant_id", "shipment_id", "order_line_id"),)
    shipment_id: Mapped[int] = ref("shipping_shipment", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, default=0)
    order_line_id: Mapped[int] = ref("orders_line")
    order_line: Mapped[OrderLine] = link("ShipmentLine.order_line_id", "OrderLine")
    style_id: Mapped[int] = ref("catalog_style")
    style: Mapped[Style] = link("ShipmentLine.style_id", "Style")
    color_id: Mapped[int] = ref("catalog_color")
    color: Mapped[Color] = link("ShipmentLine.color_id", "Color")
    sizes: Mapped[list[ShipmentSize]] = children("ShipmentSize.line_id", "ShipmentLine", lazy="selectin")


class ShipmentSize(TenantRow):
    """Pieces of one size."""

    __tablename__ = "shipping_shipment_size"
    __table_args__ = (UniqueConstraint("tenant_id", "line_id", "size_id"),)
    line_id: Mapped[int] = ref("shipping_shipment_line", ondelete="CASCADE")
    size_id: Mapped[int] = ref("catalog_size")
    size: Mapped[Size] = link("ShipmentSize.size_id", "Size")
    qty: Mapped[int] = mapped_column(Integer, default=0)
