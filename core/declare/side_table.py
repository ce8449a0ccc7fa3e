"""Added fields whose values stand in a table of the plugin that adds them, a row beside the document's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.data.among import among
from core.declare.extension import Added, Source
from core.declare.fields import Field

if TYPE_CHECKING:
    from core.data.db import TenantRow
    from core.declare.declarations import EntityType
    from core.kernel.context import Ctx

ROW = "row_id"
"""The column of a side table that names the row it stands beside; deleted with it."""


@dataclass(frozen=True)
class SideTable:
    """Keeps added fields in ``model``: a column for each, and ``row_id``."""

    model: type[TenantRow] | None
    fields: Sequence[Added]

    def added(self, ctx: Ctx, entity: EntityType) -> Sequence[Added]:
        """The declared ones, the same for every tenant."""
        return self.fields

    def read(
        self, ctx: Ctx, entity: EntityType, ids: Iterable[int], fields: Sequence[Field]
    ) -> Mapping[int, Mapping[str, Any]]:
        """One statement, and one for each reference."""
        model: Any = self.model
        wanted = select(model).where(among(model.row_id, ids))
        for spec in fields:
            if spec.kind == "ref":
                wanted = wanted.options(selectinload(getattr(model, spec.name)))
        return {
            side.row_id: {f.name: getattr(side, f.name) for f in fields}
            for side in ctx.session.scalars(wanted)
        }

    def write(self, ctx: Ctx, entity: EntityType, row: Any, values: Mapping[str, Any]) -> None:
        """Into the row beside it, which is made for the first value."""
        model: Any = self.model
        side = ctx.session.scalars(select(model).where(model.row_id == row.id)).one_or_none()
        if side is None:
            side = model(row_id=row.id)
            ctx.session.add(side)
        specs = {each.field.name: each.field for each in self.fields}
        for name, value in values.items():
            if specs[name].kind == "ref":
                setattr(side, specs[name].attr, value.id if value is not None else None)
            setattr(side, name, value)

    def drop(self, ctx: Ctx, entity: EntityType, row: Any) -> None:
        """The database deletes the row beside it."""

    def source(self, ctx: Ctx, entity: EntityType, spec: Field) -> Source:
        """The column of the same name."""
        model: Any = self.model
        return Source(model.row_id, getattr(model, spec.attr), (model.tenant_id == ctx.session.tenant_id,))
