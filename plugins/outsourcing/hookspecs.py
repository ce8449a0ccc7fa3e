"""Extension points of the outsourcing plugin: what it asks of plugins that know more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from core.api import Ctx, hookspec


@hookspec
def goods_in(ctx: Ctx, order_ids: Sequence[int]) -> Mapping[tuple[int, int, int], int] | None:
    """Pieces of these factory orders accepted so far: (line id, colour id, size id) → pieces.

    A plugin that records goods-in answers with a mapping, an empty one where nothing came in yet; from then on quantities
    decide whether a factory order is complete. None (or no implementation): nobody records goods-in.
    """


@hookspec
def payment_triggers(ctx: Ctx, order_ids: Sequence[int]) -> Mapping[int, Mapping[str, date]] | None:
    """When what payment terms wait for happened to these factory orders: id → trigger (``catalog.words.TRIGGERS``) → day.
    A fixed number of queries. Contract, ship date and shipments are known here."""


@hookspec
def factory_orders_changed(ctx: Ctx, order_ids: Sequence[int]) -> None:
    """These factory orders were made, or their state, number or ship date may be another now."""
