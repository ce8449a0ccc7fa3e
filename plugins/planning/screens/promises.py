"""可承諾量: what of a style is not promised yet, over time."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import render_template, request
from sqlalchemy import select

from core.api import Ctx, Problem, T
from core.web.api import Page, ctx, route
from plugins.catalog.api import Garment, Style, sizes_of
from plugins.planning.services import naming, promises
from plugins.planning.shown.pictures import flow_picture


class PromisePage(Page):
    """Available to promise."""

    plugin = "planning"
    prefix = "planning"

    @route("/", right="view")
    def index(self) -> Any:
        """``?style=``: a table by colour and size, and a picture of each colour."""
        context, problems = ctx(), []
        code = request.args.get("style", "").strip()[:40]
        colors: list[dict[str, Any]] = []
        style = None
        if code:
            style = context.session.scalars(
                select(Style).where(Style.code.in_({code, code.upper()}))
            ).one_or_none()
            if style is None:
                problems.append(Problem(T("There is no style “{code}”.", code=code), "style"))
            else:
                colors = _colors(context, style)
        return render_template(
            "planning/promises.html", style=style, code=code, colors=colors, problems=problems
        )


def _colors(context: Ctx, style: Style) -> list[dict[str, Any]]:
    sizes = sizes_of(context, [style.id]).get(style.id, [])
    items = [Garment(style.id, own.color_id, size.id) for own in style.colors for size in sizes]
    found = promises.flows(context, [style.id])
    names = naming.garment_names(context, items)
    result = []
    for own in style.colors:
        mine = [item for item in items if item.color == own.color_id]
        stretches = promises.of_items(context, found, mine)
        days = [each.day for each in stretches[mine[0]]] if mine else []
        totals = [sum((stretches[item][n].total for item in mine), Decimal(0)) for n in range(len(days))]
        result.append(
            {
                "color": names[mine[0]].color if mine else "",
                "days": days,
                "totals": totals,
                "rows": [(names[item].size, stretches[item]) for item in mine],
                "picture": flow_picture(context, [found[item] for item in mine if item in found]),
            }
        )
    return result
