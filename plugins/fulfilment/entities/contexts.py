"""Business contexts as core knows them, and the field of customer orders that names one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from core.api import Ctx, Declare, EntityType, Field, T
from plugins.catalog.api import ACTIVE, CODE, NAMES, capitals, check_code
from plugins.fulfilment.models import Context, OrderContext
from plugins.fulfilment.words import CONTEXT, CUSTOMER_ORDER, REFERENCES, SHIPPING


def _pct(name: str, label: Any, words: Any) -> Field:
    return Field(name, label, "pct", min=0, max=100, places=2, suffix="%", default=Decimal(0), help=words)


def _usual(ctx: Ctx, row: Context, is_new: bool) -> None:
    """Codes in capitals; a share that was left empty is none."""
    capitals(ctx, row, is_new)
    for name in ("deposit_pct", "tolerance_pct", "markup_pct"):
        if getattr(row, name) is None:
            setattr(row, name, Decimal(0))


BUSINESS_CONTEXT = EntityType(
    name=CONTEXT, model=Context, label=T("Business context"), plural=T("Business contexts"), key="code",
    fields=(
        CODE,
        Field("name", T("Name"), required=True, max_length=200),
        NAMES,
        Field("reference", T("Purchase reference"), "choice", choices=REFERENCES, required=True, default="optional"),
        Field("ships_via", T("Ships via"), "choice", choices=SHIPPING, required=True, default="own"),
        _pct("deposit_pct", T("Deposit"), T("Of the order's total, before goods leave.")),
        _pct("tolerance_pct", T("Tolerance"), T("More or less than ordered.")),
        Field("markup_pct", T("Mark-up"), "pct", min=0, max=10000, places=2, suffix="%", default=Decimal(0),
              help=T("On the vendor's price.")),
        ACTIVE,
    ),
    columns=("code", "name", "reference", "ships_via", "deposit_pct", "tolerance_pct", "markup_pct", "active"),
    filters=("reference", "ships_via", "active"), search=("code", "name"), default_sort="code",
    validate=check_code(Context), before_save=_usual, edit_roles=("mgr",), deletable=True, menu=("orders", 80),
)  # fmt: skip


def register(registry: Declare) -> None:
    """Declare contexts, and which one an order has."""
    registry.entity(BUSINESS_CONTEXT)
    registry.extend_entity(
        CUSTOMER_ORDER,
        model=OrderContext,
        fields=(
            Field("business_context", T("Business context"), "ref", ref=CONTEXT, where={"active": True},
                  help=T("How its goods are bought and shipped.")),
        ),
        filters=("business_context",),
    )  # fmt: skip
