"""Days on which something happened: never days to come, whichever way they come in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from core.declare.fields import Field
from core.errors import Problem
from core.text.i18n import T, Text

if TYPE_CHECKING:
    from core.kernel.context import Ctx


def not_yet(ctx: Ctx, day: date) -> Text | None:
    """What is wrong with ``day`` as the day of a fact; None where it has come in the tenant's zone."""
    if day > ctx.today():
        return T("The date {day} lies in the future.", day=day.isoformat())
    return None


def future_facts(ctx: Ctx, fields: Sequence[Field], data: Mapping[str, Any], path: str = "") -> list[Problem]:
    """A Problem for each day among ``data`` that states a fact and is still to come."""
    found = []
    for spec in fields:
        day = data.get(spec.name) if spec.fact else None
        if (
            isinstance(day, date)
            and not isinstance(day, datetime)
            and (text := not_yet(ctx, day)) is not None
        ):
            found.append(Problem(text, path + spec.name))
    return found
