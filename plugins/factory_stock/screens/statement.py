"""The statement of a factory order on a page of its own, as CSV, and the list of orders that have one."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.api import Declare, get_row
from core.web.api import Page, ctx, route, send
from plugins.factory_stock.services import dust, statement, statement_csv
from plugins.factory_stock.words import FACTORY_ORDER
from plugins.outsourcing.api import FactoryOrder

MOST = 200


def register(registry: Declare) -> None:
    """Add the page."""
    registry.view(
        StatementPage(name="Statements", endpoint="factory_stock_statement", url="/factory_stock/statement")
    )


class StatementPage(Page):
    """委外加工單跟蹤表."""

    plugin = "factory_stock"
    prefix = "factory_stock.statement"

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
            "factory_stock/statements.html",
            orders=orders,
            every=every,
            left=dust.rests(context, orders),
            entity=context.registry.get(FACTORY_ORDER),
        )

    @route("/<int:fo_id>", right="view")
    def document(self, fo_id: int) -> str:
        """One statement."""
        context = ctx()
        order = self._order(fo_id)
        return render_template(
            "factory_stock/statement.html",
            order=order,
            statement=statement.of_order(context, order),
            pct=statement.pct,
            entity=context.registry.get(FACTORY_ORDER),
        )

    @route("/<int:fo_id>/materials.csv", right="view", limited="exports")
    def materials(self, fo_id: int) -> Response:
        """Material, for reconciling with the factory."""
        order = self._order(fo_id)
        return _csv(
            statement_csv.materials(statement.of_order(ctx(), order)), f"{order.number}-materials.csv"
        )

    @route("/<int:fo_id>/pieces.csv", right="view", limited="exports")
    def pieces(self, fo_id: int) -> Response:
        """Pieces by size, for reconciling with the factory."""
        order = self._order(fo_id)
        return _csv(statement_csv.pieces(statement.of_order(ctx(), order)), f"{order.number}-pieces.csv")

    def _order(self, fo_id: int) -> Any:
        context = ctx()
        context.require("outsourcing.order.view")
        return get_row(context, context.registry.get(FACTORY_ORDER), fo_id)


def _csv(body: bytes, name: str) -> Response:
    return send(body, "text/csv; charset=utf-8", name)
