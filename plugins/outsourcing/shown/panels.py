"""The factory orders that make a customer order, on its page and for whoever asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.api import Ctx, EntityRef, Panel, T, hookimpl
from plugins.outsourcing import words
from plugins.outsourcing.services import lookup
from plugins.outsourcing.shown import process
from plugins.outsourcing.words import CUSTOMER_ORDER, FACTORY_ORDER


@hookimpl
def makers(ctx: Ctx, order_ids: Sequence[int]) -> Mapping[int, Sequence[EntityRef]]:
    """Factory orders that make customer orders."""
    found = process.makers(ctx, order_ids)
    return {order_id: [EntityRef(FACTORY_ORDER, m.id) for m in made] for order_id, made in found.items()}


@hookimpl
def entity_panels(ctx: Ctx, entity: str, row: Any) -> Sequence[Panel]:
    """On a customer order: the factory orders that make it."""
    if entity != CUSTOMER_ORDER or not ctx.can("outsourcing.order.view"):
        return []
    rows = lookup.of_customer_order(ctx, row.id)
    values = {"rows": rows, "status": words.CONTRACT_STATUS}
    return [Panel(T("Factory orders"), "outsourcing/panel_order.html", values)] if rows else []
