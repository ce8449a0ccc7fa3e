"""Fixed words of the material gate: states, reasons, stages, and what a setting is where nobody set it."""

from __future__ import annotations

from decimal import Decimal

from core.api import Ctx, ListSpec, State, T, Text
from plugins.catalog.api import STAGES

RIGHT = "material_gate.override"
"""Whoever may start production, or let it be started, in spite of the gate."""
VIEW = "material_gate.override.view"
"""Whoever sees overrides sees the gates too."""
REASONS = "material_gate.reason"

ASK = "material_gate.ask"
"""Whoever may ask those who override to do it."""

STATES = (
    State("asked", T("Asked for"), "warn"),
    State("open", T("Not used yet"), "info"),
    State("used", T("Used up"), "done", closed=True),
    State("void", T("Void"), "bad", closed=True),
)
LIST = ListSpec(
    REASONS,
    T("Reasons for going on without material"),
    (
        ("later_stage", "Needed at a later stage only", "後續工段才需要", "后续工段才需要"),
        ("on_the_way", "On the way, arrives before it is used", "在途，使用前到廠", "在途，使用前到厂"),
        ("partial", "Enough for the first pieces", "足夠先開裁部分", "足够先开裁部分"),
        ("substitute", "Another material is used instead", "改用代用料", "改用代用料"),
        ("customer", "The customer agreed", "客戶同意", "客户同意"),
    ),
)
STAGE_WORDS: dict[str, Text] = dict(STAGES)
ALL_STAGES = [code for code, _label in STAGES]
MIN_WORDS = 10
GROWTH = 5


def gated_stages(ctx: Ctx) -> frozenset[str]:
    """Stages whose material the start of production waits for."""
    return frozenset(ctx.setting("material_gate.stages", ALL_STAGES))


def tolerance(ctx: Ctx) -> Decimal:
    """How far below the need a group may stay and be called complete, in percent."""
    return Decimal(str(ctx.setting("material_gate.tolerance_pct", 0)))


def growth(ctx: Ctx) -> Decimal:
    """By how many percent the need may grow before an override is void."""
    return Decimal(str(ctx.setting("material_gate.growth_pct", GROWTH)))


def min_words(ctx: Ctx) -> int:
    """How many characters an explanation has at least."""
    return int(ctx.setting("material_gate.min_text", MIN_WORDS))
