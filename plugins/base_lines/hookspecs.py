"""Extension point of tables of lines: pages of actions that a plugin adds to documents of another."""

from __future__ import annotations

from collections.abc import Sequence

from core.api import Ctx, hookspec
from kit.lines import ActionTable


@hookspec
def action_tables(ctx: Ctx, entity: str) -> Sequence[tuple[str, ActionTable]] | None:
    """Actions on documents of this kind that are typed in a table, with the table; their page is at the action's ``link``."""
