"""The page of queries: what is asked stands in the address, the answer in one table, as a file too."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import abort, request

from core.api import Ctx, Refused, T
from core.remote import clean_values
from core.web.api import FormPage, by_input, ctx, route
from kit.exports.tables import sheet_of_table, sorted_rows
from plugins.engineering.services.asked import QUERIES, VIEW, Query

BASE = "/engineering/queries"
PAGE = 500


class QueryPage(FormPage):
    """Forward, where used, cost, difference."""

    plugin = "engineering"
    right = VIEW
    label = T("BOM queries")
    menu_place = ("engineering", 20)

    @route("/", right=VIEW)
    def index(self) -> Any:
        """The first of the queries."""
        return self._answer(QUERIES[0])

    @route("/<name>", right=VIEW)
    def ask(self, name: str) -> Any:
        """One query."""
        return self._answer(_query(ctx(), name))

    @route("/<name>/export/<kind>", right=VIEW, limited="exports")
    def export(self, name: str, kind: str) -> Any:
        """All rows of an answer as a file."""
        context = ctx()
        query = _query(context, name)
        rows, _errors = _rows(context, query)
        columns = query.table()
        sheet = sheet_of_table(
            str(query.label), columns, sorted_rows(rows, columns, request.args.get("sort", ""))
        )
        return self.send_table(kind, sheet, f"bom-{name}")

    def _answer(self, query: Query) -> Any:
        context = ctx()
        rows, errors = _rows(context, query)
        sort = request.args.get("sort", "")
        rows = sorted_rows(rows, query.table(), sort)
        page = self.show(
            "engineering/queries.html", asked=query, queries=[q for q in QUERIES if q.there(context)], rows=rows[:PAGE],
            total=len(rows), errors=errors, sort=sort, base_url=BASE, address=_address, begun=bool(request.args),
        )  # fmt: skip
        return (page, 422) if errors else page


def _query(context: Ctx, name: str) -> Query:
    found = next((query for query in QUERIES if query.name == name and query.there(context)), None)
    return found if found is not None else abort(404)


def _rows(context: Ctx, query: Query) -> tuple[list[dict[str, Any]], Any]:
    given = {spec.name: request.args[spec.name] for spec in query.fields if request.args.get(spec.name)}
    if not given:
        return [], {}
    try:
        return query.run(context, clean_values(context, query.fields, given)), {}
    except Refused as refused:
        return [], by_input(refused.problems, {spec.name for spec in query.fields})


def _address(**changed: str) -> str:
    return "?" + urlencode({**request.args.to_dict(), **changed})
