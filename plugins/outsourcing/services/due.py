"""What is to be paid to factories now: open instalments of live factory orders whose day has come or comes soon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from core.api import Ctx
from core.money import currency_decimals
from plugins.outsourcing.services import live, paid, schedule
from plugins.outsourcing.services.live import Live

OWED = ("issued", "in_production", "completed")
"""States in which a factory order is paid for."""
DAYS = 7
"""How far ahead "due" looks, in days."""


@dataclass(frozen=True)
class Due:
    """An instalment with something open, its factory order, and the day."""

    order: Live
    part: schedule.Instalment
    day: date

    def text(self, ctx: Ctx) -> str:
        """The open amount with its currency."""
        return f"{self.part.open:,.{currency_decimals(ctx, self.order.currency)}f} {self.order.currency}"


def instalments(ctx: Ctx) -> list[Due]:
    """Open instalments that are overdue or due within a week, the oldest first. Read once a page; a fixed number of
    queries however many factory orders live."""
    return ctx.memo.once("outsourcing.due", lambda: _instalments(ctx, ctx.today() + timedelta(days=DAYS)))


def _instalments(ctx: Ctx, until: date) -> list[Due]:
    orders = [order for order in live.orders(ctx, *OWED) if order.terms_id is not None]
    days = schedule.happened(ctx, orders)
    reached = [order for order in orders if days[order.id]]  # nothing is due before a trigger happened
    figures = paid.of_orders(ctx, orders)  # of all: the other parts of the page ask for them
    return sorted(
        (
            Due(order, part, part.due_on)
            for order in reached
            for part in schedule.build_instalments(ctx, order, figures[order.id], days[order.id])
            if part.due_on is not None and part.due_on <= until and part.open > 0
        ),
        key=lambda due: (due.day, due.order.id),
    )
