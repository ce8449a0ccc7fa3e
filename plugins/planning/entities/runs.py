"""A plan as a document: what is asked, and the numbers of what was found."""

from __future__ import annotations

from typing import Any

from core.api import Column, Ctx, Declare, EntityType, Field, JobKind, T, Text
from plugins.planning.models import PlanningRun
from plugins.planning.services import running
from plugins.planning.words import BUCKETS, PLANNERS, RUN, RUN_STATES, SCOPES


def _fixed(ctx: Ctx, row: PlanningRun) -> Text:
    return T("A plan is not changed: ask for another one.")


def _figures(ctx: Ctx, row: PlanningRun) -> dict[str, Any]:
    return {
        "suggestions": row.suggested,
        "exceptions": row.exceptions,
        "messages": row.told,
        "beyond": row.beyond,
    }


ENTITY = EntityType(
    name=RUN, model=PlanningRun, label=T("Plan"), plural=T("Plans"), key="number", title="", series="planning.run",
    pattern="PL-{YYYY}-{0000}", states=RUN_STATES,
    fields=(
        Field("number", T("Number"), readonly=True),
        Field("scope", T("Scope"), "choice", choices=SCOPES, required=True, default="all"),
        Field("chosen", T("Which"), max_length=2000, wide=True,
              help=T("Numbers of orders, or codes of styles or materials, with commas between them.")),
        Field("horizon_days", T("Days ahead"), "int", required=True, min=1, max=running.LONGEST,
              help=T("What is wanted later is left out.")),
        Field("bucket", T("Buckets"), "choice", choices=BUCKETS, required=True, default="week",
              help=T("What lacks within one is bought or made together.")),
        Field("merge_days", T("Merge within days"), "int", min=0, max=366, default=7,
              help=T("Suggestions of one item, supplier and price within so many days become one. 0: none.")),
        Field("with_safety", T("Keep safety stock up"), "bool", default=True),
        Field("with_forecasts", T("Plan for forecasts"), "bool", default=True),
        Field("with_on_order", T("Count what is on order"), "bool", default=True),
        Field("with_drafts", T("Count drafts too"), "bool", default=True),
        Field("with_substitutes", T("Count on substitutes"), "bool", default=True,
              help=T("As far as they are free; a person confirms each on its factory order.")),
        Field("note", T("Note"), "long", max_length=2000, wide=True),
        Field("day", T("Reckoned on"), "date", readonly=True),
        Field("suggested", T("Plan suggestions"), "int", readonly=True),
        Field("exceptions", T("Exceptions"), "int", readonly=True),
        Field("told", T("Messages"), "int", readonly=True),
        Field("problem", T("Why it failed"), readonly=True),
    ),
    columns=("number", Column("state", T("State"), "state", attr="state"), "scope", "day",
        "horizon_days", "suggested", "exceptions", "told"),
    filters=("scope", "day"), search=("number",), figures=_figures, validate=running.check, before_save=running.stamp,
    after_save=running.begin, editable=_fixed, edit_roles=PLANNERS, menu=("planning", 10),
)  # fmt: skip


def register(registry: Declare) -> None:
    """Declare it and its background work."""
    registry.entity(ENTITY)
    registry.job(JobKind(running.JOB, running.run, T("Plan")))
