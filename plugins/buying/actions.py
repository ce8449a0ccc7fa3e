"""Lines of a purchase order made from what demands still need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.api import Action, Ctx, Field, Refused, Registry, T
from plugins.buying.services import needs, purposes
from plugins.purchasing.models import PurchaseOrder
from plugins.purchasing.services import inputs

ORDER = "purchasing.order"


def _fill(ctx: Ctx, order: PurchaseOrder, data: Mapping[str, Any]) -> Any:
    numbers = {number.upper() for number in inputs.split(data.get("factory_orders"))}
    found = purposes.called(ctx, sorted(numbers))
    if numbers - set(found):
        raise Refused(
            T("There is no factory order “{code}”.", code=", ".join(sorted(numbers - set(found)))), "factory_orders"
        )  # fmt: skip
    wanted = purposes.demand_ids(ctx, found.values())
    added = needs.fill(ctx, order, wanted, all_suppliers=bool(data.get("all_suppliers")))
    return T("{n} lines were added.", n=added)


FILL = Action(
    ORDER, "fill", T("Fill from need"), _fill, ("draft",), permission=f"{ORDER}.edit", order=8,
    visible=lambda ctx, order: bool(ctx.hooks.demand_kinds()),
    fields=(
        Field("factory_orders", T("Factory orders"), max_length=400, default="",
              help=T("Numbers, separated by commas. Empty: the linked one.")),
        Field("all_suppliers", T("Materials of other suppliers too"), "bool"),
    ),
)  # fmt: skip


def register(registry: Registry) -> None:
    """Declare it."""
    registry.action(FILL)
