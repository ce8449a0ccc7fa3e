"""The page of figures: suppliers and factories by their claims, each figure opening the list behind it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request

from core.api import Declare, Problem, Refused, T, list_choices
from core.web.api import Page, ctx, route
from plugins.claims.services import scores
from plugins.claims.words import CLAIM, DEFECTS, KINDS

WIDTH, HEIGHT, FOOT, HEAD = 560, 150, 18, 14


def register(registry: Declare) -> None:
    """Add the page."""
    registry.view(FiguresPage(name="Claim figures", endpoint="claims_figures", url="/claims/figures"))


class FiguresPage(Page):
    """供應商與工廠的客訴統計."""

    plugin = "claims"
    prefix = CLAIM

    @route("/", right="view")
    def index(self) -> Any:
        """Figures of a period, by default the last twelve months."""
        context = ctx()
        today = context.today()
        start = _day("from", date(today.year - 1, today.month, 1))
        end = _day("to", today)
        if start > end:
            raise Refused(Problem(T("The period ends before it begins."), "to"))
        found = scores.of_period(context, start, end)
        period = {"opened_on_from": start.isoformat(), "opened_on_to": end.isoformat()}

        def claims(**more: str) -> str:
            return "/claims/claim/?" + urlencode({**more, **period})

        def counted(**more: str) -> str:
            return "/claims/claim/?" + urlencode([*more.items(), *period.items(), *COUNTED])

        got = {
            kind: urlencode({f"{day}_from": start.isoformat(), f"{day}_to": end.isoformat()})
            for kind, day in (("material", "received_on"), ("garment", "day"))
        }
        return render_template(
            "claims/figures.html", got=got, figures=found, start=start, end=end, kinds=dict(KINDS), claims=claims,
            counted=counted, defects=dict(list_choices(DEFECTS)(context)), chart=chart(found.months),
        )  # fmt: skip


COUNTED = (("state", "open"), ("state", "resolved"), ("state", "closed"), ("split", "parts"))
"""Which claims count: not the cancelled ones, and of those that were split only the parts."""


def _day(name: str, default: date) -> date:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return default


def chart(months: dict[tuple[int, int], Counter[str]]) -> dict[str, Any]:
    """Bars by month, material below garment: the geometry of the picture."""
    most = max((sum(c.values()) for c in months.values()), default=0) or 1
    room = HEIGHT - FOOT - HEAD
    step = WIDTH / max(1, len(months))
    bars = []
    for n, ((year, month), count) in enumerate(months.items()):
        top = HEIGHT - FOOT
        parts = []
        for kind, _label in KINDS:
            height = round(room * count[kind] / most)
            top -= height
            parts.append({"kind": kind, "y": top, "height": height})
        bars.append(
            {"x": round(n * step + step * 0.2), "width": round(step * 0.6), "middle": round(n * step + step / 2),
             "parts": parts, "top": top - 3, "total": sum(count.values()), "label": f"{year % 100:02}/{month:02}"}
        )  # fmt: skip
    return {"width": WIDTH, "height": HEIGHT, "base": HEIGHT - FOOT, "bars": bars}
