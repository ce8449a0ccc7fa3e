"""What was planned to be bought becomes draft purchase orders: one for each supplier, class and currency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from core.api import Ctx, EntityName, EntityRef, hookimpl, save_row
from core.db import keyed_rows
from core.money import base_currency
from core.values import ZERO
from plugins.buying.services import purposes
from plugins.catalog.api import Color, Destination, Key, Material, Partner
from plugins.purchasing.api import LineInput, PurchaseOrder, lines, quantities

ORDER = EntityName("purchasing.order")


@hookimpl(optionalhook=True)
def plan_release(ctx: Ctx, released: Sequence[Any]) -> dict[str, EntityRef]:
    """Drafts for what is to be bought, each line for the documents that it serves: the earliest need claims first, what the
    lot has too much is for stock. What they serve that wants nothing in stock's books is bought for nobody yet."""
    mine = [each for each in released if each.kind == "buy" and isinstance(next(iter(each.pieces)), Key)]
    if not mine:
        return {}
    ctx.require(f"{ORDER}.create")
    keys = {each.number: next(iter(each.pieces)) for each in mine}
    materials = keyed_rows(ctx.session, Material, {key.material for key in keys.values()})
    suppliers = keyed_rows(ctx.session, Partner, {each.supplier_id for each in mine})
    colors = keyed_rows(ctx.session, Color, {key.color for key in keys.values() if key.color})
    places = keyed_rows(
        ctx.session, Destination, {key.destination for key in keys.values() if key.destination}
    )
    groups: dict[tuple[int, str], list[Any]] = defaultdict(list)
    for each in mine:
        groups[each.supplier_id, materials[keys[each.number].material].material_class].append(each)
    made: dict[str, EntityRef] = {}
    for (supplier_id, kind), found in sorted(groups.items()):
        supplier = suppliers[supplier_id]
        first = min(each.due for each in found)
        order: PurchaseOrder = save_row(
            ctx, ctx.registry.get(ORDER), None,
            {
                "supplier": supplier, "material_class": kind, "currency": supplier.currency or base_currency(ctx),
                "order_date": ctx.today(), "required_date": first,
            },
        )  # fmt: skip
        inputs = []
        for each in sorted(found, key=lambda one: (one.due, one.number)):
            key, qty = keys[each.number], next(iter(each.pieces.values()))
            material = materials[key.material]
            bought = quantities.suggest(qty, material.factor, ZERO, ZERO, material.purchase_uom)
            inputs.append(
                LineInput(
                    material=material, qty=bought, color=colors.get(key.color or 0), size=key.size or "",
                    destination=places.get(key.destination or 0), price=each.price,
                    required_date=each.due if each.due != first else None,
                    allocations=_shares(ctx, material, bought, each.serves),
                )
            )  # fmt: skip
            made[each.number] = ORDER.ref(order.id)
        lines.save(ctx, order, inputs)
    return made


def _shares(
    ctx: Ctx, material: Material, bought: Decimal, serves: Sequence[tuple[EntityRef, Decimal]]
) -> dict[EntityRef, Decimal]:
    """Purchase units for each document, as far as they go."""
    alive = {ref for ref, _qty in serves} - purposes.problems(ctx, [ref for ref, _qty in serves]).keys()
    grain = quantities.step(material.purchase_uom)
    left, found = bought, {}
    for ref, qty in serves:
        share = min(left, quantities.suggest(qty, material.factor, ZERO, grain, material.purchase_uom))
        if ref in alive and share > 0:
            found[ref] = share
            left -= share
    return found
