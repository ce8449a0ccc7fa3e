"""Scenarios as documents: assumptions in a table, played through on their page, carried out or discarded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.api import Action, ChildTable, Column, Ctx, Declare, EntityName, EntityType, Field, T
from plugins.planning.models import PlanningAssumption, PlanningScenario
from plugins.planning.services import scenarios
from plugins.planning.services.running import LONGEST
from plugins.planning.words import ASSUMED, PLANNERS, REPLAN, SCENARIO, SCENARIO_STATES

ORDER = EntityName("orders.order")

ENTITY = EntityType(
    name=SCENARIO, model=PlanningScenario, label=T("What if"), plural=T("What if"), key="number", title="name",
    series="planning.scenario", pattern="WI-{YYYY}-{0000}", states=SCENARIO_STATES,
    fields=(
        Field("number", T("Number"), readonly=True),
        Field("name", T("Question"), required=True, max_length=200, wide=True),
        Field("horizon_days", T("Days ahead"), "int", required=True, min=1, max=LONGEST, default=180),
        Field("note", T("Note"), "long", max_length=2000, wide=True),
        Field("outcome", T("What came of it"), readonly=True),
    ),
    children=(
        ChildTable(
            "assumptions", T("Assumptions"), PlanningAssumption,
            (
                Field("kind", T("What happens"), "choice", choices=ASSUMED, required=True),
                Field("document", T("Order or purchase order"), max_length=60,
                      help=T("The number of what comes later, or changes.")),
                Field("partner", T("Customer, factory or supplier"), "ref", ref="catalog.partner"),
                Field("style", T("Style"), "ref", ref="catalog.style"),
                Field("color", T("Colour"), "ref", ref="catalog.color"),
                Field("pieces", T("Pieces"), max_length=400, help=T("By size: S-100, M-200.")),
                Field("destination", T("Destination"), "ref", ref="catalog.destination"),
                Field("day", T("Day"), "date", help=T("Wanted on, or from which day on.")),
                Field("days", T("Days later"), "int", min=-365, max=365),
                Field("pct", T("More by"), "pct", min=-100, max=1000, suffix="%"),
            ),
        ),
    ),
    columns=("number", "name", Column("state", T("State"), "state", attr="state")),
    search=("number", "name"), validate=scenarios.check, before_save=scenarios.stamp,
    edit_states=("open",), edit_roles=PLANNERS, menu=("planning", 50),
)  # fmt: skip


def _discard(ctx: Ctx, row: PlanningScenario, data: Mapping[str, Any]) -> None:
    return None


def register(registry: Declare) -> None:
    """Declare it and what becomes of it."""
    registry.entity(ENTITY)
    registry.action(
        Action(
            SCENARIO, "play", T("Play it through"), None, ("open",), link="play", permission=f"{SCENARIO}.view",
            tone="primary", order=10,
        )
    )  # fmt: skip
    registry.action(
        Action(
            SCENARIO, "carry_out", T("Carry it out"), scenarios.carry_out, ("open",), "done", roles=PLANNERS, order=20,
            confirm=T("Rush orders become drafts of customer orders. What else was assumed is to be changed where it stands."),
        )
    )  # fmt: skip
    registry.action(
        Action(
            SCENARIO, "discard", T("Discard it"), _discard, ("open",), "discarded", roles=PLANNERS, order=30
        )
    )
    registry.action(
        Action(
            ORDER, "replan", T("What would a change do?"), None, ("confirmed",), link=f"{REPLAN}?order={{key}}",
            permission=f"{SCENARIO}.view", order=70,
        )
    )  # fmt: skip
