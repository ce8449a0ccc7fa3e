"""The claim report for the supplier or factory: what is wrong, with pictures, in the reader's language."""

from __future__ import annotations

import base64
from typing import Any

from core.api import Ctx, DocumentKind, Registry, T, files, lists, pick
from plugins.claims import entities
from plugins.claims.models import Claim
from plugins.claims.services import photos
from plugins.claims.words import DEFECTS, KINDS, PARTIES, REMEDIES, SEVERITIES
from plugins.purchasing.documents import company

NAME = "claims.report"
ACROSS = 2
LONGEST = 1100
"""Dots of a printed picture: 90 mm at about 300 dots per inch."""


def register(registry: Registry) -> None:
    """Make the report known."""
    registry.document(
        DocumentKind(
            NAME,
            "claims.claim",
            T("Claim report"),
            "claims/report.html",
            context,
            lambda row: f"{row.number}.pdf",
        )
    )


def context(ctx: Ctx, row: Claim) -> dict[str, Any]:
    """Values of the template. Words come from the catalogue, in the document's language."""
    printed = [
        {"src": _inline(ctx, photo), "caption": f"{n}. {photo.caption}".strip() if photo.caption else f"{n}."}
        for n, photo in enumerate(photos.of_claim(ctx, row.id), 1)
    ]
    rows: list[list[dict[str, str] | None]] = [
        list(printed[i : i + ACROSS]) for i in range(0, len(printed), ACROSS)
    ]
    if rows:
        rows[-1] += [None] * (ACROSS - len(rows[-1]))
    return {
        "foot": row.number, "us": company(ctx), "number": row.number, "title": dict(KINDS)[row.kind], "facts": _facts(ctx, row),
        "description": row.description, "resolution": row.resolution if row.state != "open" else "", "rows": rows,
        "w": {
            "to": T("To"), "wrong": T("What is wrong"), "resolution": T("Resolution"), "photos": T("Pictures"),
            "ours": T("Reported by (signature)"), "theirs": T("Received by (signature, seal)"),
            "answer": T("Please answer by {day} with the cause and what you will do.", day=row.due_date) if row.due_date
            and row.state == "open" else "",
        },
        "partner": f"{row.partner.code} {pick(row.partner.names, row.partner.name)}",
    }  # fmt: skip


def _facts(ctx: Ctx, row: Claim) -> list[tuple[Any, str]]:
    """(label, value) of everything that is known."""
    defects = {item.code: pick(item.names, item.name) for item in lists.items(ctx, DEFECTS)}
    color = f"{row.color.code} {pick(row.color.names, row.color.name)}" if row.color is not None else ""
    found: list[tuple[Any, Any]] = [(T("Opened on"), row.opened_on.isoformat())]
    if row.kind == "material":
        order = row.purchase_order.number if row.purchase_order is not None else ""
        material = row.material
        found += [
            (T("Purchase order"), f"{order} / {row.line_no}" if row.line_no else order),
            (
                T("Material"),
                f"{material.code} {pick(material.names, material.name)}" if material is not None else "",
            ),
            (T("Colour"), color),
            (T("Roll or dye lot"), row.lot),
        ]
    else:
        style = row.style
        found += [
            (T("Factory order"), row.factory_order.number if row.factory_order is not None else ""),
            (
                T("Order and style"),
                f"{row.order_style} {pick(style.names, style.name)}" if style is not None else "",
            ),
            (T("Colour"), color),
            (T("Shipment"), row.shipment.number if row.shipment is not None else ""),
        ]
    found += [
        (T("Defect"), defects.get(row.defect or "", "")),
        (T("Severity"), dict(SEVERITIES)[row.severity]),
        (T("Quantity"), entities.quantity(row)),
        (T("Responsible"), dict(PARTIES).get(row.responsible or "", "")),
        (T("Agreed remedy"), dict(REMEDIES).get(row.remedy or "", "")),
        (T("Amount proposed"), f"{row.currency} {row.amount:,.2f}" if row.amount is not None else ""),
        (T("To be answered by"), row.due_date.isoformat() if row.due_date else ""),
    ]
    return [(label, str(value)) for label, value in found if str(value)]


def _inline(ctx: Ctx, photo: Any) -> str:
    small = files.small_copy(ctx, photo.attachment.file, LONGEST)
    return "data:image/jpeg;base64," + base64.b64encode(small).decode()
