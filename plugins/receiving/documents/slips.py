"""Printed slips: the receipt slip 收料單 and the return slip 進貨退出單."""

from __future__ import annotations

from typing import Any

from core.api import Ctx, Declare, DocumentKind, T, pick
from kit.printing.tables import in_parts
from plugins.base_company.api import company
from plugins.receiving.models import Receipt, SupplierReturn
from plugins.receiving.shown import figures
from plugins.receiving.words import RECEIPT, RETURN


def register(registry: Declare) -> None:
    """Make the slips known."""
    registry.document(
        DocumentKind(RECEIPT, RECEIPT, T("Receipt slip"), "receiving/receipt.html", receipt_context,
                     lambda r: f"{r.number}.pdf")
    )  # fmt: skip
    registry.document(
        DocumentKind(RETURN, RETURN, T("Return slip"), "receiving/return.html", return_context,
                     lambda r: f"{r.number}.pdf")
    )  # fmt: skip


def receipt_context(ctx: Ctx, receipt: Receipt) -> dict[str, Any]:
    """Values of the receipt slip."""
    found = figures.receipt_figures(ctx, receipt)
    return {
        "foot": receipt.number, "us": company(ctx), "receipt": receipt, "number": receipt.number,
        "made_on": receipt.received_on,
        "supplier": {"code": receipt.supplier.code, "name": pick(receipt.supplier.names, receipt.supplier.name)},
        "store": f"{receipt.store.code} {pick(receipt.store.names, receipt.store.name)}",
        "tables": in_parts(found["lines"]), "pending": found["pending"],
        "rolls": in_parts([{**roll, "material": line["material"], "color": line["color"], "uom": line["uom"]}
                        for line in found["lines"] for roll in line["rolls"]]),
    }  # fmt: skip


def return_context(ctx: Ctx, row: SupplierReturn) -> dict[str, Any]:
    """Values of the return slip."""
    found = figures.return_figures(ctx, row)
    return {
        "foot": row.number, "us": company(ctx), "slip": row, "number": row.number, "made_on": row.returned_on,
        "supplier": {"code": row.supplier.code, "name": pick(row.supplier.names, row.supplier.name)},
        "receipt": row.receipt.number, "kind": row.kind, "tables": in_parts(found["lines"]),
    }  # fmt: skip
