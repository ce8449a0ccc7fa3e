"""The page of an engineering change order: before, after, the versions it made, what it reaches."""

from __future__ import annotations

from typing import Any

from flask import request

from core.api import Ctx, Declare
from plugins.engineering.models import EngineeringChange
from plugins.engineering.screens.mass_change import ChoosesLines
from plugins.engineering.services.change_orders import ENTITY
from plugins.engineering.shown import change_impacts, change_page

SHOWN = 200
"""Lines of a change that its page shows at first."""


def register(registry: Declare) -> None:
    """Use these pages."""
    registry.screen(ENTITY, ChangeView)


class ChangeView(ChoosesLines):
    """Engineering changes."""

    document_template = "engineering/change.html"
    taken_over = ("season", "material")

    def document_values(self, context: Ctx, row: EngineeringChange) -> dict[str, Any]:
        """Lines before and after, impacts, the versions it made."""
        most = None if request.args.get("all") else SHOWN
        return {
            **change_page.lines(context, row, most),
            "versions": change_page.versions(context, row),
            "impacts": change_impacts.impacts(context, row),
        }

    def saved_url(self, row: Any, is_new: bool) -> str:
        """A new one goes straight on to its lines."""
        return self.url_for_row(row, "/lines" if is_new else "")
