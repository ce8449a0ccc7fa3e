"""Pages of statistics."""

from __future__ import annotations

from core.api import Declare
from plugins.statistics import shown


def register(registry: Declare) -> None:
    """Use these pages."""
    from plugins.statistics.screens.figures import FiguresPage

    registry.view(FiguresPage(name="Statistics", endpoint="statistics_figures", url=shown.BASE))
