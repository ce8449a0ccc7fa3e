"""Pages of purchase orders: two lists, the document with need and receipts, the grid of lines, the PDF."""

from __future__ import annotations

from typing import Any

from core.api import Ctx, Declare, T
from core.web.api import EntityView, ctx, route
from kit.lines import edit_lines
from plugins.purchasing.models import PurchaseOrder
from plugins.purchasing.screens_lines import table
from plugins.purchasing.services import header, purposes
from plugins.purchasing.words import AVAILABILITY, PROGRESS


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
