"""Sample makers and the samples asked of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import Boolean, Date, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Json, Money, Pct, Price, Qty, TenantRow, VersionedRow, children, link, ref


class Maker(VersionedRow):
    """Whoever sews samples."""

    __tablename__ = "samples_maker"
    __table_args__ = (UniqueConstraint("tenant_id", "code"),)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    names: Mapped[dict[str, str] | None] = mapped_column(Json)
    inhouse: Mapped[bool] = mapped_column(Boolean, default=False)
    since: Mapped[date | None] = mapped_column(Date)


class Request(VersionedRow):
    """A request for samples."""

    __tablename__ = "samples_request"
    __table_args__ = (UniqueConstraint("tenant_id", "number"),)
    number: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20), default="draft")
    maker_id: Mapped[int | None] = ref("samples_maker")
    maker: Mapped[Maker | None] = link("Request.maker_id", "Maker")
    kind: Mapped[str | None] = mapped_column(String(20))
    wanted: Mapped[date | None] = mapped_column(Date)
    fee: Mapped[Decimal | None] = mapped_column(Money)
    discount: Mapped[Decimal | None] = mapped_column(Pct)
    notes: Mapped[str] = mapped_column(Text, default="")
    urgent: Mapped[bool] = mapped_column(Boolean, default=False)
    lines: Mapped[list[RequestLine]] = children(
        "RequestLine.request_id", "Request", order_by="RequestLine.position"
    )


class RequestLine(TenantRow):
    """Pieces of one article."""

    __tablename__ = "samples_line"
    __table_args__ = (UniqueConstraint("tenant_id", "request_id", "article"),)
    request_id: Mapped[int] = ref("samples_request", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, default=0)
    article: Mapped[str] = mapped_column(String(40))
    pieces: Mapped[int] = mapped_column(Integer)
    fabric: Mapped[Decimal | None] = mapped_column(Qty)
    price: Mapped[Decimal | None] = mapped_column(Price)


class Stamp(TenantRow):
    """Every stamp put on a request; never changed."""

    __tablename__ = "samples_stamp"
    append_only: ClassVar[bool] = True
    request_id: Mapped[int] = ref("samples_request")
    word: Mapped[str] = mapped_column(String(40))
