"""Extension points of the material gate: further checks on the same hold, and when production is planned to start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core.api import Ctx, Text, hookspec


@dataclass(frozen=True)
class HoldCheck:
    """Something beside material that must be so before production starts, such as "production sample approved"."""

    label: Text
    ok: bool
    detail: Text | str = ""


@hookspec
def hold_checks(ctx: Ctx, order_ids: Sequence[int]) -> Mapping[int, Sequence[HoldCheck]] | None:
    """Further checks of these factory orders: factory order id → checks. A failing one holds the start like a group that is
    short, is shown with them and yields to the same override. A fixed number of queries however many orders."""


@hookspec
def planned_start(ctx: Ctx, entity: str, ids: Sequence[int]) -> Mapping[int, date] | None:
    """The day on which the work of these documents is planned to start (開裁), as far as somebody plans it."""
