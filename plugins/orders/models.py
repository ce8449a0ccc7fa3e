"""Customer orders: header, order styles, lines by style × colour × destination × ship date, pieces per size."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Date, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Pct, Price, TenantRow, VersionedRow, children, link, open_index, ref
from kit.papers import CreatedColumns
from plugins.catalog.api import Color, Destination, Partner, PaymentTerm, Size, Style


class CustomerOrder(CreatedColumns, VersionedRow):
    """What a customer bought from us.

    ``ship_date`` (earliest of the lines) and ``qty`` are kept with the lines; ``confirmed_on`` is the day it was confirmed
    last, none while it is a draft.
    """

    __tablename__ = "orders_order"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        Index("ix_orders_order_state", "tenant_id", "state", "id"),
        Index("ix_orders_order_ship_date", "tenant_id", "ship_date", "id"),
        Index("ix_orders_order_customer_po", "tenant_id", "customer_po"),
        open_index("ix_orders_order_open", "ship_date", "id", states=("draft", "confirmed")),
    )
    number: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20), default="draft")
    customer_id: Mapped[int] = ref("catalog_partner")
    customer: Mapped[Partner] = link("CustomerOrder.customer_id", "Partner")
    customer_po: Mapped[str] = mapped_column(String(80), default="")
    currency: Mapped[str] = mapped_column(String(3))
    incoterm: Mapped[str] = mapped_column(String(40), default="")
    terms_id: Mapped[int | None] = ref("catalog_payment_term")
    terms: Mapped[PaymentTerm | None] = link("CustomerOrder.terms_id", "PaymentTerm")
    order_date: Mapped[date] = mapped_column(Date)
    season: Mapped[str] = mapped_column(String(20), default="")
    tax_pct: Mapped[Decimal] = mapped_column(Pct, default=Decimal(0))
    notes: Mapped[str] = mapped_column(Text, default="")
    confirmed_on: Mapped[date | None] = mapped_column(Date)
    ship_date: Mapped[date | None] = mapped_column(Date)
    qty: Mapped[int] = mapped_column(Integer, default=0)
    styles: Mapped[list[OrderStyle]] = children(
        "OrderStyle.order_id", "CustomerOrder", order_by="OrderStyle.position"
    )
    lines: Mapped[list[OrderLine]] = children(
        "OrderLine.order_id", "CustomerOrder", order_by="OrderLine.position"
    )


class OrderStyle(TenantRow):
    """A style inside one order; claims and factory orders link to it."""

    __tablename__ = "orders_style"
    __table_args__ = (UniqueConstraint("tenant_id", "order_id", "style_id"),)
    order_id: Mapped[int] = ref("orders_order", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, default=0)
    style_id: Mapped[int] = ref("catalog_style")
    style: Mapped[Style] = link("OrderStyle.style_id", "Style")


class OrderLine(TenantRow):
    """Pieces of one style, colour, destination and ship date at one price.

    ``price`` is None until it is known; ``qty`` is the sum of the sizes, kept with them. A line of 0 pieces was taken
    back by the customer while documents still point to it.
    """

    __tablename__ = "orders_line"
    __table_args__ = (
        UniqueConstraint("tenant_id", "order_style_id", "color_id", "destination_id", "ship_date"),
    )
    order_id: Mapped[int] = ref("orders_order", ondelete="CASCADE")
    order_style_id: Mapped[int] = ref("orders_style", ondelete="CASCADE")
    order_style: Mapped[OrderStyle] = link("OrderLine.order_style_id", "OrderStyle")
    position: Mapped[int] = mapped_column(Integer, default=0)
    color_id: Mapped[int] = ref("catalog_color")
    color: Mapped[Color] = link("OrderLine.color_id", "Color")
    destination_id: Mapped[int] = ref("catalog_destination")
    destination: Mapped[Destination] = link("OrderLine.destination_id", "Destination")
    ship_date: Mapped[date] = mapped_column(Date)
    price: Mapped[Decimal | None] = mapped_column(Price)
    qty: Mapped[int] = mapped_column(Integer, default=0)
    sizes: Mapped[list[OrderSize]] = children("OrderSize.line_id", "OrderLine", order_by="OrderSize.position")


class OrderSize(TenantRow):
    """Pieces of one size; zero is kept so that the grid shows it."""

    __tablename__ = "orders_size"
    __table_args__ = (
        UniqueConstraint("tenant_id", "line_id", "size_id"),
        # size by size with all that is added up: nothing has to be sorted, nor fetched from the table
        Index("ix_orders_size_pieces", "tenant_id", "size_id", "line_id", "qty"),
    )
    line_id: Mapped[int] = ref("orders_line", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, default=0)
    size_id: Mapped[int] = ref("catalog_size")
    size: Mapped[Size] = link("OrderSize.size_id", "Size")
    qty: Mapped[int] = mapped_column(Integer)
