"""What if, and re-planning: the real data and the assumptions side by side; nothing is kept by asking."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import render_template, request
from sqlalchemy import select

from core.api import Ctx, T
from core.db import among
from core.values import Unreadable, parse_date, parse_decimal
from core.web.api import EntityView, Page, ctx, route
from plugins.catalog.api import Color, Garment, Style
from plugins.planning.services import gathering, naming, scenarios
from plugins.planning.services.whatif import CHANGED, Assumed, Bought, Compared
from plugins.planning.services.world import World
from plugins.planning.words import SAID, SCENARIO, TONES

SHOWN = 60


class ScenarioView(EntityView):
    """Scenarios."""

    @route("/<int:row_id>/play", right="view")
    def play(self, row_id: int) -> str:
        """What is otherwise, order by order."""
        context, row = ctx(), self.row(row_id)
        found, world = scenarios.play(context, scenarios.assumed(context, row), row.horizon_days)
        return render_template(
            "planning/play.html",
            view=self,
            row=row,
            title=row.name,
            actions=[
                each
                for each in context.registry.actions[SCENARIO].all_standing(context.enabled)
                if each.run is not None and row.state in each.from_states and context.can(each.right)
            ],
            **shown(context, found, world),
        )


class ReplanPage(Page):
    """What a change of a customer order would do, before it is saved."""

    plugin = "planning"
    prefix = SCENARIO

    @route("/", right="view")
    def index(self) -> str:
        """``?order=SO-1&day=2027-01-20&pct=10``."""
        context, asked = ctx(), request.args
        number = asked.get("order", "")[:40].strip().upper()
        mine = [d for d in gathering.demands(context) if d.kind == "order" and d.number.upper() == number]
        errors: dict[str, list[Any]] = {}
        first = min((d.due for d in mine if d.due), default=None)
        day, pct = first, Decimal(0)
        try:
            day = parse_date(asked["day"]) if asked.get("day") else first
        except Unreadable as wrong:
            errors["day"] = [wrong.message]
        try:
            pct = parse_decimal(asked["pct"], 2) if asked.get("pct") else Decimal(0)
            if not -100 <= pct <= 1000:
                errors["pct"] = [T("Between −100 and 1000 percent.")]
        except Unreadable as wrong:
            errors["pct"] = [wrong.message]
        values: dict[str, Any] = {}
        if mine and not errors and ("day" in asked or "pct" in asked):
            days = (day - first).days if day and first else 0
            found, world = scenarios.play(
                context, [Assumed(CHANGED, document=mine[0].number, days=days, pct=pct)], 365
            )
            values = shown(context, found, world)
        return render_template(
            "planning/replan.html", number=number, mine=mine, first=first, day=day, pct=asked.get("pct", ""), errors=errors,
            values=values, pieces=sum((d.qty for d in mine), Decimal(0)), **values,
        )  # fmt: skip


def shown(context: Ctx, found: Compared, world: World) -> dict[str, Any]:
    """What the differences need to be shown. Two statements."""
    items = [each.item for each in found.bought] + [each.item for each in found.said]
    styles = _codes(context, Style, {i.style for i in items if isinstance(i, Garment)})
    colors = _codes(context, Color, {i.color for i in items if i.color})

    def name(item: Any) -> str:
        if isinstance(item, Garment):
            return " ".join(part for part in (styles.get(item.style, ""), colors.get(item.color, "")) if part)
        return " ".join(
            part
            for part in (
                world.materials[item.material].code,
                colors.get(item.color or 0, ""),
                item.size or "",
            )
            if part
        )

    def uom(item: Any) -> str:
        return "pcs" if isinstance(item, Garment) else world.materials[item.material].uom

    bought: list[Bought] = list(found.bought)
    return {
        "kit_names": naming.key_names(context, [row.key for _label, kit in found.kits for row in kit.rows]),
        "found": found, "name": name, "uom": uom, "words": dict(SAID), "tones": TONES, "shown": SHOWN, "bought": bought,
        "address": lambda entity, row_id: f"/{entity.replace('.', '/')}/{row_id}",
    }  # fmt: skip


def _codes(context: Ctx, model: Any, ids: set[int]) -> dict[int, str]:
    return dict(
        context.session.execute(select(model.id, model.code).where(among(model.id, ids))).tuples().all()
    )
