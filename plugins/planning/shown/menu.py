"""Entries of the menu."""

from __future__ import annotations

from collections.abc import Sequence

from core.api import Ctx, NavItem, T, hookimpl


@hookimpl
def nav_items(ctx: Ctx) -> Sequence[NavItem]:
    """Kits, promise dates, shortages."""
    if not ctx.can("planning.view"):
        return []
    return [
        NavItem(T("Kit analysis"), "/planning/kits/", "planning", 10),
        NavItem(T("Available to promise"), "/planning/promises/", "planning", 20),
        NavItem(T("Shortages"), "/planning/shortages/", "planning", 30),
    ]
