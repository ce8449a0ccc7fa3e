"""Factory orders: their lines, sizes, prices, revisions and contracts."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Json, Money, Pct, Price, TenantRow, Utc, VersionedRow, children, link, open_index, ref
from kit.papers import CreatedColumns, RevisionColumns, Snapshot
from plugins.catalog.api import Color, Destination, Partner, PaymentTerm, Size, Style
from plugins.orders.api import CustomerOrder, OrderLine, OrderStyle
from plugins.outsourcing.models.snapshot import OrderSnapshot


class FactoryOrder(CreatedColumns, VersionedRow):
    """委外單: a document sent to one factory; covers several customer orders, styles and destinations.

    ``ship_date`` (earliest of the lines), ``qty`` and ``total`` (amounts of the lines, and tax on their sum) are kept
    with the lines. ``snapshot`` is what was issued; contracts are printed from it. It is large, and read from the database
    when somebody asks for it. ``agreed_terms`` are the lines of its payment terms ({pct, trigger, days}), which many pages
    ask for. ``started_on`` is the day cutting began.
    """

    __tablename__ = "outsourcing_order"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        Index("ix_outsourcing_order_state", "tenant_id", "state", "id"),
        Index("ix_outsourcing_order_ship_date", "tenant_id", "ship_date", "id"),
        open_index(
            "ix_outsourcing_order_open",
            "ship_date",
            "id",
            states=("draft", "issued", "in_production", "completed"),
        ),
    )
    number: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20), default="draft")
    contract_status: Mapped[str] = mapped_column(String(20), default="none")
    factory_id: Mapped[int] = ref("catalog_partner")
    factory: Mapped[Partner] = link("FactoryOrder.factory_id", "Partner")
    currency: Mapped[str] = mapped_column(String(3))
    order_date: Mapped[date] = mapped_column(Date)
    issue_date: Mapped[date | None] = mapped_column(Date)
    started_on: Mapped[date | None] = mapped_column(Date)
    revision: Mapped[int] = mapped_column(Integer, default=0)
    incoterm: Mapped[str] = mapped_column(String(40), default="")
    delivery_place: Mapped[str] = mapped_column(String(200), default="")
    terms_id: Mapped[int | None] = ref("catalog_payment_term")
    terms: Mapped[PaymentTerm | None] = link("FactoryOrder.terms_id", "PaymentTerm")
    tax_pct: Mapped[Decimal] = mapped_column(Pct, default=Decimal(0))
    notes: Mapped[str] = mapped_column(Text, default="")
    ship_date: Mapped[date | None] = mapped_column(Date)
    qty: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    snapshot: Mapped[OrderSnapshot | None] = mapped_column(Snapshot(OrderSnapshot), deferred=True)
    agreed_terms: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    prices: Mapped[list[FactoryOrderPrice]] = children("FactoryOrderPrice.order_id", "FactoryOrder")
    lines: Mapped[list[FactoryOrderLine]] = children(
        "FactoryOrderLine.order_id", "FactoryOrder", order_by="FactoryOrderLine.position"
    )


class FactoryOrderPrice(TenantRow):
    """The factory's price per piece of a style: one per style and factory order."""

    __tablename__ = "outsourcing_price"
    __table_args__ = (UniqueConstraint("tenant_id", "order_id", "style_id"),)
    order_id: Mapped[int] = ref("outsourcing_order", ondelete="CASCADE")
    style_id: Mapped[int] = ref("catalog_style")
    style: Mapped[Style] = link("FactoryOrderPrice.style_id", "Style")
    price: Mapped[Decimal | None] = mapped_column(Price)
    zero_reason: Mapped[str] = mapped_column(String(400), default="")


class FactoryOrderLine(TenantRow):
    """One row per factory order × customer order × style × destination.

    ``flag``: ``cancelled`` (the customer cancelled the order behind it, somebody must decide), ``stock`` (made for stock
    in spite of it), else empty. ``override_price`` replaces the style's price, with a reason. ``price`` is the one in
    force; ``parts`` holds pieces that keep an earlier one, ``[[pieces, "6.80"], …]``, where a revision said so.
    """

    __tablename__ = "outsourcing_line"
    __table_args__ = (
        UniqueConstraint("tenant_id", "order_id", "order_style_id", "destination_id"),
        Index("ix_outsourcing_line_customer_po", "tenant_id", "customer_po"),
        Index("ix_outsourcing_line_flag", "tenant_id", "flag"),
    )
    order_id: Mapped[int] = ref("outsourcing_order", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, default=0)
    customer_order_id: Mapped[int] = ref("orders_order")
    customer_order: Mapped[CustomerOrder] = link("FactoryOrderLine.customer_order_id", "CustomerOrder")
    order_style_id: Mapped[int] = ref("orders_style")
    order_style: Mapped[OrderStyle] = link("FactoryOrderLine.order_style_id", "OrderStyle")
    style_id: Mapped[int] = ref("catalog_style")
    style: Mapped[Style] = link("FactoryOrderLine.style_id", "Style")
    destination_id: Mapped[int] = ref("catalog_destination")
    destination: Mapped[Destination] = link("FactoryOrderLine.destination_id", "Destination")
    customer_po: Mapped[str] = mapped_column(String(80), default="")
    ship_date: Mapped[date | None] = mapped_column(Date)
    qty: Mapped[int] = mapped_column(Integer, default=0)
    price: Mapped[Decimal | None] = mapped_column(Price)
    override_price: Mapped[Decimal | None] = mapped_column(Price)
    override_reason: Mapped[str] = mapped_column(String(400), default="")
    amount: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    parts: Mapped[list[list[Any]] | None] = mapped_column(Json)
    flag: Mapped[str] = mapped_column(String(20), default="")
    short_closed: Mapped[bool] = mapped_column(Boolean, default=False)
    short_closed_on: Mapped[date | None] = mapped_column(Date)
    sizes: Mapped[list[FactoryOrderSize]] = children("FactoryOrderSize.line_id", "FactoryOrderLine")


class FactoryOrderSize(TenantRow):
    """Pieces of one colour and size, and the customer order line they fill. Zero is kept so that the grid shows it.

    ``released`` pieces will not be made any more (short-closed): they are free for another factory order.
    """

    __tablename__ = "outsourcing_size"
    __table_args__ = (
        UniqueConstraint("tenant_id", "line_id", "order_line_id", "size_id"),
        Index("ix_outsourcing_size_allocated", "tenant_id", "order_line_id", "size_id"),
    )
    line_id: Mapped[int] = ref("outsourcing_line", ondelete="CASCADE")
    order_line_id: Mapped[int] = ref("orders_line")
    order_line: Mapped[OrderLine] = link("FactoryOrderSize.order_line_id", "OrderLine")
    color_id: Mapped[int] = ref("catalog_color")
    color: Mapped[Color] = link("FactoryOrderSize.color_id", "Color")
    size_id: Mapped[int] = ref("catalog_size")
    size: Mapped[Size] = link("FactoryOrderSize.size_id", "Size")
    qty: Mapped[int] = mapped_column(Integer)
    released: Mapped[int] = mapped_column(Integer, default=0)


class Revision(RevisionColumns, TenantRow):
    """A change after issue, with the snapshot it replaced; ``reprice``: all pieces (``all``) or new receipts only (``new``)."""

    __tablename__ = "outsourcing_revision"
    __table_args__ = (UniqueConstraint("tenant_id", "order_id", "revision"),)
    order_id: Mapped[int] = ref("outsourcing_order", ondelete="CASCADE")
    snapshot: Mapped[OrderSnapshot | None] = mapped_column(Snapshot(OrderSnapshot), deferred=True)
    reprice: Mapped[str] = mapped_column(String(10), default="all")


class Contract(TenantRow):
    """A contract made from an issued order: the PDF, and the factory's signed copy once it is there.

    status: preparing (in the background), failed, generated, signed, void (a revision or withdrawal), superseded (a newer
    PDF or signed copy, or a signed copy taken back). Rows are never deleted: they are the history.
    """

    __tablename__ = "outsourcing_contract"
    order_id: Mapped[int] = ref("outsourcing_order")
    order: Mapped[FactoryOrder] = link("Contract.order_id", "FactoryOrder")
    number: Mapped[str] = mapped_column(String(60))
    revision: Mapped[int] = mapped_column(Integer)
    language: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20), default="generated")
    file_id: Mapped[int | None] = ref("base_files_file")
    sha256: Mapped[str] = mapped_column(String(64), default="")
    pages: Mapped[int] = mapped_column(Integer, default=0)
    job_id: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(Utc)
    user_name: Mapped[str] = mapped_column(String(120))
    signed_file_id: Mapped[int | None] = ref("base_files_file")
    signed_filename: Mapped[str] = mapped_column(String(255), default="")
    signer: Mapped[str] = mapped_column(String(120), default="")
    signed_on: Mapped[date | None] = mapped_column(Date)
    note: Mapped[str] = mapped_column(Text, default="")
