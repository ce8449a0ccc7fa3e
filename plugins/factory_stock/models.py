"""出料、進貨: the documents that move material to a factory and garments in from it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import Date, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Qty, TenantRow, VersionedRow, children, link, ref
from kit.papers import CreatedColumns, PostedColumns
from plugins.catalog.api import Color, Destination, Material, Partner, Size
from plugins.outsourcing.api import FactoryOrder, FactoryOrderLine

if TYPE_CHECKING:
    from plugins.stock.api import Store


class Issue(CreatedColumns, PostedColumns, VersionedRow):
    """出料 and what belongs to it: material between a store and a factory, for one factory order.

    kind  ``issue`` store → factory, ``return`` factory → store, ``write_off`` factory → scrap, ``count`` what was
          counted at the factory: the difference to the book counts as used (or as not used after all)
    """

    __tablename__ = "factory_stock_issue"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        Index("ix_factory_stock_issue_state", "tenant_id", "state", "id"),
        Index("ix_factory_stock_issue_order", "tenant_id", "factory_order_id", "state"),
    )
    number: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20), default="draft")
    kind: Mapped[str] = mapped_column(String(20), default="issue")
    factory_order_id: Mapped[int] = ref("outsourcing_order")
    factory_order: Mapped[FactoryOrder] = link("Issue.factory_order_id", "FactoryOrder")
    factory_id: Mapped[int] = ref("catalog_partner")
    factory: Mapped[Partner] = link("Issue.factory_id", "Partner")
    store_id: Mapped[int] = ref("stock_store")
    store: Mapped[Store] = link("Issue.store_id", "Store")
    day: Mapped[date] = mapped_column(Date)
    notes: Mapped[str] = mapped_column(Text, default="")
    lines: Mapped[list[IssueLine]] = children("IssueLine.issue_id", "Issue", order_by="IssueLine.position")


class IssueLine(TenantRow):
    """A lot of a material in a colour, size and destination; ``qty`` in stock units (of a count: what was counted).

    ``extra`` is the part above the need, fixed when posted; it has a ``reason`` and a ``payer`` who bears it.
    """

    __tablename__ = "factory_stock_issue_line"
    issue_id: Mapped[int] = ref("factory_stock_issue", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, default=0)
    material_id: Mapped[int] = ref("catalog_material")
    material: Mapped[Material] = link("IssueLine.material_id", "Material")
    color_id: Mapped[int | None] = ref("catalog_color")
    color: Mapped[Color | None] = link("IssueLine.color_id", "Color")
    size_id: Mapped[int | None] = ref("catalog_size")
    size: Mapped[Size | None] = link("IssueLine.size_id", "Size")
    destination_id: Mapped[int | None] = ref("catalog_destination")
    destination: Mapped[Destination | None] = link("IssueLine.destination_id", "Destination")
    lot: Mapped[str] = mapped_column(String(120), default="")
    qty: Mapped[Decimal] = mapped_column(Qty)
    extra: Mapped[Decimal] = mapped_column(Qty, default=Decimal(0))
    reason: Mapped[str] = mapped_column(String(40), default="")
    payer: Mapped[str] = mapped_column(String(20), default="")
    note: Mapped[str] = mapped_column(String(400), default="")


class GoodsIn(CreatedColumns, PostedColumns, VersionedRow):
    """進貨: finished pieces of one factory order that came in, by colour and size.

    kind  ``goods_in``: accepted pieces to the store, rejected ones apart; ``rework``: rejected pieces go back to the
          factory; ``seconds``: rejected pieces are kept as seconds (lot ``B``)
    """

    __tablename__ = "factory_stock_goods_in"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        Index("ix_factory_stock_goods_in_state", "tenant_id", "state", "id"),
        Index("ix_factory_stock_goods_in_order", "tenant_id", "factory_order_id", "state"),
    )
    number: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20), default="draft")
    kind: Mapped[str] = mapped_column(String(20), default="goods_in")
    factory_order_id: Mapped[int] = ref("outsourcing_order")
    factory_order: Mapped[FactoryOrder] = link("GoodsIn.factory_order_id", "FactoryOrder")
    factory_id: Mapped[int] = ref("catalog_partner")
    factory: Mapped[Partner] = link("GoodsIn.factory_id", "Partner")
    store_id: Mapped[int] = ref("stock_store")
    store: Mapped[Store] = link("GoodsIn.store_id", "Store")
    day: Mapped[date] = mapped_column(Date)
    delivery_note: Mapped[str] = mapped_column(String(80), default="")
    notes: Mapped[str] = mapped_column(Text, default="")
    over_reason: Mapped[str] = mapped_column(String(400), default="")
    over_by: Mapped[str] = mapped_column(String(120), default="")
    lines: Mapped[list[GoodsInLine]] = children(
        "GoodsInLine.goods_in_id", "GoodsIn", order_by="GoodsInLine.position"
    )


class GoodsInLine(TenantRow):
    """A line of the factory order in one colour. ``inspected`` pieces were looked at, of those ``cartons`` hold."""

    __tablename__ = "factory_stock_goods_in_line"
    __table_args__ = (UniqueConstraint("tenant_id", "goods_in_id", "fo_line_id", "color_id"),)
    goods_in_id: Mapped[int] = ref("factory_stock_goods_in", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, default=0)
    fo_line_id: Mapped[int] = ref("outsourcing_line")
    fo_line: Mapped[FactoryOrderLine] = link("GoodsInLine.fo_line_id", "FactoryOrderLine")
    color_id: Mapped[int] = ref("catalog_color")
    color: Mapped[Color] = link("GoodsInLine.color_id", "Color")
    cartons: Mapped[int] = mapped_column(Integer, default=0)
    inspected: Mapped[int] = mapped_column(Integer, default=0)
    sizes: Mapped[list[GoodsInSize]] = children("GoodsInSize.line_id", "GoodsInLine", lazy="selectin")


class GoodsInSize(TenantRow):
    """Pieces of one size: ``received``, and of those ``rejected``. Accepted is the difference."""

    __tablename__ = "factory_stock_goods_in_size"
    __table_args__ = (UniqueConstraint("tenant_id", "line_id", "size_id"),)
    line_id: Mapped[int] = ref("factory_stock_goods_in_line", ondelete="CASCADE")
    size_id: Mapped[int] = ref("catalog_size")
    size: Mapped[Size] = link("GoodsInSize.size_id", "Size")
    received: Mapped[int] = mapped_column(Integer, default=0)
    rejected: Mapped[int] = mapped_column(Integer, default=0)
