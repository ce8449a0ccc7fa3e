"""Pages of engineering."""

from __future__ import annotations

from core.api import Declare


def register(registry: Declare) -> None:
    """Use these pages."""
    from plugins.engineering.screens import changes
    from plugins.engineering.screens.boms import BomView
    from plugins.engineering.screens.queries import QueryPage

    registry.screen("engineering.bom", BomView)
    registry.view(QueryPage(name="BOM queries", endpoint="engineering_queries", url="/engineering/queries"))
    changes.register(registry)
