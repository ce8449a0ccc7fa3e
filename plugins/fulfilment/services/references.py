"""What is sold in a context that requires a purchase reference does not leave without a purchase line behind it."""

from __future__ import annotations

from collections.abc import Mapping

from core.api import Block, Ctx, T, hookimpl
from plugins.fulfilment.services import needs, split
from plugins.fulfilment.services.allocations import allocations
from plugins.fulfilment.services.labels import Labels

NAMED = 5


@hookimpl(optionalhook=True)
def shipping_blocks(ctx: Ctx, order_id: int, pieces: Mapping[tuple[int, int], int]) -> list[Block]:
    """Pieces for which nobody was asked. Drafts are no purchase yet."""
    context = split.business_context(ctx, order_id)
    if context is None or context.reference != "required":
        return []
    behind = needs.by_cell(each for each in allocations(ctx, [order_id]) if each.state != "draft")
    bare = {
        cell: qty - sum(each.qty for each in behind.get(cell, ()))
        for cell, qty in pieces.items()
        if qty > sum(each.qty for each in behind.get(cell, ()))
    }
    if not bare:
        return []
    known = {need.cell: need for need in needs.of_orders(ctx, [order_id])}
    found = [known[cell] for cell in bare if cell in known][:NAMED]
    labels = Labels(
        ctx,
        styles={n.style_id for n in found},
        colors={n.color_id for n in found},
        sizes={n.size_id for n in found},
    )
    named = ", ".join(
        f"{labels.styles[n.style_id]} {labels.colors[n.color_id]} {labels.sizes[n.size_id]}: {bare[n.cell]}"
        for n in found
    )
    said = T("{context}: no purchase order was issued for {n} of these pieces ({named}).", context=context.code,
             n=sum(bare.values()), named=named)  # fmt: skip
    return [Block(said, "fulfilment")]
