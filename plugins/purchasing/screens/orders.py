"""Pages of purchase orders: two lists, the document with need and receipts, the grid of lines, the PDF."""

from __future__ import annotations

from typing import Any

from core.api import Ctx, Declare, T
from core.web.api import ctx
from kit.lines import ActionTable, TableView
from plugins.purchasing.models import PurchaseOrder
from plugins.purchasing.screens.lines import table
from plugins.purchasing.services import header, purposes
from plugins.purchasing.shown.goods import size_tables
from plugins.purchasing.words import AVAILABILITY, PROGRESS


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
        """A new order goes straight on to its lines; one that is filled from the need of what it is for shows them."""
        filled = is_new and row.purpose is not None and any(ctx().hooks.order_begun(order=row))
        return self.url_for_row(row, "/lines" if is_new and not filled else "")

    def document_values(self, context: Ctx, row: PurchaseOrder) -> dict[str, Any]:
        """Words of the page."""
        return {
            "progress_words": PROGRESS,
            "availability": dict(AVAILABILITY),
            "notes": header.note_texts(context, row),
            "bought_for": bool(purposes.kinds(context)),
            "size_tables": size_tables,
        }
