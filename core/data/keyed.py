"""Rows of a table by their ids."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.interfaces import ORMOption

from core.data.among import among
from core.data.db import TenantRow

Row = TypeVar("Row", bound=TenantRow)


def keyed_rows(session: Session, model: type[Row], ids: Iterable[int], *options: ORMOption) -> dict[int, Row]:
    """Rows of this tenant by id, whoever may see them; those that are not there are left out. One query, none for no ids."""
    wanted = set(ids)
    if not wanted:
        return {}
    return {
        row.id: row for row in session.scalars(select(model).where(among(model.id, wanted)).options(*options))
    }
