"""What was planned to be bought finished becomes draft purchase orders, one for each vendor and currency, given at once to the
orders that wait for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from core.api import Ctx, EntityRef, hookimpl, save_row
from core.db import keyed_rows
from core.values import ZERO
from plugins.catalog.api import Garment, Partner, Style
from plugins.fulfilment.services import allotting
from plugins.fulfilment.words import PURCHASE_ORDER
from plugins.purchasing.api import GOODS, Goods, PurchaseOrder, add_goods


@hookimpl(optionalhook=True)
def plan_release(ctx: Ctx, released: Sequence[Any]) -> dict[str, EntityRef]:
    """Drafts for finished goods, a line for each colour and size. What has no price yet gets it on the draft."""
    groups: dict[tuple[int, str], list[Any]] = defaultdict(list)
    for each in released:
        if each.kind == "buy" and all(isinstance(item, Garment) for item in each.pieces):
            groups[each.supplier_id, each.currency].append(each)
    if not groups:
        return {}
    ctx.require(f"{PURCHASE_ORDER}.create")
    styles = keyed_rows(
        ctx.session,
        Style,
        {item.style for found in groups.values() for each in found for item in each.pieces},
    )
    vendors = keyed_rows(ctx.session, Partner, {vendor_id for vendor_id, _currency in groups})
    goods: dict[PurchaseOrder, list[Goods]] = {}
    made: dict[str, EntityRef] = {}
    for (vendor_id, currency), found in sorted(groups.items()):
        values = {
            "supplier": vendors[vendor_id],
            "material_class": GOODS,
            "currency": currency,
            "order_date": ctx.today(),
            "required_date": min(each.due for each in found),
        }
        order: PurchaseOrder = save_row(ctx, ctx.registry.get(PURCHASE_ORDER), None, values)
        goods[order] = [
            Goods(styles[item.style], item.color, item.size, None, int(qty), each.price or ZERO, each.due)
            for each in sorted(found, key=lambda one: (one.due, one.number))
            for item, qty in each.pieces.items()
        ]
        made |= {each.number: PURCHASE_ORDER.ref(order.id) for each in found}
    add_goods(ctx, goods)
    for order in goods:
        if any(want.rest for want in allotting.wants(ctx, order)):
            allotting.allot_all(ctx, order)
    return made
