"""足缺料: documents that make something and how their material stands; one of them group by group."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, request

from core.api import Ctx, EntityRef, Problem, T
from core.values import Unreadable, parse_date
from core.web.api import Page, ctx, route
from kit.exports.tables import Measure, TableColumn, sheet_of_table
from plugins.planning.services import gathering, naming, shortages
from plugins.planning.shown.shortage_panel import buying_address

BASE = "/planning/shortages"


class ShortagePage(Page):
    """Shortages."""

    plugin = "planning"
    prefix = "planning"

    @route("/", right="view")
    def index(self) -> Any:
        """``?document=FO-…`` shows one; without it all that want something, those due first."""
        context, problems = ctx(), []
        heads = _heads(context)
        number = request.args.get("document", "").strip()[:60]
        head = next((each for each in heads if each[0].upper() == number.upper()), None)
        until = None
        typed = request.args.get("until", "").strip()
        try:
            until = parse_date(typed) if typed else (head[2] if head else None)
        except Unreadable as wrong:
            problems.append(Problem(wrong.message, "until"))
        if number and head is None:
            problems.append(Problem(T("{number} wants no material.", number=number), "document"))
        rows = shortages.shortages(context, head[1], until) if head and not problems else []
        return render_template(
            "planning/shortages.html", heads=heads, head=head, rows=rows, until=until, number=number, problems=problems,
            today=context.today(),
            names=shortages.names(context, rows), base=BASE, buy=buying_address(context, head[1]) if head else "",
        )  # fmt: skip

    @route("/export/<kind>", right="view", limited="exports")
    def export(self, kind: str) -> Any:
        """One document as a file."""
        context = ctx()
        number = request.args.get("document", "").strip()
        head = next((each for each in _heads(context) if each[0] == number), None)
        if head is None:
            abort(404)
        rows = shortages.shortages(context, head[1], head[2])
        names = naming.key_names(context, [row.key for row in rows])

        def measure(row: shortages.Shortage) -> Measure:
            return names[row.key].uom, names[row.key].step

        columns: list[TableColumn[shortages.Shortage]] = [
            TableColumn("item", T("Material"), lambda r: str(names[r.key])),
            TableColumn("unit", T("Unit"), lambda r: names[r.key].uom),
            TableColumn("open", T("Wanted"), lambda r: r.open, "qty", measure),
            TableColumn("kept", T("Kept for it"), lambda r: r.kept, "qty", measure),
            TableColumn("free", T("Free"), lambda r: r.free, "qty", measure),
            TableColumn("coming", T("Comes in time"), lambda r: r.coming, "qty", measure),
            TableColumn("now", T("Short now"), lambda r: r.short_now, "qty", measure),
            TableColumn("then", T("Short by then"), lambda r: r.short_then, "qty", measure),
        ]
        return self.send_table(kind, sheet_of_table(number, columns, rows), "shortages")


def _heads(context: Ctx) -> list[tuple[str, EntityRef, Any]]:
    """Number, document and day of all that want material, those served first before."""
    wanted = [each for each in gathering.demands(context, None, ()) if each.kind == "need"]
    return list({each.source: (each.number, each.source, each.due) for each in wanted}.values())
