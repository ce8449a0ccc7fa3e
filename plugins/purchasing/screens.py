"""Pages of purchase orders: two lists, the document with need and receipts, the grid of lines, the PDF."""

from __future__ import annotations

from typing import Any

from flask import request

from core.api import Ctx, Declare, T
from core.web.api import EntityView, ctx, route, send
from kit.lines import edit_lines
from kit.printing import documents
from plugins.purchasing.models import PurchaseOrder
from plugins.purchasing.screens_lines import table
from plugins.purchasing.services import header, purposes
from plugins.purchasing.words import AVAILABILITY, PROGRESS, PURCHASE_ORDER


def register(registry: Declare) -> None:
    """Use this screen for purchase orders."""
    registry.screen("purchasing.order", OrderView)


class OrderView(EntityView):
    """Purchase orders."""

    list_template = "purchasing/orders.html"
    document_template = "purchasing/order.html"
    taken_over = ("material_class",)

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

    # --- lines ----------------------------------------------------------------------------------------------------

    @route("/<int:row_id>/lines", right="edit", methods=("GET", "POST"))
    def lines(self, row_id: int) -> Any:
        """A draft's lines: typed, or pasted from a spreadsheet; saved together or not at all."""
        return self._lines(row_id, "lines")

    @route("/<int:row_id>/revise", right="revise", methods=("GET", "POST"))
    def revise(self, row_id: int) -> Any:
        """The same table for an issued order: what differs becomes a revision, with its reason."""
        return self._lines(row_id, "revise", save_label=T("Make revision"))

    def _lines(self, row_id: int, verb: str, **values: Any) -> Any:
        return edit_lines(self, self.row(row_id), verb, table(ctx()), {"replace": "1"}, **values)


def send_pdf(context: Ctx, kind: str, row: Any, *, draft: bool = False) -> Any:
    """A document of ours, made now, in the language of the address or of the reader."""
    language = request.args.get("language") or context.locale
    declared = documents.kind(context, kind)
    made = documents.render(context, kind, row, language, draft)
    return send(made.pdf, "application/pdf", declared.filename(row), inline=True)
