"""The statement of a factory order on a page of its own, as CSV, and the list of orders that have one."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.api import Registry, crud
from core.web.page import Page, ctx, route
from plugins.outsourcing.models import FactoryOrder
from plugins.warehouse.services import statement, statement_csv

MOST = 200


def register(registry: Registry) -> None:
    """Add the page."""
    registry.view(
        StatementPage(name="Statements", endpoint="warehouse_statement", url="/warehouse/statement")
    )


class StatementPage(Page):
    """委外加工單跟蹤表."""

    plugin = "warehouse"
    prefix = "warehouse.statement"

    @route("/", right="view")
    def index(self) -> str:
        """Factory orders that are not closed (or all), with what of ours is still at the factory."""
        context = ctx()
        every = bool(request.args.get("all"))
        query = select(FactoryOrder).where(FactoryOrder.state.in_(("issued", "in_production", "completed")))
        if every:
            query = select(FactoryOrder).where(FactoryOrder.state.not_in(("draft", "cancelled")))
        orders = list(
            context.session.scalars(
                query.order_by(FactoryOrder.id.desc()).limit(MOST).options(selectinload(FactoryOrder.factory))
            )
        )
        return render_template(
            "warehouse/statements.html", orders=orders, every=every, left=statement.at_factory(context, orders),
            entity=context.registry.get("outsourcing.order"),
        )  # fmt: skip

    @route("/<int:row_id>", right="view")
    def document(self, row_id: int) -> str:
        """One statement."""
        context = ctx()
        order = self._order(row_id)
        return render_template(
            "warehouse/statement.html", order=order, statement=statement.of_order(context, order), pct=statement.pct,
            entity=context.registry.get("outsourcing.order"),
        )  # fmt: skip

    @route("/<int:row_id>/<any(materials, pieces):part>.csv", right="view")
    def export(self, row_id: int, part: str) -> Response:
        """The statement for reconciling with the factory."""
        order = self._order(row_id)
        found = statement.of_order(ctx(), order)
        body = statement_csv.materials(found) if part == "materials" else statement_csv.pieces(found)
        name = f"{order.number}-{part}.csv"
        return Response(
            body, content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
        )  # fmt: skip

    def _order(self, row_id: int) -> Any:
        context = ctx()
        context.require("outsourcing.order.view")
        return crud.get(context, context.registry.get("outsourcing.order"), row_id)
