"""Fields that administrators make, their options, and the values that documents have in them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import BigInteger, Boolean, Date, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Json, Qty, TenantRow, VersionedRow, children, link, ref
from plugins.base_files.api import Attachment


class CustomField(VersionedRow):
    """A field of one kind of document. ``active`` False: retired; it is asked for no more, and its values stay."""

    __tablename__ = "base_fields_field"
    __table_args__ = (UniqueConstraint("tenant_id", "code"),)
    code: Mapped[str] = mapped_column(String(30))
    entity: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))
    names: Mapped[dict[str, str] | None] = mapped_column(Json)
    help: Mapped[str] = mapped_column(String(400), default="")
    helps: Mapped[dict[str, str] | None] = mapped_column(Json)
    target: Mapped[str | None] = mapped_column(String(80))
    decimals: Mapped[int | None] = mapped_column(Integer)
    unit: Mapped[str] = mapped_column(String(20), default="")
    required: Mapped[bool] = mapped_column(Boolean, default=False)
    initial: Mapped[str] = mapped_column(String(200), default="")
    position: Mapped[int | None] = mapped_column(Integer)
    listed: Mapped[bool] = mapped_column(Boolean, default=False)
    filtered: Mapped[bool] = mapped_column(Boolean, default=False)
    searched: Mapped[bool] = mapped_column(Boolean, default=False)
    printed: Mapped[bool] = mapped_column(Boolean, default=False)
    labelled: Mapped[bool] = mapped_column(Boolean, default=False)
    roles: Mapped[list[str] | None] = mapped_column(Json)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    options: Mapped[list[FieldOption]] = children(
        "FieldOption.field_id", "CustomField", order_by="FieldOption.position"
    )


class FieldOption(TenantRow):
    """What may be chosen in a field of kind choice. Values hold its code."""

    __tablename__ = "base_fields_option"
    __table_args__ = (UniqueConstraint("tenant_id", "field_id", "code"),)
    field_id: Mapped[int] = ref("base_fields_field", ondelete="CASCADE")
    position: Mapped[int] = mapped_column(Integer, default=0)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    names: Mapped[dict[str, str] | None] = mapped_column(Json)


class CustomValue(TenantRow):
    """What stands in one field of one document: in the column of the field's kind. A reference is the other row's id; which
    kind of row, the field says. Of a file ``text`` is the name, by which lists find and sort it."""

    __tablename__ = "base_fields_value"
    __table_args__ = (
        UniqueConstraint("tenant_id", "field_id", "entity_id"),
        Index("ix_base_fields_value_row", "tenant_id", "entity", "entity_id"),
        Index("ix_base_fields_value_text", "tenant_id", "field_id", "text"),
        Index("ix_base_fields_value_number", "tenant_id", "field_id", "number"),
        Index("ix_base_fields_value_day", "tenant_id", "field_id", "day"),
        Index("ix_base_fields_value_target", "tenant_id", "field_id", "target_id"),
    )
    of_document: ClassVar[bool] = True
    entity: Mapped[str] = mapped_column(String(80))
    entity_id: Mapped[int] = mapped_column(BigInteger)
    field_id: Mapped[int] = ref("base_fields_field")
    text: Mapped[str | None] = mapped_column(String(400))
    words: Mapped[str | None] = mapped_column(Text)
    number: Mapped[Decimal | None] = mapped_column(Qty)
    day: Mapped[date | None] = mapped_column(Date)
    tick: Mapped[bool | None] = mapped_column(Boolean)
    target_id: Mapped[int | None] = mapped_column(BigInteger)
    attachment_id: Mapped[int | None] = ref("base_files_attachment")
    attachment: Mapped[Attachment | None] = link("CustomValue.attachment_id", "Attachment")
