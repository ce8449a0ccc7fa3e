"""The printed purchase order 採購單."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from core.api import Ctx, Declare, DocumentKind, EntityName, T, current_locale, list_choices, pick
from plugins.purchasing.models import PurchaseOrder
from plugins.purchasing.services import dates, lines, snapshot
from plugins.purchasing.words import NOTES

ORDER = EntityName("purchasing.order")
ROWS_A_TABLE = 36
"""Long tables are drawn in parts: one large table costs far more time than several small ones."""


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
        )
    )


def order_context(ctx: Ctx, order: PurchaseOrder) -> dict[str, Any]:
    """Values for the template, from the snapshot of an issued order; a draft is read as it stands."""
    said = order.snapshot or snapshot.build(ctx, order, lines.load(ctx, order.id))
    known = dict(list_choices(NOTES)(ctx))
    notes = [known[code] for code in said["note_codes"] if code in known]
    notes += [text for text in said["notes"].splitlines() if text.strip()]
    terms = said["terms"]
    rows = [_line(row, said) for row in said["lines"]]
    return {
        "foot": said["number"], "us": company(ctx), "order": said, "number": said["number"], "revision": said["revision"],
        "made_on": day(said["issue_date"] or said["order_date"]), "required": day(said["required_date"]),
        "supplier": {**said["supplier"], "name": pick(said["supplier"]["names"], said["supplier"]["name"])},
        "terms": pick(terms["names"], terms["name"]) if terms else "", "currency": said["currency"],
        "tables": parts(rows), "notes": notes, "tax_pct": Decimal(said["tax_pct"]),
        "sums": units(rows), "subtotal": Decimal(said["subtotal"]), "tax": Decimal(said["tax"]),
        "total": Decimal(said["total"]),
    }  # fmt: skip


def _line(row: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    details = [row["composition"]] if row["composition"] else []
    if row["gsm"]:
        details.append(f"{row['gsm']} g/m²")
    if row["width_in"]:
        details.append(f"{row['width_in']}\u2033")
    month = dates.available_month(row["availability"], date.fromisoformat(said["order_date"]))
    return {
        **row,
        "name": pick(row["names"], row["name"]), "color_name": pick(row["color_names"], row["color_name"]),
        "details": ", ".join(details), "qty": Decimal(row["qty"]), "amount": Decimal(row["amount"]),
        "price": Decimal(row["price"]) if row["price"] is not None else None,
        "required": day(row["required_date"] or said["required_date"]),
        "month": f"{month:%Y-%m}" if month else "",
    }  # fmt: skip


def company(ctx: Ctx) -> dict[str, Any]:
    """Our own company as printed, in the document's language."""
    stored = ctx.setting("company") or {}
    locale = current_locale()
    return {
        "name": (stored.get("names") or {}).get(locale) or stored.get("name") or ctx.tenant.name,
        "address": (stored.get("addresses") or {}).get(locale) or stored.get("address") or "",
        "tax_id": stored.get("tax_id") or "", "phone": stored.get("phone") or "",
        "representative": stored.get("representative") or "",
    }  # fmt: skip


def parts(rows: Sequence[Any]) -> list[list[Any]]:
    """Rows in parts of a table each."""
    return [list(rows[i : i + ROWS_A_TABLE]) for i in range(0, len(rows), ROWS_A_TABLE)]


def units(rows: Iterable[dict[str, Any]]) -> list[tuple[str, Decimal]]:
    """Total quantity by unit."""
    found: dict[str, Decimal] = {}
    for row in rows:
        found[row["uom"]] = found.get(row["uom"], Decimal(0)) + row["qty"]
    return list(found.items())


def day(raw: str | None) -> date | None:
    """A date of the snapshot."""
    return date.fromisoformat(raw) if raw else None
