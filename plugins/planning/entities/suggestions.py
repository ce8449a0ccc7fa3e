"""Suggestions and messages of plans: lists in which they are worked off, exceptions first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.api import Action, Column, Ctx, Declare, EntityType, Field, Filter, Problem, T, Text
from core.values import decimal_text
from plugins.catalog.api import SUPPLIER_PRICES
from plugins.planning.models import PlanningMessage, PlanningSuggestion
from plugins.planning.services import merging, releasing
from plugins.planning.words import (
    EXCEPTIONS,
    KINDS,
    MESSAGE,
    PLANNERS,
    RUN,
    SAID,
    SUGGESTION,
    SUGGESTION_STATES,
    TONES,
)

LABELS = dict(EXCEPTIONS)
OPEN = ("open", "firm")


def reason(row: PlanningSuggestion) -> Text:
    """Why it is suggested, in words and numbers."""
    numbers = {
        name: decimal_text(getattr(row, name), grouped=True)
        for name in ("net", "gross", "safety", "available", "substituted")
    }
    if row.substituted:
        return T(
            "need {net} = {gross} wanted + {safety} safety − {available} there − {substituted} substituted",
            **numbers,
        )
    return T("need {net} = {gross} wanted + {safety} safety − {available} there", **numbers)


def exception(row: PlanningSuggestion) -> Text | None:
    """What is wrong with it."""
    if row.exception == "expedite":
        return T("Expedite by {n} days", n=row.expedite)
    if row.exception == "late" and row.ready_on is not None:
        return T("Late by {n} days", n=(row.ready_on - row.due).days)
    return LABELS.get(row.exception)


def _exceptions(ctx: Ctx, rows: Sequence[PlanningSuggestion]) -> Mapping[int, Any]:
    tones = {"expedite": "warn", "late": "warn"}
    return {
        row.id: (said, tones.get(row.exception, "bad"))
        for row in rows
        if (said := exception(row)) is not None
    }


def _reasons(ctx: Ctx, rows: Sequence[PlanningSuggestion]) -> Mapping[int, Any]:
    return {row.id: str(reason(row)) for row in rows}


def _check(ctx: Ctx, row: PlanningSuggestion | None, data: Mapping[str, Any], children: Any) -> list[Problem]:
    due = data.get("due")
    if due is not None and row is not None and due != row.due and due < ctx.today():
        return [Problem(T("That day is over."), "due")]
    if row is not None and row.style_id is not None and data.get("qty") not in (None, row.qty):
        return [Problem(T("Pieces of a style follow from its sizes."), "qty")]
    return []


def _with_exception(ctx: Ctx, select: Any, value: str) -> Any:
    s = PlanningSuggestion
    return select.where(s.exception != "") if value == "any" else select.where(s.exception == value)


def _said(ctx: Ctx, rows: Sequence[PlanningMessage]) -> Mapping[int, Any]:
    words = dict(SAID)
    return {row.id: (words[row.kind], TONES[row.kind]) for row in rows}


ENTITY = EntityType(
    name=SUGGESTION, model=PlanningSuggestion, label=T("Plan suggestion"), plural=T("Plan suggestions"), key="number", title="",
    states=SUGGESTION_STATES,
    fields=(
        Field("number", T("Number"), readonly=True),
        Field("run", T("Plan"), "ref", ref=RUN, readonly=True),
        Field("kind", T("Kind"), "choice", choices=KINDS, readonly=True),
        Field("material", T("Material"), "ref", ref="catalog.material", readonly=True),
        Field("style", T("Style"), "ref", ref="catalog.style", readonly=True),
        Field("color", T("Colour"), "ref", ref="catalog.color", readonly=True),
        Field("size", T("Size"), readonly=True),
        Field("destination", T("Destination"), "ref", ref="catalog.destination", readonly=True),
        Field("qty", T("Quantity"), "qty", required=True, min=0),
        Field("due", T("Wanted on"), "date", required=True),
        Field("release_on", T("Begin on"), "date", readonly=True),
        Field("ready_on", T("There on"), "date", readonly=True),
        Field("supplier", T("Supplier"), "ref", ref="catalog.partner", where={"is_supplier": True}),
        Field("price", T("Price"), "price", min=0, sees=SUPPLIER_PRICES),
        Field("note", T("Note"), "long", max_length=2000, wide=True),
        Field("made_number", T("Became"), readonly=True, href=lambda row: _address(row.made_entity, row.made_id)),
        Field("merged_into", T("Merged into"), readonly=True),
    ),
    columns=(
        Column("exception", T("Exception"), "badge", load=_exceptions, order=lambda ctx: PlanningSuggestion.rank),
        "number", Column("state", T("State"), "state", attr="state"), "kind", "material", "style",
        "color", "size", "qty", "due", "release_on", "supplier",
        Column("why", T("Why"), "text", load=_reasons, sort=False),
        Column("made", T("Became"), "text", attr="made_number"),
    ),
    filters=(
        "run", "kind", "material", "style", "supplier", "due",
        Filter("problem", T("Exception"), lambda ctx: (("any", T("Any")), *EXCEPTIONS), _with_exception),
    ),
    search=("number", "material", "style"), default_sort="exception", validate=_check,
    brief=("exception", "number", "material", "style", "color", "size", "qty", "due", "supplier"),
    edit_states=OPEN, creatable=False, edit_roles=PLANNERS,
    figures=lambda ctx, row: {"reason": str(reason(row)), "pieces": row.pieces},
)  # fmt: skip
MESSAGES = EntityType(
    name=MESSAGE, model=PlanningMessage, label=T("Message on supply"), plural=T("Messages on supply"), key="number", title="",
    fields=(
        Field("run", T("Plan"), "ref", ref=RUN, readonly=True),
        Field("kind", T("Plan message"), "choice", choices=SAID, readonly=True),
        Field("number", T("Document on order"), readonly=True, href=lambda row: _address(row.entity, row.entity_id)),
        Field("line", T("Line"), "int", readonly=True),
        Field("material", T("Material"), "ref", ref="catalog.material", readonly=True),
        Field("style", T("Style"), "ref", ref="catalog.style", readonly=True),
        Field("color", T("Colour"), "ref", ref="catalog.color", readonly=True),
        Field("size", T("Size"), readonly=True),
        Field("qty", T("Quantity"), "qty", readonly=True),
        Field("day", T("Expected on"), "date", readonly=True),
        Field("to_day", T("Should be there on"), "date", readonly=True),
    ),
    columns=(
        Column("kind", T("Plan message"), "badge", load=_said, order=lambda ctx: PlanningMessage.rank),
        "number", "line", "material", "style", "color", "size", "qty", "day", "to_day",
    ),
    filters=("run", "kind", "material", "style"), search=("number",), default_sort="kind", creatable=False,
    editable=lambda ctx, row: T("A message is not changed: change what it is about."),
)  # fmt: skip


def _address(entity: str, row_id: int | None) -> str:
    return f"/{entity.replace('.', '/')}/{row_id}" if entity and row_id else ""


def _nothing(ctx: Ctx, row: PlanningSuggestion, data: Mapping[str, Any]) -> None:
    return None


def register(registry: Declare) -> None:
    """Declare both, and what is done with suggestions."""
    registry.entity(ENTITY)
    registry.entity(MESSAGES)
    for action in (
        Action(
            SUGGESTION, "release", T("Release as drafts"), releasing.release, OPEN, roles=PLANNERS,
            batch="together", tone="primary", order=10,
            confirm=T("Draft documents are made of these. Made material stays firm where nothing makes documents of it."),
        ),
        Action(
            SUGGESTION, "merge", T("Merge"), merging.merge, OPEN, roles=PLANNERS, batch="together", order=20,
            visible=lambda ctx, row: row.material_id is not None and row.destination_id is None,
            fields=(
                Field("days", T("Within days"), "int", min=0, max=366, default=merging.DAYS,
                      help=T("Equal item, supplier and price. What is made for a destination is never merged.")),
            ),
        ),
        Action(
            SUGGESTION, "split", T("Take apart"), merging.split, OPEN, "dropped", permission=f"{SUGGESTION}.merge", order=30,
            visible=lambda ctx, row: "-M" in row.number,
        ),
        Action(SUGGESTION, "firm", T("Make firm"), _nothing, ("open",), "firm", roles=PLANNERS, batch="each", order=40),
        Action(SUGGESTION, "drop", T("Drop"), _nothing, OPEN, "dropped", roles=PLANNERS, batch="each", order=50),
        Action(
            SUGGESTION, "reopen", T("Back to open"), _nothing, ("firm", "dropped"), "open", permission=f"{SUGGESTION}.firm",
            batch="each", order=60,
        ),
    ):  # fmt: skip
        registry.action(action)
