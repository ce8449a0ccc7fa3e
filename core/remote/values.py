"""Values as JSON has them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from core.data.db import Base
from core.declare.fields import KeptFile
from core.entities import audit
from core.errors import Refused
from core.text.i18n import T, Text
from core.values import decimal_text

if TYPE_CHECKING:
    from core.kernel.context import Ctx


def to_json(ctx: Ctx, value: Any) -> Any:
    """A value for JSON: rows as their code or number, decimals as exact texts, days as ISO texts, files by what they are."""
    kind = type(value)
    if kind is str or kind is int or kind is bool or value is None:  # most of what a list holds
        return value
    if kind is Decimal:
        return decimal_text(value)
    if isinstance(value, Base):
        try:
            entity = ctx.registry.entity_for(value)
        except KeyError:
            return getattr(value, "id", None)
        return to_json(ctx, getattr(value, entity.key))
    if isinstance(value, Mapping):
        return {str(to_json(ctx, k)): to_json(ctx, v) for k, v in value.items()}
    if isinstance(value, str | bytes | Text) or value is None:
        return audit.json_value(value)
    if isinstance(value, Sequence | set | frozenset):
        return [to_json(ctx, v) for v in value]
    if isinstance(value, KeptFile):  # programs have an address of their own for its content
        return {"id": value.id, "name": value.name, "media_type": value.media_type, "size": value.size}
    if hasattr(value, "__dataclass_fields__"):
        return {name: to_json(ctx, getattr(value, name)) for name in value.__dataclass_fields__}
    return audit.json_value(value)


def parse_json(sent: str | bytes, place: str = "") -> Any:
    """What JSON says; decimals stay exact. Refused at ``place`` where it is no JSON, is nested too deep, or holds what is no
    number (NaN)."""
    try:
        return json.loads(sent, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Refused(T("This is not JSON: {why}", why=str(error)[:200]), place) from error


def _no_number(name: str) -> Any:
    raise ValueError(name)
