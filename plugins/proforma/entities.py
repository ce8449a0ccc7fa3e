"""The proforma invoice as core knows it, and its button on purchase orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.api import Action, Column, Ctx, Declare, EntityType, Field, T, Text
from plugins.catalog.api import SUPPLIER_PRICES
from plugins.proforma.models import ProformaInvoice
from plugins.proforma.services import invoices
from plugins.proforma.words import HEADER, STATES, TABLE

NAME = invoices.ENTITY
ROLES = ("purch", "merch", "mgr")


def _fixed(ctx: Ctx, row: ProformaInvoice) -> Text:
    return T("A proforma invoice is not changed: make a new one from the purchase order.")


def _changed(ctx: Ctx, rows: Sequence[ProformaInvoice]) -> Mapping[int, Any]:
    return {row.id: badge for row in rows if (badge := order_badge(row)) is not None}


def order_badge(row: ProformaInvoice) -> tuple[Text, str] | None:
    """How the purchase order went on since."""
    if row.order.state == "cancelled":
        return T("PO cancelled"), "bad"
    return (T("PO changed after this PI"), "warn") if invoices.stale(row, row.order) else None


def register(registry: Declare) -> None:
    """Declare the invoice, the right to make one, and the action on the purchase order."""
    registry.entity(
        EntityType(
            name=NAME, model=ProformaInvoice, label=T("Proforma invoice"), plural=T("Proforma invoices"), key="number",
            title="", series=invoices.SERIES, pattern="PI-{YYYY}-{0000}", states=STATES,
            fields=(
                Field("order", T("Purchase order"), "ref", ref="purchasing.order", readonly=True),
                *(Field(f.name, f.label, f.kind, choices=f.choices, suffix=f.suffix, wide=f.wide, readonly=True)
                  for f in HEADER if f.name not in ("number", "freight", "insurance")),
                Field("created_by", T("Made by"), readonly=True),
            ),
            columns=(
                Column("number", T("Number"), "text", attr="number"),
                Column("state", T("State"), "state", attr="state"),
                "order", "pi_date", "valid_until", "ship_date",
                Column("currency", T("Currency"), "text", attr="currency"),
                Column("total", T("Total"), "money", attr="total", right=SUPPLIER_PRICES),
                Column("changed", T("Purchase order"), "badge", load=_changed, sort=False),
            ),
            filters=("order", "pi_date"), search=("number",), default_sort="-id", totals=("total",), figures=invoices.figures,
            needs=(SUPPLIER_PRICES,),
            editable=_fixed, creatable=False, edit_roles=ROLES, menu=("purchasing", 30), icon="invoice",
        )
    )  # fmt: skip
    registry.permission(invoices.RIGHT, T("Make proforma invoices"), ROLES, needs=(SUPPLIER_PRICES,))
    registry.action(
        Action("purchasing.order", "proforma", T("Make PI"), invoices.run, check=invoices.check, fields=HEADER, tables=(TABLE,),
               visible=lambda ctx, row: row.state == "issued", link="proforma", edits=True, permission=invoices.RIGHT, order=60)
    )  # fmt: skip
