"""Tables of planning."""

from plugins.planning.models.forecasts import Forecast
from plugins.planning.models.runs import (
    PlanningItem,
    PlanningMessage,
    PlanningPeg,
    PlanningRun,
    PlanningStandIn,
    PlanningSuggestion,
)
from plugins.planning.models.scenarios import PlanningAssumption, PlanningScenario

__all__ = [
    "Forecast",
    "PlanningAssumption",
    "PlanningItem",
    "PlanningMessage",
    "PlanningPeg",
    "PlanningRun",
    "PlanningScenario",
    "PlanningStandIn",
    "PlanningSuggestion",
]
