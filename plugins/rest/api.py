"""What other plugins may use of the programming interface: figures of theirs that are no documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.api import Ctx, Field, Text


@dataclass(frozen=True)
class Reading:
    """Figures that a program may ask for at ``/api/v1/readings/<name>``.

    name    ``<plugin>.<noun>``; label its title
    right   the permission it takes
    fields  what may be asked, checked like a form
    run     ``run(ctx, values)``: rows, as mappings of exact values (decimals, days, rows of entities as they are)
    """

    name: str
    label: Text
    right: str
    run: Callable[[Ctx, Mapping[str, Any]], list[dict[str, Any]]]
    fields: tuple[Field, ...] = ()


__all__ = [
    "Reading",
]
