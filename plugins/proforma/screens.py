"""Pages of proforma invoices: the table on a purchase order, the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from core.api import Ctx, Declare, T, Text, pick
from core.values import ZERO, decimal_text
from core.web.api import EntityView
from kit.lines import ActionTable, LineRow, LineTable, Shown, Typed
from plugins.proforma.entities import order_badge
from plugins.proforma.services import invoices
from plugins.proforma.words import TABLE
from plugins.purchasing.api import PurchaseOrder


def register(registry: Declare) -> None:
    """Use these pages."""
    registry.screen(invoices.ENTITY, InvoiceView)


def _rows(ctx: Ctx, order: PurchaseOrder) -> list[LineRow]:
    return [
        LineRow(
            own=said.line_id,
            key=said.position,
            name=said.material,
            typed={"qty": decimal_text(said.qty)},
            shown={
                **vars(said),
                "material": Markup('<b>{}</b> <span class="muted">{}</span>').format(
                    said.material, pick(said.names, said.name)
                ),
                "price": said.price or ZERO,
                "currency": order.currency,
            },
            stays=True,
        )
        for said in invoices.issued(order).lines
    ]


def _start(ctx: Ctx, order: PurchaseOrder) -> Mapping[str, Any]:
    """What the order and its supplier say already."""
    said = invoices.issued(order)
    soon = order.required_date and order.required_date >= ctx.today()
    return {
        "incoterm": " ".join(part for part in (said.incoterm, said.delivery_place) if part)[:120],
        "ship_date": order.required_date if soon else None,
        "bank": said.supplier.bank,
    }


def _note(ctx: Ctx, order: PurchaseOrder) -> Text | str:
    newest = next(iter(invoices.of_order(ctx, order.id)), None)
    if newest is None:
        return T("The purchase order stays as it is. A quantity of 0 leaves a line out.")
    return T(
        "The purchase order stays as it is. A quantity of 0 leaves a line out. {number} will be superseded.",
        number=newest.number,
    )


CONVERT = ActionTable(
    LineTable(
        TABLE,
        (
            Shown("position", T("Line"), numeric=True),
            Shown("material", T("Material"), head=True),
            Shown("color", T("Colour")),
            Shown("size", T("Size")),
            Shown("destination", T("Destination")),
            Shown("qty", T("PO quantity"), numeric=True),
            Typed("qty", unit="uom"),
            Shown("price", T("Price"), numeric=True, unit="currency"),
            Typed("price_note"),
            Typed("hs"),
        ),
        _rows,
        spare=0,
        cards=True,
    ),
    save=T("Make PI"),
    start=_start,
    note=_note,
    below=True,
)


class InvoiceView(EntityView):
    """Proforma invoices."""

    document_template = "proforma/invoice.html"

    def document_values(self, context: Ctx, row: Any) -> dict[str, Any]:
        """How the order went on."""
        return {
            "order_badge": order_badge(row),
            "may_make": context.can(invoices.RIGHT) and row.order.state == "issued",
        }
