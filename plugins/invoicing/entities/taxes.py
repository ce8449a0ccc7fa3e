"""Tax codes as core knows them, and the code of a customer order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.api import ChildTable, Column, Ctx, Declare, EntityType, Field, Problem, T
from plugins.catalog.api import ACTIVE, CODE, NAMES
from plugins.invoicing.models import OrderTax, TaxCode, TaxRate, TaxRule
from plugins.invoicing.services import taxing
from plugins.invoicing.words import CUSTOMER_ORDER, FINANCE, TAX


def _check(
    ctx: Ctx,
    row: TaxCode | None,
    data: Mapping[str, Any],
    children: Mapping[str, Sequence[Mapping[str, Any]]],
) -> list[Problem]:
    rates = children.get("rates")
    if rates is None:
        return []
    if not rates:
        return [Problem(T("A rate is needed; 0 for what is exempt."), "rates")]
    problems, seen = [], set()
    for i, rate in enumerate(rates):
        if rate.get("valid_from") in seen:
            problems.append(Problem(T("This day stands there twice."), f"rates-{i}-valid_from"))
        seen.add(rate.get("valid_from"))
    reason = data.get("exempt_reason", row.exempt_reason if row is not None else "")
    if not reason and all(rate.get("pct") == 0 for rate in rates):
        problems.append(Problem(T("Say why nothing is taxed: it is printed on invoices."), "exempt_reason"))
    return problems


def _today(ctx: Ctx, rows: Sequence[TaxCode]) -> Mapping[int, Decimal]:
    """The rate of today. The page's codes bring their rates in one query each page."""
    day = ctx.today()
    found: dict[int, Decimal] = {}
    for tax_id, pct in ctx.session.execute(taxing.rates_until(day, [row.id for row in rows])):
        found[tax_id] = pct  # the newest comes last
    return found


def register(registry: Declare) -> None:
    """Declare them."""
    registry.entity(
        EntityType(
            name=TAX, model=TaxCode, label=T("Tax code"), plural=T("Tax codes"),
            fields=(
                CODE, Field("name", T("Name"), required=True, max_length=120), NAMES,
                Field("included", T("Prices include it"), "bool"),
                Field("exempt_reason", T("Why exempt"), max_length=400, wide=True,
                    help=T("Printed on invoices where the rate is 0.")),
                ACTIVE,
            ),
            children=(
                ChildTable("rates", T("Rates"), TaxRate, (
                    Field("valid_from", T("Valid from"), "date", required=True),
                    Field("pct", T("Tax rate"), "pct", required=True, min=0, max=100, suffix="%"),
                )),
                ChildTable("rules", T("Holds for"), TaxRule, (
                    Field("customer", T("Customer"), "ref", ref="catalog.partner", where={"is_customer": True}),
                    Field("destination", T("Destination"), "ref", ref="catalog.destination"),
                    Field("style", T("Style"), "ref", ref="catalog.style"),
                ),
                    help=T("A line holds where all that it names fit; a line that names nothing holds for everything. Of "
                           "several the one holds that names most; a style says more than a customer, a customer more than a "
                           "destination.")),
            ),
            columns=("code", "name", Column("rate", T("Rate today"), "pct", load=_today, sort=False), "included",
                     "exempt_reason", "active"),
            search=("code", "name"), default_sort="code", validate=_check, edit_roles=FINANCE, deletable=True,
            delete_roles=FINANCE, menu=("invoicing", 60), icon="list",
        )
    )  # fmt: skip
    registry.extend_entity(
        CUSTOMER_ORDER, model=OrderTax,
        fields=(
            Field("tax_code", T("Tax code"), "ref", ref=TAX, where={"active": True},
                  help=T("Empty: by the rules of the tax codes. The tax rate follows it.")),
        ),
        filters=("tax_code",),
    )  # fmt: skip
