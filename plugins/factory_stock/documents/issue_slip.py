"""發料單, 退料單: the values of the printed slip of an issue, a return, a write-off or a count at a factory."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from core.api import Ctx, Declare, DocumentKind, T, list_choices, pick
from plugins.base_company.api import company
from plugins.factory_stock import words
from plugins.factory_stock.models import Issue
from plugins.factory_stock.services import issue_sheet

ROWS_A_TABLE = 36
"""Long tables are drawn in parts: one large table costs far more time than several small ones."""


def context(ctx: Ctx, row: Issue) -> dict[str, Any]:
    """Values of the slip, in the language it is made in: only what the document says, so that a copy says the same."""
    reasons = {code: str(label) for code, label in list_choices(words.EXTRA_REASONS)(ctx)}
    lines = [_line(n, saved, reasons) for n, saved in enumerate(issue_sheet.saved(ctx, row), 1)]
    order = row.factory_order
    return {
        "foot": row.number, "us": company(ctx), "row": row, "order": order.number,
        "factory": {"code": row.factory.code, "name": pick(row.factory.names, row.factory.name)},
        "store": f"{row.store.code} {pick(row.store.names, row.store.name)}",
        "tables": [lines[i : i + ROWS_A_TABLE] for i in range(0, len(lines), ROWS_A_TABLE)],
        "explained": any(line["why"] for line in lines), "sums": sums(lines),
    }  # fmt: skip


def _line(number: int, saved: issue_sheet.Saved, reasons: dict[str, str]) -> dict[str, Any]:
    line, name = saved.line, saved.name
    color = line.color
    payer = str(words.PAYERS[line.payer]) if line.payer else ""
    why = [part for part in (reasons.get(line.reason, line.reason), payer, line.note) if part]
    return {
        "position": number, "material": name.material, "name": name.name,
        "color": f"{color.code} {pick(color.names, color.name)}" if color else "",
        "size": name.size, "destination": name.destination, "lot": line.lot, "qty": line.qty, "uom": name.uom,
        "step": name.step, "extra": line.extra, "why": why,
    }  # fmt: skip


def sums(lines: Iterable[dict[str, Any]]) -> list[tuple[str, Decimal]]:
    """Total quantity by unit."""
    found: dict[str, Decimal] = {}
    for line in lines:
        found[line["uom"]] = found.get(line["uom"], Decimal(0)) + line["qty"]
    return list(found.items())


def register(registry: Declare) -> None:
    """Declare the slip."""
    registry.document(
        DocumentKind("factory_stock.issue_slip", "factory_stock.issue", T("Issue slip"), "factory_stock/issue_slip.html",
                     context, lambda row: f"{row.number}.pdf", visible=lambda ctx, row: bool(row.lines),
                     title=lambda row: words.SLIPS[row.kind])
    )  # fmt: skip
