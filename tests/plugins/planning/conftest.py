"""A customer's order and what its pieces take."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from core.api import Ctx
from core.testing.scenes import stage
from plugins.catalog.testing import make_material, make_style
from plugins.orders.testing import make_order
from tests.plugins.catalog.consumption import save_bom


@stage
def sold(ctx: Ctx) -> Any:
    """An order of 300 pieces that take a yard of fabric each, nothing done about it."""
    style = make_style(ctx, "ST-1", ("NVY",))
    make_material(ctx, "FAB", safety_stock=Decimal(40))
    line = {"material": "FAB", "uom": "yd", "consumption": "1", "wastage_pct": "5", "color_rule": "none"}
    save_bom(ctx, style, [line])
    return make_order(ctx)
