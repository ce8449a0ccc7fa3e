"""What planning declares."""

from __future__ import annotations

from core.api import Declare, T
from plugins.planning.entities import forecasts, runs, scenarios, suggestions


def declare(registry: Declare) -> None:
    """Entities and rights."""
    runs.register(registry)
    suggestions.register(registry)
    forecasts.register(registry)
    scenarios.register(registry)
    registry.permission("planning.view", T("See kits, promise dates and shortages"), ("*",))
