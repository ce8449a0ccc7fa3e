"""Pages of shipments: the document, and the page where its pieces are typed."""

from __future__ import annotations

import re
from typing import Any

from flask import request

from core.api import Ctx, Declare
from plugins.catalog.pieces import pieces
from plugins.shipping.models import Shipment
from plugins.shipping.services import shipment_sheet, shipping, shipping_lines
from plugins.stock.screens_papers import PaperView, shown

PAIR = re.compile(r"cell-(\d{1,12})-(\d{1,12})")


def register(registry: Declare) -> None:
    """Use these pages."""
    registry.screen("shipping.shipment", ShipmentView)


class ShipmentView(PaperView):
    """Shipments to customers."""

    document_template = "shipping/shipment.html"
    lines_template = "shipping/shipment_lines.html"
    last_step = "confirm"

    def document_values(self, context: Ctx, row: Shipment) -> dict[str, Any]:
        """Pieces by line and size, and what is beyond the tolerance."""
        return {
            "blocks": shipment_sheet.build(context, row, saved_only=True),
            "notes": shipping.warnings(context, row),
        }

    def save_lines(self, context: Ctx, row: Shipment, version: int | None) -> None:
        """Cells of the grid."""
        typed = {
            (int(match[1]), int(match[2])): pieces(value, name)
            for name, value in request.form.items()
            if (match := PAIR.fullmatch(name))
        }
        shipping_lines.save(context, row, typed, version)

    def line_values(self, context: Ctx, row: Shipment, posted: bool) -> dict[str, Any]:
        """The grid of the customer order."""
        blocks = shipment_sheet.build(context, row)
        return {
            "blocks": blocks, "inputs": {c.name for b in blocks for r in b.rows for c in r.cells if c},
            "typed": shown(posted),
        }  # fmt: skip
