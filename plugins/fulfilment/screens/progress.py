"""How far one customer order is: by vendor, by line, and what 100 % is made of."""

from __future__ import annotations

from flask import render_template

from core.api import Declare, T, get_row
from core.web.api import Page, ctx, route
from plugins.catalog.api import CUSTOMER_PRICES
from plugins.fulfilment.services import open_rows, progress, rows
from plugins.fulfilment.shown.panels import papers
from plugins.fulfilment.words import CUSTOMER_ORDER, SHEET

MOST = 50
"""So many orders stand on the overview."""


def register(registry: Declare) -> None:
    """Add the page."""
    registry.view(
        ProgressPage(name=T("How far orders are"), endpoint="fulfilment_progress", url="/fulfilment/progress")
    )


class ProgressPage(Page):
    """到貨總覽."""

    plugin = "fulfilment"
    prefix = SHEET
    right = f"{SHEET}.view"
    label = T("How far orders are")
    menu_place = ("orders", 35)

    @route("/", right="view")
    def index(self) -> str:
        """Orders for which purchase orders are out, the oldest first, with their rates."""
        context = ctx()
        context.require(f"{CUSTOMER_ORDER}.view")
        ids = context.scope.visible(
            context.registry.get(CUSTOMER_ORDER), open_rows.open_orders(context, None, MOST)
        )
        return render_template(
            "fulfilment/progress_list.html",
            orders=progress.by_order(rows.of_orders(context, ids)),
            points=progress.points,
            priced=context.can(CUSTOMER_PRICES),
        )

    @route("/<int:order_id>", right="view")
    def document(self, order_id: int) -> str:
        """The two rates of an order with the gap between them, and their explanation."""
        context = ctx()
        context.require(f"{CUSTOMER_ORDER}.view")
        entity = context.registry.get(CUSTOMER_ORDER)
        order = get_row(context, entity, order_id)
        found = rows.of_orders(context, [order.id])
        return render_template(
            "fulfilment/progress.html", order=order, entity=entity, whole=progress.share(0, "", "", found),
            vendors=progress.by_vendor(found), lines=progress.by_line(found), points=progress.points,
            priced=context.can(CUSTOMER_PRICES), papers=papers(context, order.id),
            missing=progress.missing(context, [order.id]).get(order.id, []),
        )  # fmt: skip
