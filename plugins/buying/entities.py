"""Lines of a purchase order made from what demands still need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.api import Action, Ctx, Declare, EntityName, Field, PayloadTable, Problem, Refused, T, hookimpl
from plugins.buying.services import needs, purposes
from plugins.purchasing.api import PurchaseOrder
from plugins.purchasing.api import purposes as buys_for

ORDER = EntityName("purchasing.order")


def _fill(ctx: Ctx, order: PurchaseOrder, data: Mapping[str, Any]) -> Any:
    numbers = [row["document"].upper() for row in data["documents"]]
    found = purposes.called(ctx, sorted(set(numbers)))
    problems = [
        Problem(T("There is no factory order “{code}”.", code=number), f"documents.{i}.document")
        for i, number in enumerate(numbers)
        if number not in found
    ]
    if problems:
        raise Refused(problems)
    wanted = purposes.demand_ids(ctx, found.values())
    added, claimed = needs.fill_orders(ctx, order, wanted, all_suppliers=data["all_suppliers"])
    if claimed:
        return T(
            "{n} lines were added; {m} groups are covered by what is on order for nobody.", n=added, m=claimed
        )
    return T("{n} lines were added.", n=added)


SERVED = PayloadTable(
    "documents",
    T("Factory orders"),
    (Field("document", T("Factory order"), required=True, max_length=40, lookup=buys_for.lookup),),
    help=T("None: the linked one."),
)
FILL = Action(
    ORDER, "fill", T("Fill from need"), _fill, ("draft",), permission=f"{ORDER}.edit", order=8,
    visible=lambda ctx, order: bool(ctx.hooks.demand_kinds()),
    fields=(Field("all_suppliers", T("Materials of other suppliers too"), "bool"),), tables=(SERVED,),
)  # fmt: skip


@hookimpl
def register(registry: Declare) -> None:
    """Declare it."""
    registry.action(FILL)
