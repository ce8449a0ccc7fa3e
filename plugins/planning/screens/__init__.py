"""Pages of planning."""

from __future__ import annotations

from core.api import Declare
from plugins.planning.screens.forecasts import ForecastView
from plugins.planning.screens.kits import KitsPage
from plugins.planning.screens.promises import PromisePage
from plugins.planning.screens.runs import RunView, SuggestionView
from plugins.planning.screens.scenarios import ReplanPage, ScenarioView
from plugins.planning.screens.shortages import ShortagePage
from plugins.planning.words import FORECAST, REPLAN, RUN, SCENARIO, SUGGESTION


def register(registry: Declare) -> None:
    """Use them."""
    registry.screen(RUN, RunView)
    registry.screen(SUGGESTION, SuggestionView)
    registry.screen(SCENARIO, ScenarioView)
    registry.view(ReplanPage(name="Re-plan", endpoint="planning_replan", url=REPLAN.rstrip("/")))
    registry.screen(FORECAST, ForecastView)
    registry.view(KitsPage(name="Kit analysis", endpoint="planning_kits", url="/planning/kits"))
    registry.view(
        PromisePage(name="Available to promise", endpoint="planning_promises", url="/planning/promises")
    )
    registry.view(ShortagePage(name="Shortages", endpoint="planning_shortages", url="/planning/shortages"))
