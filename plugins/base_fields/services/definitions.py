"""The fields that a tenant has made, as declarations: read once, only where the kind of document has any."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.api import Ctx, Field, Text
from core.base_api import OF_PEOPLE, Added, Called, part_of
from core.values import Unreadable, parse_date, parse_decimal
from plugins.base_fields.models import CustomField, FieldOption

DECLARED = {"number": "qty"}
"""Kinds that are called otherwise where fields are declared."""
COLUMN = {"number": "number", "date": "day", "bool": "tick", "ref": "target_id", "long": "words"}
"""The column of a value by kind of field; ``text`` for the others, of a file its name."""


@dataclass(frozen=True)
class Definition:
    """A field as it is kept and as core has it."""

    id: int
    kind: str
    printed: bool
    labelled: bool
    added: Added

    @property
    def column(self) -> str:
        """The column that holds its values."""
        return COLUMN.get(self.kind, "text")


def definitions(ctx: Ctx, entity: str) -> Sequence[Definition]:
    """The fields of ``entity``, in their order. No statement where it has none."""
    if not ctx.is_on(part_of("base_fields", entity)):
        return ()
    wanted = (
        select(CustomField)
        .where(CustomField.entity == entity)
        .options(selectinload(CustomField.options))
        .order_by(CustomField.position, CustomField.id)
    )
    return ctx.memo.once(
        ("base_fields", entity),
        lambda: [_made(row) for row in ctx.session.scalars(wanted)],
        (CustomField.__tablename__, FieldOption.__tablename__),
    )


def name_of(code: str) -> str:
    """What a field is called in forms, files and JSON."""
    return f"{OF_PEOPLE}{code}"


def _made(row: CustomField) -> Definition:
    kind: Any = DECLARED.get(row.kind, row.kind)
    options: list[tuple[str, Text | str]] = [(o.code, Called(o.name, o.names)) for o in row.options]
    spec = Field(
        name_of(row.code),
        Called(row.name, row.names),
        kind,
        required=row.required and row.kind != "bool",
        help=Called(row.help, row.helps) if row.help or row.helps else None,
        choices=options,
        ref=row.target or "" if row.kind == "ref" else "",
        places=row.decimals or 0 if row.kind == "number" else None,
        max_length=4000 if row.kind == "long" else 400,
        default=_initial(row.kind, row.initial, row.decimals or 0),
        wide=row.kind == "long",
        suffix=row.unit if row.kind == "number" else "",
        when=_for_roles(frozenset(row.roles)) if row.roles else None,
    )
    told = row.kind in ("text", "long", "file")
    added = Added(spec, row.listed, row.filtered, row.searched and told, retired=not row.active)
    return Definition(row.id, row.kind, row.printed, row.labelled, added)


def _for_roles(roles: frozenset[str]) -> Callable[[Ctx], bool]:
    def there(ctx: Ctx) -> bool:
        return ctx.user is None or "*" in ctx.permissions or not roles.isdisjoint(ctx.own_roles())

    return there


def _initial(kind: str, typed: str, decimals: int) -> Any:
    try:
        return initial_value(kind, typed, decimals)
    except Unreadable:  # it was right when it was typed; a new row begins without it
        return None


def initial_value(kind: str, typed: str, decimals: int) -> str | bool | Decimal | date | None:
    """What a new document begins with, from what the administrator typed; None for nothing. Raises Unreadable."""
    if kind == "bool":
        return typed.strip().lower() in ("1", "yes", "true", "是")
    if not typed.strip() or kind in ("ref", "file"):
        return None
    if kind == "number":
        return parse_decimal(typed, decimals)
    return parse_date(typed) if kind == "date" else typed
