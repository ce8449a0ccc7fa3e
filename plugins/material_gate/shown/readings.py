"""What other programs may ask of the gate, where the interface for them is on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.api import Ctx, hookimpl


@hookimpl(optionalhook=True)
def api_readings(ctx: Ctx) -> Sequence[Any]:
    """Kits, for programs."""
    from plugins.material_gate.services.told import KITS

    return [KITS]
