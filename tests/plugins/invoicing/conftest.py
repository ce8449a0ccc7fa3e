"""A customer's order of 300 pieces at 5 (1,500.00), and an issued purchase order of 100 m at 2 (200.00)."""

from __future__ import annotations

from typing import Any

import pytest

from core.api import Ctx, run_action
from core.testing.scenes import stage
from plugins.orders.models import CustomerOrder
from plugins.orders.testing import make_order
from plugins.purchasing.models import PurchaseOrder
from plugins.purchasing.testing import make_purchase_order


@stage
def office(ctx: Ctx) -> Ctx:
    """The system's context; customers are invoiced by orders, for here nobody ships."""
    ctx.set_setting("invoicing.basis", "ordered")
    return ctx


@stage
def sold(office: Ctx) -> CustomerOrder:
    """Confirmed."""
    return make_order(office)


@stage
def bought(office: Ctx) -> PurchaseOrder:
    """Issued."""
    return make_purchase_order(office)


@pytest.fixture
def do(ctx: Ctx) -> Any:
    """``do(row, "issue", …)``: an action of a document."""

    def carry_out(row: Any, action: str, **data: Any) -> Any:
        return run_action(ctx, ctx.registry.entity_for(row), row, action, data)

    return carry_out
