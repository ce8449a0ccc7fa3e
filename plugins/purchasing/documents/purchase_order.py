"""The printed purchase order 採購單."""

from __future__ import annotations

from typing import Any

from core.api import Ctx, Declare, DocumentKind, EntityName, T, list_choices, pick
from kit.printing.tables import by_unit, in_parts
from plugins.base_company.api import company
from plugins.catalog.api import SUPPLIER_PRICES
from plugins.purchasing.models import LineSnapshot, OrderSnapshot, PurchaseOrder
from plugins.purchasing.services import dates, lines, snapshot
from plugins.purchasing.words import NOTES

ORDER = EntityName("purchasing.order")


def register(registry: Declare) -> None:
    """Make the documents known."""
    registry.document(
        DocumentKind(
            ORDER,
            ORDER,
            T("Purchase order"),
            "purchasing/order.html",
            order_context,
            lambda o: f"{o.number}.pdf",
            right=SUPPLIER_PRICES,
        )
    )


def order_context(ctx: Ctx, order: PurchaseOrder) -> dict[str, Any]:
    """Values for the template, from the snapshot of an issued order; a draft is read as it stands."""
    said = order.snapshot or snapshot.build_snapshot(ctx, order, lines.purchase_lines(ctx, order.id))
    known = dict(list_choices(NOTES)(ctx))
    notes = [known[code] for code in said.note_codes if code in known]
    notes += [text for text in said.notes.splitlines() if text.strip()]
    return {
        "foot": said.number, "us": company(ctx), "order": said, "number": said.number, "revision": said.revision,
        "made_on": said.issue_date or said.order_date, "required": said.required_date, "supplier": said.supplier.printed(),
        "terms": said.terms.local if said.terms else "", "currency": said.currency,
        "tables": in_parts([_line(line, said) for line in said.lines]), "notes": notes, "tax_pct": said.tax_pct,
        "sums": by_unit((line.uom, line.qty) for line in said.lines), "subtotal": said.subtotal, "tax": said.tax,
        "total": said.total,
    }  # fmt: skip


def _line(line: LineSnapshot, said: OrderSnapshot) -> dict[str, Any]:
    month = dates.available_month(line.availability, said.order_date)
    return {
        "line": line,
        "name": pick(line.names, line.name),
        "color_name": pick(line.color_names, line.color_name),
        "required": line.required_date or said.required_date,
        "month": f"{month:%Y-%m}" if month else "",
    }
