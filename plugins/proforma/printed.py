"""The proforma invoice as a printed document, in the language asked for."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from core.api import Ctx, Declare, DocumentKind, T, current_locale, pick
from plugins.proforma.models import ProformaInvoice, ProformaLine
from plugins.proforma.services import convert

KIND = "proforma.invoice"
INTERNAL = "proforma.internal"
ROWS_A_TABLE = 36
"""Long tables are drawn in parts: one large table costs far more time than several small ones."""


def register(registry: Declare) -> None:
    """Make the documents known: the invoice, and our own copy with the order's quantities."""
    registry.document(
        DocumentKind(KIND, convert.ENTITY, T("Proforma invoice"), "proforma/invoice.html", context,
                     lambda row: f"{row.number}.pdf")
    )  # fmt: skip
    registry.document(
        DocumentKind(INTERNAL, convert.ENTITY, T("Proforma invoice, internal copy"), "proforma/invoice.html", internal,
                     lambda row: f"{row.number}-internal.pdf")
    )  # fmt: skip


def context(ctx: Ctx, row: ProformaInvoice) -> dict[str, Any]:
    """Values for the template, from what the invoice kept. No query grows with its lines."""
    said, terms = row.snapshot, row.snapshot.get("terms")
    rows = [_line(line) for line in row.lines]
    sums: dict[str, Decimal] = {}
    for each in rows:
        sums[each["uom"]] = sums.get(each["uom"], Decimal(0)) + each["qty"]
    supplier = said["supplier"]
    return {
        "pi": row, "said": said, "number": row.number, "currency": row.currency, "internal": False,
        "superseded": row.state == "superseded", "foot": row.number,
        "seller": {**supplier, "name": pick(supplier["names"], supplier["name"])}, "buyer": _buyer(said["buyer"]),
        "terms": pick(terms["names"], terms["name"]) if terms else "", "sums": list(sums.items()),
        "tables": [rows[i : i + ROWS_A_TABLE] for i in range(0, len(rows), ROWS_A_TABLE)],
        "packing": any(v is not None for v in (row.packages, row.net_kg, row.gross_kg, row.cbm)),
    }  # fmt: skip


def internal(ctx: Ctx, row: ProformaInvoice) -> dict[str, Any]:
    """The same with the order's quantities and the differences."""
    values = context(ctx, row)
    totals: dict[str, Decimal] = {}
    for line in row.lines:
        totals[line.said["uom"]] = totals.get(line.said["uom"], Decimal(0)) + line.difference
    return {**values, "internal": True, "differences": list(totals.items())}


def _buyer(stored: dict[str, Any]) -> dict[str, Any]:
    """Our company in the document's language."""
    locale = current_locale()
    return {
        "name": (stored.get("names") or {}).get(locale) or stored["name"],
        "address": (stored.get("addresses") or {}).get(locale) or stored.get("address") or "",
        "tax_id": stored.get("tax_id") or "", "phone": stored.get("phone") or "",
        "contact": stored.get("contact") or stored.get("representative") or "", "email": stored.get("email") or "",
    }  # fmt: skip


def _details(said: dict[str, Any]) -> Sequence[str]:
    parts = [said["composition"]] if said["composition"] else []
    if said["gsm"]:
        parts.append(f"{said['gsm']} g/m²")
    if said["width_in"]:
        parts.append(f"{said['width_in']}\u2033")
    return parts


def _line(line: ProformaLine) -> dict[str, Any]:
    said = line.said
    return {
        "position": line.position, "material": said["material"], "name": pick(said["names"], said["name"]),
        "details": ", ".join(_details(said)), "color": said["color"],
        "color_name": pick(said["color_names"], said["color_name"]), "size": said["size"],
        "destination": said["destination"], "hs": line.hs, "qty": line.qty, "uom": said["uom"],
        "price": Decimal(said["price"] or 0), "amount": line.amount, "price_note": line.price_note,
        "po_qty": line.po_qty, "difference": line.difference,
    }  # fmt: skip
