"""Tables of the movement ledger (see :mod:`core.ledger`, which alone writes them).

``StockItem`` and ``StockPlace`` give each distinct item and place a number, so that movements and balances are narrow.
``Posting``, ``Movement`` and ``ValueCorrection`` are the truth and only ever grow.
``Balance`` and ``Closing`` are derived from the movements,
written in the same transaction, and may be thrown away and made again (``hub ledger rebuild``).
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.data.columns import Money, Qty, Utc
from core.data.db import TenantRow


def _to(table: str, column: str) -> ForeignKeyConstraint:
    # not ``ref``: that would add an index a column, and what is pointed at here is never deleted
    return ForeignKeyConstraint(
        ["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"], ondelete="RESTRICT"
    )


class StockItem(TenantRow):
    """One distinct item: its kind (``ItemKind``), what it is, and its dimensions of colour, size, destination, lot and owner
    (0 = any, ours)."""

    __tablename__ = "core_stock_item"
    __table_args__ = (
        UniqueConstraint(
            "tenant_id", "kind", "ref_id", "color_id", "size_id", "dest_id", "lot", "owner_id",
            name="uq_core_stock_item_key",
        ),
    )  # fmt: skip
    append_only: ClassVar[bool] = True
    kind: Mapped[str] = mapped_column(String(20))
    ref_id: Mapped[int] = mapped_column(BigInteger)
    color_id: Mapped[int] = mapped_column(BigInteger)
    size_id: Mapped[int] = mapped_column(BigInteger)
    dest_id: Mapped[int] = mapped_column(BigInteger)
    lot: Mapped[str] = mapped_column(String(120))
    owner_id: Mapped[int] = mapped_column(BigInteger)


class StockPlace(TenantRow):
    """One place; with a document the part of it that is there for that document ("" and 0: for none)."""

    __tablename__ = "core_stock_place"
    __table_args__ = (
        UniqueConstraint(
            "tenant_id", "kind", "ref_id", "document", "document_id", name="uq_core_stock_place_key"
        ),
        Index("ix_core_stock_place_document", "tenant_id", "document", "document_id"),
    )
    append_only: ClassVar[bool] = True
    kind: Mapped[str] = mapped_column(String(20))
    ref_id: Mapped[int] = mapped_column(BigInteger)
    document: Mapped[str] = mapped_column(String(80))
    document_id: Mapped[int] = mapped_column(BigInteger)


class Posting(TenantRow):
    """What was posted together: by whom, when, for which document; ``key`` makes a repeated posting harmless."""

    __tablename__ = "core_posting"
    __table_args__ = (
        UniqueConstraint("tenant_id", "key"),
        Index("ix_core_posting_entity", "tenant_id", "entity", "entity_id"),
    )
    append_only: ClassVar[bool] = True
    key: Mapped[str | None] = mapped_column(String(120))
    entity: Mapped[str] = mapped_column(String(80))
    entity_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(Utc)
    user_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("core_user.id"))
    user_name: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(Text, default="")


class Movement(TenantRow):
    """``qty`` (> 0) of an item went from ``source`` to ``target`` on the business date ``day``.

    ``reverses_id`` names the movement this one takes back: same kind and quantity, places exchanged; once at most.
    """

    __tablename__ = "core_movement"
    __table_args__ = (
        _to("core_posting", "posting_id"),
        _to("core_stock_item", "item_id"),
        _to("core_stock_place", "source_id"),
        _to("core_stock_place", "target_id"),
        _to("core_movement", "reverses_id"),
        UniqueConstraint("tenant_id", "reverses_id"),
        CheckConstraint("qty > 0", name="qty"),
        CheckConstraint("source_id <> target_id", name="places"),
        Index("ix_core_movement_posting", "tenant_id", "posting_id"),
        Index("ix_core_movement_item", "tenant_id", "item_id", "day", "source_id", "target_id", "qty"),
        Index("ix_core_movement_day", "tenant_id", "day", "item_id", "source_id", "target_id", "qty"),
    )
    append_only: ClassVar[bool] = True
    posting_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(30))
    item_id: Mapped[int] = mapped_column(BigInteger)
    source_id: Mapped[int] = mapped_column(BigInteger)
    target_id: Mapped[int] = mapped_column(BigInteger)
    qty: Mapped[Decimal] = mapped_column(Qty)
    day: Mapped[date] = mapped_column(Date)
    line_id: Mapped[int] = mapped_column(BigInteger, default=0)
    reverses_id: Mapped[int | None] = mapped_column(BigInteger)
    value: Mapped[Decimal | None] = mapped_column(Money)
    currency: Mapped[str] = mapped_column(String(3), default="")


class ValueCorrection(TenantRow):
    """What a movement is worth more (or less) than it said, in its currency: the price became another afterwards."""

    __tablename__ = "core_value_correction"
    __table_args__ = (
        _to("core_posting", "posting_id"),
        _to("core_movement", "movement_id"),
        Index("ix_core_value_correction_movement", "tenant_id", "movement_id"),
    )
    append_only: ClassVar[bool] = True
    posting_id: Mapped[int] = mapped_column(BigInteger)
    movement_id: Mapped[int] = mapped_column(BigInteger)
    value: Mapped[Decimal] = mapped_column(Money)


class Balance(TenantRow):
    """Derived: what is in a place now. ``inside`` places never go below zero; ``latest`` is the newest business date."""

    __tablename__ = "core_balance"
    __table_args__ = (
        _to("core_stock_item", "item_id"),
        _to("core_stock_place", "place_id"),
        UniqueConstraint("tenant_id", "item_id", "place_id"),
        Index("ix_core_balance_place", "tenant_id", "place_id"),
        CheckConstraint("qty >= 0 OR NOT inside", name="inside"),
    )
    item_id: Mapped[int] = mapped_column(BigInteger)
    place_id: Mapped[int] = mapped_column(BigInteger)
    inside: Mapped[bool] = mapped_column(Boolean)
    qty: Mapped[Decimal] = mapped_column(Qty)
    latest: Mapped[date] = mapped_column(Date)


class Period(TenantRow):
    """A closed period: nothing is posted on or before ``until`` any more. Re-opening deletes the row; both are audited."""

    __tablename__ = "core_period"
    __table_args__ = (UniqueConstraint("tenant_id", "until"),)
    until: Mapped[date] = mapped_column(Date)
    at: Mapped[datetime] = mapped_column(Utc)
    user_name: Mapped[str] = mapped_column(String(120))


class Closing(TenantRow):
    """Derived: what was in a place at the end of a closed period (zero is left out)."""

    __tablename__ = "core_closing"
    __table_args__ = (
        _to("core_stock_item", "item_id"),
        _to("core_stock_place", "place_id"),
        UniqueConstraint("tenant_id", "until", "item_id", "place_id"),
    )
    until: Mapped[date] = mapped_column(Date)
    item_id: Mapped[int] = mapped_column(BigInteger)
    place_id: Mapped[int] = mapped_column(BigInteger)
    qty: Mapped[Decimal] = mapped_column(Qty)


class LedgerState(TenantRow):
    """One row a tenant: how far it is closed (posting and closing take turns on it), and when it was last verified."""

    __tablename__ = "core_ledger_state"
    __table_args__ = (UniqueConstraint("tenant_id"),)
    closed_until: Mapped[date | None] = mapped_column(Date)
    verified_at: Mapped[datetime | None] = mapped_column(Utc)
    verified_by: Mapped[str] = mapped_column(String(120), default="")
    faults: Mapped[int] = mapped_column(Integer, default=0)


__all__ = [
    "Balance", "Closing", "LedgerState", "Movement", "Period", "Posting", "StockItem", "StockPlace",
    "ValueCorrection",
]  # fmt: skip
