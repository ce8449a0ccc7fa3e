"""Pages of factory orders."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from sqlalchemy import select

from core.api import Ctx, Refused, Stale, T, Text, pick, run_action
from core.money import currency_decimals
from core.web.api import by_input, ctx, route, seen_version, send, submit_once, undo
from kit.lines import TableView
from kit.sizes import edit_grid
from plugins.catalog.api import FACTORY_PRICES
from plugins.orders.api import open_order_styles
from plugins.outsourcing import words
from plugins.outsourcing.entities.orders import payment_text
from plugins.outsourcing.models import FactoryOrder, FactoryOrderLine
from plugins.outsourcing.screens.lines import DRAFT, DRAFT_PRICES, REVISED, REVISED_PRICES, work_by_order
from plugins.outsourcing.services import contracts, paid

HIDDEN = {"add_work", "edit_lines", "upload_signed", "remove_signed", "generate_contract", "mark_sent"}
"""Actions that have their place inside the page instead of the bar at its top."""


class OrderView(TableView):
    """Factory orders: the document, adding work, quantities and prices, revising, contract files."""

    document_template = "outsourcing/order.html"

    def document_values(self, context: Ctx, row: FactoryOrder) -> dict[str, Any]:
        """Badges, and whether money and contract may be worked on."""
        found = paid.of_order(context, row)
        return {
            "words": words,
            "hidden": HIDDEN,
            "payment_words": payment_text(found, row.currency, currency_decimals(context, row.currency)),
            "may_pay": context.can("outsourcing.payment.create")
            and row.state in ("issued", "in_production", "completed"),
            "may_adjust": context.can("outsourcing.adjustment.create")
            and row.state in ("issued", "in_production", "completed"),
        }

    def saved_url(self, row: Any, is_new: bool) -> str:
        """A new factory order goes straight on to adding work."""
        return self.url_for_row(row, "/add-work" if is_new else "")

    # --- add work -------------------------------------------------------------------------------------------------

    @route("/<int:row_id>/add-work", right="add_work", methods=("GET", "POST"))
    def add_work(self, row_id: int) -> Any:
        """Choose customer orders, then their styles; tick and go."""
        context, row = ctx(), self.row(row_id)
        if request.method == "GET":
            return self._work_page(context, row, {})
        ticked = [value.split("/", 2) for value in request.form.getlist("pick") if value.count("/") == 2]
        picks = [dict(zip(("order", "style", "destination"), codes, strict=True)) for codes in ticked]

        def do() -> str:
            if not picks:
                raise Refused(T("Choose at least one style of an order."), "work")
            run_action(
                context, self.entity, row, "add_work", {"work": picks, "share": request.form.get("share", "")},
                version=seen_version(),
            )  # fmt: skip
            return self.url_for_row(row, "/add-work" if request.form.get("more") else "/lines")

        try:
            return submit_once(do)
        except (Refused, Stale) as error:
            undo()
            errors = by_input(error.problems) if isinstance(error, Refused) else {"": [str(error)]}
            return self._work_page(context, self.row(row_id), errors), 422

    def _work_page(self, context: Ctx, row: FactoryOrder, errors: dict[str, list[str]]) -> str:
        search = request.values.get("q", "").strip()[:60]
        found = open_order_styles(context, search=search, limit=300)
        have = {
            (order_style, destination)
            for order_style, destination in context.session.execute(
                select(FactoryOrderLine.order_style_id, FactoryOrderLine.destination_id).where(
                    FactoryOrderLine.order_id == row.id
                )
            )
        }
        return self.page(
            "outsourcing/add_work.html",
            row=row, errors=errors, search=search, picked=set(request.form.getlist("pick")),
            share=request.form.get("share", ""), orders=work_by_order(found, have),
        )  # fmt: skip

    # --- quantities and prices ------------------------------------------------------------------------------------

    @route("/<int:row_id>/lines", right="edit", methods=("GET", "POST"))
    def lines(self, row_id: int) -> Any:
        """Quantities and prices of a draft, in one grid."""
        row = self.row(row_id)
        return edit_grid(
            self, row, "edit_lines", DRAFT, tables=(DRAFT_PRICES,), template="outsourcing/lines.html",
            about=_about(row, T("Quantities and prices")),
        )  # fmt: skip

    @route("/<int:row_id>/revise", right="revise", methods=("GET", "POST"))
    def revise(self, row_id: int) -> Any:
        """The same grid for an issued factory order: what differs becomes a revision."""
        row = self.row(row_id)
        return edit_grid(
            self, row, "revise", REVISED, tables=(REVISED_PRICES,), about=_about(row, T("Revise")),
            save_label=T("Make the revision"),
            note=T("The contract becomes void and must be made and signed anew. Payments stay."),
        )  # fmt: skip

    # --- contract -------------------------------------------------------------------------------------------------

    @route("/<int:row_id>/contract/<int:contract_id>", right="view")
    def contract_file(self, row_id: int, contract_id: int) -> Response:
        """A version of the contract, or with ``?signed=1`` its signed copy."""
        context, row = ctx(), self.row(row_id)
        context.require(FACTORY_PRICES)
        found = contracts.of_order(context, row, contract_id)
        name, media, data = contracts.file_of(context, found, signed=bool(request.args.get("signed")))
        return send(data, media, name, inline=bool(request.args.get("inline")))


def _about(row: FactoryOrder, what: Text) -> str:
    return f"{what} · {pick(row.factory.names, row.factory.name)}"
