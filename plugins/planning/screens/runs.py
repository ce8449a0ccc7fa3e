"""Pages of plans: what was found, the stock of an item over time, what is otherwise than last time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import render_template
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.api import Ctx, NotFound
from core.db import among
from core.web.api import EntityView, ctx, route
from plugins.catalog.api import Color, Destination, Material, Style
from plugins.planning.entities.suggestions import exception, reason
from plugins.planning.models import (
    PlanningItem,
    PlanningMessage,
    PlanningPeg,
    PlanningRun,
    PlanningStandIn,
    PlanningSuggestion,
)
from plugins.planning.services import comparing, freshness
from plugins.planning.shown import stock_picture
from plugins.planning.words import KINDS, SAID, SUGGESTION, TONES

SHOWN = 30
MOST = 200


class RunView(EntityView):
    """Plans."""

    document_template = "planning/run.html"

    def document_values(self, context: Ctx, row: PlanningRun) -> dict[str, Any]:
        """What was found, exceptions first. A fixed number of statements."""
        s, m, i = PlanningSuggestion, PlanningMessage, PlanningStandIn
        session = context.session
        named = [selectinload(s.material), selectinload(s.style), selectinload(s.color)]
        suggestions = session.scalars(
            select(s)
            .where(s.run_id == row.id, s.merged_into == "")
            .order_by(s.rank, s.release_on, s.id)
            .limit(SHOWN)
            .options(*named)
        ).all()
        told = session.scalars(
            select(m)
            .where(m.run_id == row.id)
            .order_by(m.rank, m.id)
            .limit(SHOWN)
            .options(selectinload(m.material), selectinload(m.style), selectinload(m.color))
        ).all()
        instead = session.scalars(
            select(i).where(i.run_id == row.id).order_by(i.decided, i.day, i.id).limit(SHOWN + 1)
            .options(selectinload(i.material), selectinload(i.color), selectinload(i.by), selectinload(i.by_color))
        ).all()  # fmt: skip
        return {
            "instead": instead, "parents": _parents(context, row.id, instead),
            "suggestions": suggestions, "suggestion_type": context.registry.get(SUGGESTION), "told": told,
            "exception_of": exception, "reason_of": reason, "words": dict(SAID), "tones": TONES, "kinds": dict(KINDS),
            "shown": SHOWN, "compared": comparing.since_last(context, row), "address": _address,
            "stale": row.state == "done" and row.mark != freshness.mark_of_data(context),
        }  # fmt: skip

    @route("/<int:row_id>/item/<int:position>", right="view")
    def item(self, row_id: int, position: int) -> str:
        """An item: its stock over time, what is suggested, and from where to where."""
        context, row = ctx(), self.row(row_id)
        return render_template(
            "planning/item.html", view=self, row=row, **item_values(context, row, position)
        )


class SuggestionView(EntityView):
    """Suggestions."""

    document_template = "planning/suggestion.html"
    taken_over = ("run",)

    def document_values(self, context: Ctx, row: PlanningSuggestion) -> dict[str, Any]:
        """Why, for whom, and how the stock goes."""
        p, s = PlanningPeg, PlanningSuggestion
        parts = context.session.scalars(
            select(s).where(s.run_id == row.run_id, s.merged_into == row.number).order_by(s.due)
        ).all()
        places = [part.position for part in parts] or [row.position]
        pegs = context.session.scalars(
            select(p)
            .where(p.run_id == row.run_id, among(p.suggestion, places))
            .order_by(p.to_day, p.id)
            .limit(MOST)
        ).all()
        return {
            "reason": reason(row), "exception": exception(row), "parts": parts, "serves": pegs,
            "parents": _parents(context, row.run_id, pegs), "address": _address,
            **item_values(context, row.run, row.item_position, optional=True),
        }  # fmt: skip


def item_values(context: Ctx, run: PlanningRun, position: int, *, optional: bool = False) -> dict[str, Any]:
    """An item of a run with its picture and its pegs. NotFound where it has none, unless it is ``optional``."""
    i, p = PlanningItem, PlanningPeg
    item = context.session.scalars(select(i).where(i.run_id == run.id, i.position == position)).one_or_none()
    if item is None:
        if optional:
            return {"item": None, "picture": None, "buckets": [], "pegs": [], "name": "", "uom": ""}
        raise NotFound(str(position))
    pegs = context.session.scalars(
        select(p).where(p.run_id == run.id, p.item_position == position).order_by(p.to_day, p.id).limit(MOST)
    ).all()
    buckets = stock_picture.rows_of(item.moments)
    until = (run.day or context.today()) + timedelta(days=run.horizon_days)
    material = _row(context, Material, item.material_id)
    return {
        "item": item, "buckets": buckets, "pegs": pegs, "parents": _parents(context, run.id, pegs), "address": _address,
        "picture": stock_picture.picture(buckets, item.safety, item.on_hand, until), "name": _name(context, item),
        "uom": material.stock_uom if material is not None else "",
    }  # fmt: skip


def _name(context: Ctx, item: PlanningItem) -> str:
    models: tuple[tuple[Any, int | None], ...] = (
        (Material, item.material_id),
        (Style, item.style_id),
        (Color, item.color_id),
    )
    named = [_row(context, model, id) for model, id in (*models, (Destination, item.destination_id))]
    return " ".join([*(row.code for row in named if row is not None), item.size]).strip()


def _row(context: Ctx, model: Any, row_id: int | None) -> Any:
    return context.session.scalars(select(model).where(model.id == row_id)).one_or_none() if row_id else None


def _parents(context: Ctx, run_id: int, pegs: Any) -> dict[int, PlanningSuggestion]:
    s = PlanningSuggestion
    wanted = {
        each for peg in pegs for each in (peg.parent, getattr(peg, "suggestion", None)) if each is not None
    }
    rows = context.session.scalars(select(s).where(s.run_id == run_id, among(s.position, wanted)))
    return {row.position: row for row in rows}


def _address(entity: str, row_id: int | None) -> str:
    return f"/{entity.replace('.', '/')}/{row_id}" if entity and row_id else ""
