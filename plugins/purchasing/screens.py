"""Pages of purchase orders: two lists, the document with need and receipts, the grid of lines, the PDF."""

from __future__ import annotations

from typing import Any

from flask import request

from core.api import Ctx, Declare, T
from core.web.api import ctx, route, send
from kit.lines import ActionTable, TableView
from kit.printing import documents
from plugins.purchasing.models import PurchaseOrder
from plugins.purchasing.screens_lines import table
from plugins.purchasing.services import header, purposes
from plugins.purchasing.words import AVAILABILITY, PROGRESS, PURCHASE_ORDER


def register(registry: Declare) -> None:
    """Use this screen for purchase orders."""
    registry.screen("purchasing.order", OrderView)


class OrderView(TableView):
    """Purchase orders."""

    list_template = "purchasing/orders.html"
    document_template = "purchasing/order.html"
    taken_over = ("material_class",)
    tables = {
        "lines": ActionTable(table, {"replace": "1"}),
        "revise": ActionTable(table, {"replace": "1"}, save=T("Make revision")),
    }

    def saved_url(self, row: Any, is_new: bool) -> str:
        """A new order goes straight on to its lines."""
        return self.url_for_row(row, "/lines" if is_new else "")

    def document_values(self, context: Ctx, row: PurchaseOrder) -> dict[str, Any]:
        """Words of the page."""
        return {
            "progress_words": PROGRESS,
            "availability": dict(AVAILABILITY),
            "notes": header.note_texts(context, row),
            "bought_for": bool(purposes.kinds(context)),
        }

    @route("/<int:row_id>/pdf", right="view")
    def pdf(self, row_id: int) -> Any:
        """The order as PDF in the language asked for; a draft carries a watermark."""
        return send_pdf(ctx(), PURCHASE_ORDER, self.row(row_id), draft=self.row(row_id).state == "draft")


def send_pdf(context: Ctx, kind: str, row: Any, *, draft: bool = False) -> Any:
    """A document of ours, made now, in the language of the address or of the reader."""
    language = request.args.get("language") or context.locale
    declared = documents.kind(context, kind)
    made = documents.render(context, kind, row, language, draft)
    return send(made.pdf, "application/pdf", declared.filename(row), inline=True)
