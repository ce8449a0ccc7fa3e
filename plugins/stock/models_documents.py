"""庫存單: documents that move or correct stock without a supplier, a factory or a shipment behind them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.api import Qty, TenantRow, Utc, VersionedRow, children, link, ref
from plugins.catalog.models import Color, Destination, Material, Style
from plugins.orders.models import CustomerOrder
from plugins.outsourcing.models import FactoryOrder
from plugins.stock.models import Store


class StockDocument(VersionedRow):
    """A document of one kind (see ``words.KINDS``).

    ``store`` is where it happens, ``target_store`` where a transfer goes to. Reservations, their release and surplus
    name the order that the stock is kept for: a customer order (garments) or a factory order (material); a customer
    return names the customer order it is against.
    """

    __tablename__ = "inventory_document"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        Index("ix_inventory_document_kind", "tenant_id", "kind", "state", "id"),
    )
    number: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20), default="draft")
    kind: Mapped[str] = mapped_column(String(20))
    day: Mapped[date] = mapped_column(Date)
    store_id: Mapped[int] = ref("stock_store")
    store: Mapped[Store] = link("StockDocument.store_id", "Store")
    target_store_id: Mapped[int | None] = ref("stock_store")
    target_store: Mapped[Store | None] = link("StockDocument.target_store_id", "Store")
    customer_order_id: Mapped[int | None] = ref("orders_order")
    customer_order: Mapped[CustomerOrder | None] = link("StockDocument.customer_order_id", "CustomerOrder")
    factory_order_id: Mapped[int | None] = ref("outsourcing_order")
    factory_order: Mapped[FactoryOrder | None] = link("StockDocument.factory_order_id", "FactoryOrder")
    cause: Mapped[str] = mapped_column(String(40), default="")
    quality: Mapped[str] = mapped_column(String(20), default="good")
    notes: Mapped[str] = mapped_column(Text, default="")
    created_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("core_user.id"))
    created_at: Mapped[datetime] = mapped_column(Utc)
    posted_at: Mapped[datetime | None] = mapped_column(Utc)
    posted_by: Mapped[str] = mapped_column(String(120), default="")
    lines: Mapped[list[StockLine]] = children(
        "StockLine.document_id", "StockDocument", order_by="StockLine.position"
    )


class StockLine(TenantRow):
    """A material or a style in a colour, size (by its code), destination and lot.

    ``qty`` is in stock units; of a count it is what was counted, and ``book`` what the books said when it was posted.
    """

    __tablename__ = "inventory_line"
    document_id: Mapped[int] = ref("inventory_document", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, default=0)
    material_id: Mapped[int | None] = ref("catalog_material")
    material: Mapped[Material | None] = link("StockLine.material_id", "Material")
    style_id: Mapped[int | None] = ref("catalog_style")
    style: Mapped[Style | None] = link("StockLine.style_id", "Style")
    color_id: Mapped[int | None] = ref("catalog_color")
    color: Mapped[Color | None] = link("StockLine.color_id", "Color")
    size: Mapped[str] = mapped_column(String(20), default="")
    destination_id: Mapped[int | None] = ref("catalog_destination")
    destination: Mapped[Destination | None] = link("StockLine.destination_id", "Destination")
    lot: Mapped[str] = mapped_column(String(120), default="")
    qty: Mapped[Decimal | None] = mapped_column(Qty)
    book: Mapped[Decimal | None] = mapped_column(Qty)
    note: Mapped[str] = mapped_column(String(400), default="")
