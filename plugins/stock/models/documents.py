"""庫存單: documents that move or correct stock without a supplier, a factory or a shipment behind them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, Date, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.api import EntityRef
from core.db import Qty, TenantRow, VersionedRow, children, link, ref
from kit.papers import CreatedColumns, PostedColumns
from plugins.catalog.api import Color, Destination, Material, Style
from plugins.stock.models import Store

EXPIRING = text("state = 'posted' AND kept_until IS NOT NULL")


class StockDocument(CreatedColumns, PostedColumns, VersionedRow):
    """A document of one kind (see ``words.KINDS``).

    ``store`` is where it happens, ``target_store`` where a transfer goes to. Reservations, their release and surplus name
    the document that the stock is kept for, a customer return the one it is against: ``owner`` is its number,
    ``owner_entity`` and ``owner_id`` say which that is. ``settlement`` of a customer return: pieces are open again
    (replacement) or paid back (credit). ``kept_until`` of a reservation: the last day on which it holds; None: it does
    not expire.
    """

    __tablename__ = "stock_document"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        Index("ix_stock_document_kind", "tenant_id", "kind", "state", "id"),
        Index("ix_stock_document_owner", "tenant_id", "owner_entity", "owner_id"),
        Index(
            "ix_stock_document_expiring",
            "tenant_id",
            "kept_until",
            postgresql_where=EXPIRING,
            sqlite_where=EXPIRING,
        ),
    )
    number: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20), default="draft")
    kind: Mapped[str] = mapped_column(String(20))
    day: Mapped[date] = mapped_column(Date)
    store_id: Mapped[int] = ref("stock_store")
    store: Mapped[Store] = link("StockDocument.store_id", "Store")
    target_store_id: Mapped[int | None] = ref("stock_store")
    target_store: Mapped[Store | None] = link("StockDocument.target_store_id", "Store")
    owner: Mapped[str] = mapped_column(String(40), default="")
    owner_entity: Mapped[str] = mapped_column(String(80), default="")
    owner_id: Mapped[int] = mapped_column(BigInteger, default=0)
    cause: Mapped[str] = mapped_column(String(40), default="")
    quality: Mapped[str] = mapped_column(String(20), default="good")
    settlement: Mapped[str] = mapped_column(String(20), default="")
    notes: Mapped[str] = mapped_column(Text, default="")
    kept_until: Mapped[date | None] = mapped_column(Date)
    lines: Mapped[list[StockLine]] = children(
        "StockLine.document_id", "StockDocument", order_by="StockLine.position"
    )

    @property
    def about(self) -> EntityRef | None:
        """The document that its stock is kept for, or came back from."""
        return EntityRef(self.owner_entity, self.owner_id) if self.owner_id else None


class StockLine(TenantRow):
    """A material or a style in a colour, size (by its code), destination and lot.

    ``qty`` is in stock units; of a count it is what was counted, and ``book`` what the books said when it was posted.
    """

    __tablename__ = "stock_line"
    document_id: Mapped[int] = ref("stock_document", ondelete="CASCADE")
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
