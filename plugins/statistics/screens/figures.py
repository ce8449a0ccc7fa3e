"""The page of a view: picture and table side by side, each figure opening its documents; the same as a file."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request

from core.api import NotFound, T
from core.values import parse_id
from core.web.api import Page, ctx, route
from kit.exports.tables import sheet_of_table
from plugins.statistics import shown
from plugins.statistics.screens.asked import asked_of, behind, narrowing, query
from plugins.statistics.services.picture import draw
from plugins.statistics.services.tables import labelled
from plugins.statistics.services.views import DOCUMENTS, group_of, row_title, table_of, title_of
from plugins.statistics.words import FIGURES, GROUPED, GROUPS, VIEW, VIEWS

SIZE = 50


class FiguresPage(Page):
    """Everything that adds up what documents tell of goods."""

    plugin = "statistics"
    menu_place = None
    right = VIEW
    label = T("Statistics")

    @route("/", right=VIEW)
    def index(self) -> Any:
        """The first of the views."""
        return redirect(f"{shown.BASE}/{next(iter(VIEWS))}")

    @route("/<view>", right=VIEW)
    def show(self, view: str) -> str:
        """A view of a span, by default the last twelve months."""
        figure, group, asked, table = self._found(view)
        page = max(1, parse_id(request.args.get("page", "")) or 1)
        drawn = [c for name in table.picture for c in table.columns if c.name == name]
        return render_template(
            "statistics/figures.html", view_name=view, views=VIEWS, title=title_of(view, figure), asked=asked, table=table,
            rows=table.rows[(page - 1) * SIZE : page * SIZE], page=page, pages=max(1, -(-len(table.rows) // SIZE)),
            picture=draw(table.rows, drawn), labelled=labelled, first=row_title(view, group), group=group, figure=figure,
            groups={name: GROUPS[name] for name in GROUPED.get(view, ())}, every_group=GROUPS, narrowing=narrowing(),
            query=query, behind=lambda opens, code: behind(asked, opens, group, code), sort=request.args.get("sort", ""),
            base=shown.BASE,
        )  # fmt: skip

    @route("/<view>/export/<kind>", right=VIEW, limited="exports")
    def export(self, view: str, kind: str) -> Any:
        """All rows of a view, in the order that was chosen."""
        figure, group, _asked, table = self._found(view)
        columns = table.sheet_columns(row_title(view, group))
        return self.send_table(
            kind, sheet_of_table(str(title_of(view, figure)), columns, table.rows), f"statistics-{view}"
        )

    def _found(self, view: str) -> tuple[str, str, Any, Any]:
        figure = request.args.get("figure", "")
        if view not in VIEWS and (view != DOCUMENTS or figure not in FIGURES):
            raise NotFound(T("There is nothing here."))
        context, group = ctx(), group_of(view, request.args.get("by", ""))
        asked = asked_of(context)
        return (
            figure,
            group,
            asked,
            table_of(context, view, group, asked, figure, request.args.get("sort", "")),
        )
