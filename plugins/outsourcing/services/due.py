"""What is to be paid to factories now: open instalments of live factory orders whose day has come or comes soon."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.api import Ctx, money
from plugins.outsourcing.models import FactoryOrder
from plugins.outsourcing.services import paid, schedule

LIVE = ("issued", "in_production", "completed")
DAYS = 7
"""How far ahead "due" looks, in days."""


@dataclass(frozen=True)
class Live:
    """A factory order as far as payment needs it."""

    id: int
    number: str
    state: str
    currency: str
    total: Decimal
    terms_id: int | None
    agreed_terms: Sequence[Mapping[str, Any]] | None


@dataclass(frozen=True)
class Due:
    """An instalment with something open, its factory order, and the day."""

    order: Live
    part: schedule.Instalment
    day: date

    def text(self, ctx: Ctx) -> str:
        """The open amount with its currency."""
        return f"{self.part.open:,.{money.decimals_of(ctx, self.order.currency)}f} {self.order.currency}"


def instalments(ctx: Ctx) -> list[Due]:
    """Open instalments that are overdue or due within a week, the oldest first. Read once a context; a fixed number of
    queries however many factory orders live."""
    if "outsourcing.due" not in ctx.cache:
        ctx.cache["outsourcing.due"] = _instalments(ctx, ctx.today() + timedelta(days=DAYS))
    found: list[Due] = ctx.cache["outsourcing.due"]
    return found


def _instalments(ctx: Ctx, until: date) -> list[Due]:
    row = FactoryOrder
    orders = [
        Live(*found)
        for found in ctx.session.execute(
            select(
                row.id, row.number, row.state, row.currency, row.total, row.terms_id, row.agreed_terms
            ).where(row.state.in_(LIVE), row.terms_id.is_not(None))
        )
    ]
    days = schedule.triggers(ctx, orders)
    reached = [order for order in orders if days[order.id]]  # nothing is due before a trigger happened
    figures = paid.of_orders(ctx, reached)
    return sorted(
        (
            Due(order, part, part.due_on)
            for order in reached
            for part in schedule.build(ctx, order, figures[order.id], days[order.id])
            if part.due_on is not None and part.due_on <= until and part.open > 0
        ),
        key=lambda due: (due.day, due.order.id),
    )
