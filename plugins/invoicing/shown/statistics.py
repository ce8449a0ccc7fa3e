"""What statistics hears of invoices: what customers owe, and what of that is overdue."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from core.api import Ctx, hookimpl
from core.values import ZERO
from plugins.invoicing.services import ageing
from plugins.invoicing.services.sides import SALES
from plugins.invoicing.words import AGEING


@hookimpl(optionalhook=True)
def customer_debts(ctx: Ctx, on: date) -> Mapping[int, tuple[Decimal, Decimal, str]] | None:
    """By the ageing of invoices. Raises Refused where a rate is not known."""
    if not ctx.can(f"{AGEING}.view"):
        return None
    found: dict[int, tuple[Decimal, Decimal, str]] = {}
    for debt in ageing.documents(ctx, SALES, on):
        behind = f"/invoicing/ageing/?on={on.isoformat()}&partner={debt.partner_id}"
        owed, overdue, _behind = found.get(debt.partner_id, (ZERO, ZERO, behind))
        found[debt.partner_id] = (owed + debt.total, overdue + debt.total - debt.buckets["current"], behind)
    return found
