"""The last of the first steps: an order."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from core.api import Ctx, FirstStep, T, hookimpl
from plugins.orders.models import CustomerOrder


@hookimpl
def first_steps(ctx: Ctx) -> Sequence[FirstStep]:
    """Done with the first order."""
    done = ctx.session.scalar(select(CustomerOrder.id).limit(1)) is not None
    return [
        FirstStep(
            T("The first order"),
            "/orders/order/new",
            done,
            90,
            T("From it follows everything else."),
            goal=True,
        )
    ]
