"""What other programs may ask of planning, where the interface for them is on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.api import Ctx, hookimpl


@hookimpl(optionalhook=True)
def api_readings(ctx: Ctx) -> Sequence[Any]:
    """Kits, for programs."""
    from plugins.planning.services.told import KITS, PROMISES

    return [KITS, PROMISES]
