"""Names of work orders and of what happens to them."""

from __future__ import annotations

from collections.abc import Mapping

from core.api import (
    EntityName,
)
from plugins.material_gate.api import GateKind
from plugins.stock.api import demands
from plugins.tna.api import TimelineKind

ENTITY = EntityName("workshop.order")
STARTED = "workshop.started"
GATE = GateKind(ENTITY, "start", ("released",), ("started",), "workshop")
TIMELINE = TimelineKind(ENTITY, "release", ("draft", "released"), STARTED)
STATES: Mapping[str, demands.State] = {"draft": "draft", "done": "closed", "cancelled": "cancelled"}
