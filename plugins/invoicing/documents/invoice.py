"""The printed invoice or credit note, from what it said when it was issued; a draft is read as it stands."""

from __future__ import annotations

from typing import Any

from core.api import Ctx, Declare, DocumentKind, T, Text, pick
from kit.printing.tables import in_parts
from plugins.base_company.api import company
from plugins.catalog.api import CUSTOMER_PRICES
from plugins.invoicing.models import Invoice, SaidLine
from plugins.invoicing.services import issuing
from plugins.invoicing.words import INVOICE


def _title(row: Invoice) -> Text:
    return T("Credit note") if row.kind == "credit" else T("Invoice")


def register(registry: Declare) -> None:
    """Make the document known."""
    registry.document(
        DocumentKind(INVOICE, INVOICE, T("Invoice"), "invoicing/invoice.html", context, lambda row: f"{row.number}.pdf",
                     right=CUSTOMER_PRICES, title=_title)
    )  # fmt: skip


def context(ctx: Ctx, row: Invoice) -> dict[str, Any]:
    """Values for the template."""
    said = row.snapshot or issuing.said_now(ctx, row)
    return {
        "foot": said.number, "us": company(ctx), "seller": said.seller.printed(), "buyer": said.buyer.printed(),
            "invoice": said,
        "number": said.number, "currency": said.currency, "terms": said.terms.local if said.terms else "",
        "tables": in_parts([_line(line) for line in said.lines]),
        "taxes": [{"tax": tax, "name": pick(tax.names, tax.name)} for tax in said.taxes if tax.tax or tax.code],
        "pieces": sum(line.qty for line in said.lines if line.kind == "goods"),
    }  # fmt: skip


def _line(line: SaidLine) -> dict[str, Any]:
    return {
        "line": line,
        "name": pick(line.names, line.name),
        "color_name": pick(line.color_names, line.color_name),
    }
