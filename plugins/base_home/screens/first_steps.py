"""Putting the first steps of a new company away."""

from __future__ import annotations

from typing import Any

from core.base_api import PLUGINS_RIGHT
from core.web.api import Page, ctx, route, submit_once
from plugins.base_home.services import first_steps


class FirstStepsPage(Page):
    """They stand on the Hub page; here they are put away."""

    plugin = "base_home"

    @route("/away", right=PLUGINS_RIGHT, methods=("POST",))
    def away(self) -> Any:
        """Nobody sees them any more."""

        def work() -> str:
            first_steps.put_away(ctx())
            return "/"

        return submit_once(work)
