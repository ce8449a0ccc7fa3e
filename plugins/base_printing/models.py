"""What other plugins put on documents that were issued."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Json, TenantRow


class FrozenBlocks(TenantRow):
    """The parts of others on one printed document, as they were when it said what it says: ``digest`` is of its snapshot.

    ``blocks`` are [plugin, template, values] in their order.
    """

    __tablename__ = "base_printing_frozen"
    __table_args__ = (Index("ix_base_printing_frozen_row", "tenant_id", "entity", "entity_id", "id"),)
    append_only: ClassVar[bool] = True
    of_document: ClassVar[bool] = True
    entity: Mapped[str] = mapped_column(String(80))
    entity_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(80))
    digest: Mapped[str] = mapped_column(String(64))
    blocks: Mapped[list[Any]] = mapped_column(Json)
