"""The proforma invoice as a printed document, in the language asked for."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from core.api import Ctx, Declare, DocumentKind, T, pick
from kit.printing.tables import by_unit, in_parts
from plugins.proforma.models import ProformaInvoice, ProformaLine
from plugins.proforma.services import invoices

KIND = "proforma.invoice"
INTERNAL = "proforma.internal"


def register(registry: Declare) -> None:
    """Make the documents known: the invoice, and our own copy with the order's quantities."""
    registry.document(
        DocumentKind(KIND, invoices.ENTITY, T("Proforma invoice"), "proforma/invoice.html", context,
                     lambda row: f"{row.number}.pdf")
    )  # fmt: skip
    registry.document(
        DocumentKind(INTERNAL, invoices.ENTITY, T("Proforma invoice, internal copy"), "proforma/invoice.html", internal,
                     lambda row: f"{row.number}-internal.pdf")
    )  # fmt: skip


def context(ctx: Ctx, row: ProformaInvoice) -> dict[str, Any]:
    """Values for the template, from what the invoice kept. No query grows with its lines."""
    said = row.snapshot
    return {
        "pi": row, "said": said, "number": row.number, "currency": row.currency, "internal": False,
        "superseded": row.state == "superseded", "foot": row.number, "seller": said.supplier.printed(),
        "buyer": replace(said.buyer.printed(), contact=said.buyer.contact or said.buyer.representative),
        "terms": said.terms.local if said.terms else "", "sums": by_unit((line.said.uom, line.qty) for line in row.lines),
        "tables": in_parts([_line(line) for line in row.lines]),
        "packing": any(v is not None for v in (row.packages, row.net_kg, row.gross_kg, row.cbm)),
    }  # fmt: skip


def internal(ctx: Ctx, row: ProformaInvoice) -> dict[str, Any]:
    """The same with the order's quantities and the differences."""
    differences = by_unit((line.said.uom, line.difference) for line in row.lines)
    return {**context(ctx, row), "internal": True, "differences": differences}


def _line(line: ProformaLine) -> dict[str, Any]:
    said = line.said
    return {
        "line": line,
        "said": said,
        "name": pick(said.names, said.name),
        "price": said.price or Decimal(0),
        "color_name": pick(said.color_names, said.color_name),
    }
