"""Stock for tests, of this plugin's and others'."""

from __future__ import annotations

from decimal import Decimal

from core import ledger
from core.api import Ctx
from plugins.catalog.testing import make_color, make_material, make_partner
from plugins.stock.services import stores


def make_stock(
    ctx: Ctx, material: str = "FAB", qty: str = "100", *, color: str = "", lot: str = ""
) -> ledger.Item:
    """So much of a material came from a supplier into the usual store; returns the item that the ledger counts. Master
    data that are not there are made."""
    shade = make_color(ctx, color).id if color else 0
    item = ledger.Item("material", make_material(ctx, material).id, shade, lot=lot)
    seller = ledger.Place("supplier", make_partner(ctx, "S1", supplier=True).id)
    move = ledger.Move("opening", item, seller, ledger.Place("store", stores.default(ctx).id), Decimal(qty))
    ledger.post(ctx, [move], entity="stock.testing", entity_id=item.id, on=ctx.today())
    return item
