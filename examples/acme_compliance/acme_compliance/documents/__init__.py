"""Printed documents of acme_compliance."""

from __future__ import annotations

from typing import Any

from acme_compliance.models import Audit
from acme_compliance.words import AUDIT, GRADES, PAPER, SEVERITIES
from core.api import Ctx, Declare, DocumentKind, T, pick


def values(ctx: Ctx, row: Audit) -> dict[str, Any]:
    """What the template is given; sentences are said in the language of the paper."""
    return {
        "row": row,
        "company": (ctx.setting("company") or {}).get("name", ""),
        "factory": f"{row.factory.code} {pick(row.factory.names, row.factory.name)}",
        "grade": dict(GRADES).get(row.grade or "", ""),
        "severities": dict(SEVERITIES),
        "foot": row.number,
    }


def register(registry: Declare) -> None:
    """From this come the button, the address, the languages and ``hub print``."""
    kind = DocumentKind(
        PAPER,
        AUDIT,
        T("Audit report"),
        "acme_compliance/report.html",
        values,
        lambda row: f"{row.number}.pdf",
    )
    registry.document(kind)
