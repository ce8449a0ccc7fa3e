"""Tables of files: stored bytes, files on documents, remarks."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import TenantRow, Utc, link, ref


class FileBlob(TenantRow):
    """Stored bytes, addressed by their SHA-256; written once. ``media_type`` comes from the content."""

    __tablename__ = "base_files_file"
    __table_args__ = (UniqueConstraint("tenant_id", "sha256"),)
    append_only: ClassVar[bool] = True
    stored: ClassVar[str] = "sha256"
    sealed: ClassVar[tuple[str, ...]] = ("sha256", "size", "media_type", "at")
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Utc)


class Attachment(TenantRow):
    """A file on a document, under the name its owner gave it. ``kind`` says what for (``file``, ``signed``, …).

    Nothing of it changes but that it is ``removed``, which the audit trail tells of.
    """

    __tablename__ = "base_files_attachment"
    __table_args__ = (Index("ix_base_files_attachment_entity", "tenant_id", "entity", "entity_id", "id"),)
    of_document: ClassVar[bool] = True
    sealed: ClassVar[tuple[str, ...]] = (
        "entity",
        "entity_id",
        "kind",
        "file_id",
        "filename",
        "at",
        "user_name",
    )
    entity: Mapped[str] = mapped_column(String(80))
    entity_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(40), default="file")
    file_id: Mapped[int] = ref("base_files_file")
    filename: Mapped[str] = mapped_column(String(255))
    at: Mapped[datetime] = mapped_column(Utc)
    user_name: Mapped[str] = mapped_column(String(120))
    removed: Mapped[bool] = mapped_column(Boolean, default=False)
    file: Mapped[FileBlob] = link("Attachment.file_id", "FileBlob")


class Remark(TenantRow):
    """What somebody wrote about a document."""

    __tablename__ = "base_files_remark"
    __table_args__ = (Index("ix_base_files_remark_entity", "tenant_id", "entity", "entity_id", "id"),)
    of_document: ClassVar[bool] = True
    append_only: ClassVar[bool] = True
    sealed: ClassVar[tuple[str, ...]] = ("at", "user_name", "entity", "entity_id", "body")
    at: Mapped[datetime] = mapped_column(Utc)
    user_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("core_user.id"))
    user_name: Mapped[str] = mapped_column(String(120))
    entity: Mapped[str] = mapped_column(String(80))
    entity_id: Mapped[int] = mapped_column(BigInteger)
    body: Mapped[str] = mapped_column(Text)
