"""The claim report for the supplier or factory: what is wrong, with pictures, in the reader's language."""

from __future__ import annotations

import base64
import io
from typing import Any

from PIL import Image

from core.api import Ctx, Declare, DocumentKind, T, list_choices, pick
from plugins.base_company.api import company
from plugins.base_files import api as files
from plugins.claims.entities import claims
from plugins.claims.models import Claim, Photo
from plugins.claims.services import photos
from plugins.claims.words import AMOUNTS, DEFECTS, KINDS, PARTIES, REMEDIES, SEVERITIES

NAME = "claims.report"
ACROSS = 2
BOX = (80.0, 64.0)
"""Millimetres that a printed picture fits into, two side by side."""
LONGEST = 1000
"""Dots of a printed picture on its longer side: about 300 to the inch."""


def register(registry: Declare) -> None:
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
        {**_inline(ctx, photo), "caption": f"{n}. {photo.caption}".strip()}
        for n, photo in enumerate(photos.of_claim(ctx, row.id), 1)
    ]
    rows: list[list[dict[str, Any] | None]] = [
        list(printed[i : i + ACROSS]) for i in range(0, len(printed), ACROSS)
    ]
    if rows:
        rows[-1] += [None] * (ACROSS - len(rows[-1]))
    return {
        "foot": row.number, "us": company(ctx), "number": row.number, "title": dict(KINDS)[row.kind],
        "facts": pairs(_facts(ctx, row)),
        "description": row.description, "resolution": row.resolution if row.state != "open" else "", "rows": rows,
        "w": {
            "to": T("Addressed to"), "wrong": T("What is wrong"), "resolution": T("Resolution"), "photos": T("Photos"),
            "ours": T("Reported by (signature)"), "theirs": T("Received by (signature, seal)"),
            "answer": T("Please answer by {day} with the cause and what you will do.", day=row.due_date) if row.due_date
            and row.state == "open" else "",
        },
        "partner": f"{row.partner.code} {pick(row.partner.names, row.partner.name)}",
    }  # fmt: skip


def _facts(ctx: Ctx, row: Claim) -> list[tuple[Any, str]]:
    """(label, value) of everything that is known."""
    defects = dict(list_choices(DEFECTS)(ctx))
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
        (T("Quantity"), claims.quantity(row)),
        (T("Responsible"), dict(PARTIES).get(row.responsible or "", "")),
        (T("Agreed remedy"), dict(REMEDIES).get(row.remedy or "", "")),
        (T("Amount proposed"), _amount(ctx, row)),
        (T("To be answered by"), row.due_date.isoformat() if row.due_date else ""),
    ]
    return [(label, str(value)) for label, value in found if str(value)]


def _amount(ctx: Ctx, row: Claim) -> str:
    """What is proposed, for whoever may see it."""
    seen = row.amount is not None and ctx.can(AMOUNTS)
    return f"{row.currency} {row.amount:,.2f}" if seen else ""


def pairs(facts: list[tuple[Any, str]]) -> list[list[tuple[Any, str]]]:
    """Two facts in a row; the last row is filled up."""
    padded = [*facts, ("", "")] if len(facts) % 2 else facts
    return [padded[i : i + 2] for i in range(0, len(padded), 2)]


def _inline(ctx: Ctx, photo: Photo) -> dict[str, Any]:
    """The picture written into the document itself, and its size in millimetres: as large as the box allows."""
    small = files.small_copy(ctx, photo.attachment.file, LONGEST)
    across, down = Image.open(io.BytesIO(small)).size
    scale = min(BOX[0] / across, BOX[1] / down)
    source = "data:image/jpeg;base64," + base64.b64encode(small).decode()
    return {"src": source, "width": f"{across * scale:.1f}", "height": f"{down * scale:.1f}"}
