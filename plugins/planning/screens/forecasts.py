"""銷售預測: the document with what orders took up of it, and forecast against actual."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import render_template, request

from core.api import Ctx
from core.web.api import EntityView, ctx, route
from kit.exports.tables import TableColumn, sheet_of_table, sorted_rows
from plugins.planning.services import forecasts
from plugins.planning.shown import forecast_table


class ForecastView(EntityView):
    """Forecasts."""

    document_template = "planning/forecast.html"

    @route("/compare", right="view")
    def compare(self) -> Any:
        """By style, colour and month: expected, ordered, how far off; from half a year back to a year ahead."""
        rows, columns = _rows(ctx())
        sort = request.args.get("sort", "")[:60]
        return render_template(
            "planning/compare.html",
            rows=sorted_rows(rows, columns, sort),
            sort=sort,
            address=lambda **more: f"?sort={more.get('sort', '')}",
            base="/planning/forecast/compare",
        )

    @route("/compare/export/<kind>", right="view", limited="exports")
    def compare_export(self, kind: str) -> Any:
        """The same as a file."""
        rows, columns = _rows(ctx())
        return self.send_table(kind, sheet_of_table("", columns, rows), "forecasts")


def _rows(context: Ctx) -> tuple[list[forecasts.Compared], list[TableColumn[forecasts.Compared]]]:
    today = forecasts.first_of(context.today())
    since = forecasts.first_of(today - timedelta(days=160))
    return forecasts.compare(
        context, since, forecasts.last_of(today + timedelta(days=340))
    ), forecast_table.columns()
