"""What a purchase order said when it was issued or last revised: the PDF is printed from it.

``{"number", "revision", "issue_date", "order_date", "required_date", "currency", "decimals", "tax_pct", "incoterm",
"delivery_place", "note_codes", "notes", "made_for", "supplier": {…}, "terms": {…} | None, "lines": [{"position",
"material", "name", "names", "composition", "gsm", "width_in", "color", "color_name", "color_names", "size",
"destination", "qty", "uom", "price", "amount", "styles", "required_date", "availability", "note"}, …], "subtotal",
"tax", "total"}``; decimals and dates are exact strings.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.api import Ctx
from core.db import json_value
from core.money import currency_decimals, round_half_up
from plugins.catalog.models import Partner
from plugins.purchasing.models import PurchaseLine, PurchaseOrder
from plugins.purchasing.services.quantities import ZERO


def build(ctx: Ctx, order: PurchaseOrder, found: Sequence[PurchaseLine]) -> dict[str, Any]:
    """The snapshot of an order as it stands; ``found`` are its lines with all they refer to."""
    decimals = currency_decimals(ctx, order.currency)
    subtotal = sum((line.amount for line in found), ZERO)
    tax = round_half_up(subtotal * order.tax_pct / 100, decimals)
    terms = order.terms
    plain: dict[str, Any] = json_value(
        {
            "number": order.number, "revision": order.revision, "issue_date": order.issue_date,
            "order_date": order.order_date, "required_date": order.required_date, "currency": order.currency,
            "decimals": decimals, "tax_pct": order.tax_pct, "incoterm": order.incoterm,
            "delivery_place": order.delivery_place, "note_codes": order.note_codes or [], "notes": order.notes,
            "made_for": order.made_for,
            "supplier": partner(order.supplier),
            "terms": {"code": terms.code, "name": terms.name, "names": terms.names} if terms else None,
            "lines": [_line(line) for line in found],
            "subtotal": subtotal, "tax": tax, "total": subtotal + tax,
        }
    )  # fmt: skip
    return plain


def partner(row: Partner) -> dict[str, Any]:
    """A partner as printed."""
    address = row.addresses[0] if row.addresses else None
    contact = row.contacts[0] if row.contacts else None
    return {
        "code": row.code, "name": row.name, "names": row.names, "tax_id": row.tax_id, "bank": row.bank,
        "address": address.address if address else "", "phone": address.phone if address else "",
        "contact": contact.name if contact else "", "email": contact.email if contact else "",
    }  # fmt: skip


def _line(line: PurchaseLine) -> dict[str, Any]:
    material, color = line.material, line.color
    return {
        "line_id": line.id, "position": line.position, "material": material.code, "name": material.name,
        "names": material.names, "composition": material.composition, "gsm": material.gsm, "width_in": material.width_in,
        "color": color.code if color else "", "color_name": color.name if color else "",
        "color_names": color.names if color else None, "size": line.size.code if line.size else "",
        "destination": line.destination.code if line.destination else "", "qty": line.qty, "uom": line.uom,
        "price": line.price, "amount": line.amount, "styles": sorted(s.style.code for s in line.styles),
        "required_date": line.required_date, "availability": line.availability, "note": line.note,
    }  # fmt: skip
