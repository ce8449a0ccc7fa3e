"""Purchase orders for tests, of this plugin's and others'."""

from __future__ import annotations

from decimal import Decimal

from core.api import Ctx, run_action, save_row
from plugins.catalog.testing import make_color, make_material, make_partner
from plugins.purchasing.models import PurchaseOrder
from plugins.purchasing.services import lines
from plugins.purchasing.services.inputs import LineInput

USUAL = ("FAB", "100", "2")
"""Material, quantity, price."""


def make_purchase_order(
    ctx: Ctx, *wanted: tuple[str, str, str], supplier: str = "S1", color: str = "", issue: bool = True
) -> PurchaseOrder:
    """An issued order for main materials (``issue=False``: a draft) with a line for each of ``wanted``; what it names
    and is not there is made."""
    entity = ctx.registry.get("purchasing.order")
    seller = make_partner(ctx, supplier, supplier=True)
    order: PurchaseOrder = save_row(
        ctx, entity, None, {"supplier": seller, "material_class": "main", "order_date": ctx.today()}
    )
    shade = make_color(ctx, color) if color else None
    lines.save(
        ctx, order,
        [
            LineInput(material=make_material(ctx, code), qty=Decimal(qty), color=shade, destination=None, price=Decimal(price))
            for code, qty, price in wanted or (USUAL,)
        ],
    )  # fmt: skip
    if issue:
        run_action(ctx, entity, order, "issue")
    return order
