"""齊套分析: how many sets can be made, of one style or several, or for open orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request

from core.api import Ctx, Problem, Refused, T
from core.values import Unreadable, parse_date, parse_pieces
from core.web.api import Page, ctx, route
from kit.exports.tables import sheet_of_table, sorted_rows
from plugins.catalog.api import Key
from plugins.planning.services import naming
from plugins.planning.services.kits import analysis
from plugins.planning.services.kits.asking import Line, read_lines
from plugins.planning.services.kits.building import Options
from plugins.planning.services.kits.engine import MOST
from plugins.planning.shown import kit_tables

BASE = "/planning/kits"


class KitsPage(Page):
    """Kit analysis."""

    plugin = "planning"
    prefix = "planning"

    @route("/", right="view")
    def index(self) -> Any:
        """The form, and below it what was asked: one line in detail, several in a table."""
        context, problems = ctx(), []
        lines: list[Line] = []
        options, sets = Options(), 0
        try:
            options, sets = _options(), _sets()
        except Refused as refused:
            problems = list(refused.problems)
        if request.args.get("what", "").strip():
            lines, wrong = read_lines(context, request.args["what"][:20_000])
            problems += wrong
        values: dict[str, Any] = {"kit": None, "several": None, "names": {}}
        try:
            if not problems and len(lines) == 1:
                kit = analysis.analyse(context, lines[0].ask, options, sets)
                values |= {"kit": kit, "names": kit_names(context, kit)}
            elif not problems and lines:
                found = analysis.several(
                    context, [line.ask for line in lines], options, shared=_ticked("shared")
                )
                values["several"] = [
                    (line, n if n < MOST else None) for line, n in zip(lines, found, strict=True)
                ]
        except Refused as refused:
            problems += refused.problems
        return render_template(
            "planning/kits.html", problems=problems, asked=request.args, sets=sets, base=BASE, address=_address,
            left_out=left_out(context, values["kit"]), ticked=_ticked, **values,
        )  # fmt: skip

    @route("/export/<kind>", right="view", limited="exports")
    def export(self, kind: str) -> Any:
        """The components of one line as a file."""
        context = ctx()
        lines, problems = read_lines(context, request.args.get("what", "")[:20_000])
        if problems or len(lines) != 1:
            raise Refused(problems or [Problem(T("Ask for one style."), "what")])
        kit = analysis.analyse(context, lines[0].ask, _options(), _sets())
        columns = kit_tables.of_components(kit_names(context, kit))
        return self.send_table(kind, sheet_of_table(str(T("Kit analysis")), columns, kit.rows), "kits")

    @route("/orders", right="view")
    def orders(self) -> Any:
        """Open orders one after the other, the first served first."""
        rows, problems = _orders(ctx())
        sort = request.args.get("sort", "")[:60]
        return render_template(
            "planning/kit_orders.html", rows=sorted_rows(rows, kit_tables.of_orders(), sort), problems=problems, sort=sort,
            asked=request.args, base=BASE, address=_address, ticked=_ticked,
        )  # fmt: skip

    @route("/orders/export/<kind>", right="view", limited="exports")
    def orders_export(self, kind: str) -> Any:
        """The same as a file."""
        rows, problems = _orders(ctx())
        if problems:
            raise Refused(problems)
        return self.send_table(
            kind, sheet_of_table(str(T("Kits of open orders")), kit_tables.of_orders(), rows), "kits"
        )


def _orders(context: Ctx) -> tuple[Sequence[analysis.OrderKit], list[Problem]]:
    try:
        return analysis.open_orders(context, _options()), []
    except Refused as refused:
        return [], list(refused.problems)


def kit_names(context: Ctx, kit: analysis.Kit) -> dict[Any, naming.Named]:
    """Everything that a kit names."""
    return dict(naming.key_names(context, [row.key for row in kit.rows]))


def left_out(context: Ctx, kit: analysis.Kit | None) -> list[str]:
    """Codes of material that was left out."""
    if kit is None or not kit.left_out:
        return []
    keys = [Key(id) for id in kit.left_out]
    return sorted(named.code for named in naming.key_names(context, keys).values())


def _ticked(name: str) -> bool:
    return bool(request.args.get(name))


def _options() -> Options:
    return Options(_day(), _ticked("finished"), _ticked("leave"), _ticked("substitutes"))


def _day() -> date | None:
    typed = request.args.get("until", "").strip()
    if not typed:
        return None
    try:
        return parse_date(typed)
    except Unreadable as wrong:
        raise Refused(Problem(wrong.message, "until")) from wrong


def _sets() -> int:
    typed = request.args.get("sets", "").strip()
    try:
        return parse_pieces(typed, least=1) if typed else 0
    except Unreadable as wrong:
        raise Refused(Problem(wrong.message, "sets")) from wrong


def _address(**changes: str) -> str:
    return "?" + urlencode({k: v for k, v in {**request.args.to_dict(), **changes}.items() if v})
