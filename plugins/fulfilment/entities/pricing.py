"""The action in which prices are proposed by the mark-up of the business context, and typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.api import Action, Ctx, Declare, Field, PayloadTable, T
from plugins.catalog.api import CUSTOMER_PRICES, SUPPLIER_PRICES
from plugins.fulfilment.services import markup
from plugins.fulfilment.words import CUSTOMER_ORDER
from plugins.orders.api import CustomerOrder

PRICES = PayloadTable(
    "styles",
    T("Prices"),
    (
        Field("style", T("Style"), "ref", ref="catalog.style", required=True),
        Field("price", T("Price"), "price", min=0, sees=CUSTOMER_PRICES, help=T("Empty: it stays as it is.")),
    ),
    help=T("A price for all lines of a style."),
)


def _charge(ctx: Ctx, order: CustomerOrder, data: Mapping[str, Any]) -> Any:
    typed = {row["style"].id: row["price"] for row in data["styles"] if row.get("price") is not None}
    n = markup.charge(ctx, order, typed, data["reason"])
    return T("{n} lines have other prices now.", n=n)


def _offered(ctx: Ctx, order: CustomerOrder) -> bool:
    """Whoever sees what vendors ask."""
    return (
        bool(order.qty)
        and ctx.can(SUPPLIER_PRICES)
        and ctx.can(CUSTOMER_PRICES)
        and markup.rule(ctx, order) is not None
    )


def _open(ctx: Ctx, order: CustomerOrder) -> bool:
    return any(line.qty and line.price is None for line in order.lines)


def register(registry: Declare) -> None:
    """Declare it."""
    registry.action(
        Action(
            CUSTOMER_ORDER, "price", T("Prices by mark-up"), _charge, ("draft", "confirmed"), link="price",
            permission=f"{CUSTOMER_ORDER}.edit", tables=(PRICES,), visible=_offered, tone="primary", due=_open, order=8,
            fields=(Field("reason", T("Reason"), "long", max_length=2000, default=""),),
        )
    )  # fmt: skip
