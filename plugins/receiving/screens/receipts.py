"""Pages of material receipts and of returns to suppliers: document, slip, the tables of their actions."""

from __future__ import annotations

from typing import Any

from core.api import Ctx, Declare, T
from core.web.api import EntityView
from kit.lines import ActionTable, TableView
from plugins.receiving.screens.delivered import DRAFT
from plugins.receiving.screens.tables import GIVING_BACK, INSPECTION
from plugins.receiving.words import RECEIPT, RETURN, SOURCES


def register(registry: Declare) -> None:
    """Use these screens for receipts and returns."""
    registry.screen(RECEIPT, ReceiptView)
    registry.screen(RETURN, ReturnView)


class ReceiptView(TableView):
    """Material receipts: the document, its slip, what is inspected and what goes back."""

    document_template = "receiving/receipt.html"
    tables = {
        "lines": ActionTable(DRAFT, then="post"),
        "inspect": ActionTable(INSPECTION, save=T("Save")),
        "return": ActionTable(GIVING_BACK, save=T("Post")),
    }


class ReturnView(EntityView):
    """Returns to suppliers."""

    document_template = "receiving/return.html"

    def document_values(self, context: Ctx, row: Any) -> dict[str, Any]:
        """Words of its lines."""
        return {"sources": dict(SOURCES)}
