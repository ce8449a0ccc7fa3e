"""What the programming interface asks other plugins."""

from __future__ import annotations

from collections.abc import Sequence

from core.api import Ctx, hookspec
from plugins.rest.api import Reading


@hookspec
def api_readings(ctx: Ctx) -> Sequence[Reading]:
    """Figures that are no documents and that programs may ask for: balances, what is short, what is due."""
    raise NotImplementedError
