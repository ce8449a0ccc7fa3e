"""Names and rights of planning."""

from __future__ import annotations

from core.api import EntityName, State, T

FORECAST = EntityName("planning.forecast")
PLANNERS = ("merch", "prod", "mgr")
"""Roles that plan at first."""
MATERIAL = EntityName("catalog.material")
RUN, SUGGESTION = EntityName("planning.run"), EntityName("planning.suggestion")
MESSAGE = EntityName("planning.message")

SCOPES = (
    ("all", T("Everything")),
    ("orders", T("Some orders")),
    ("styles", T("Some styles")),
    ("materials", T("Some materials")),
)
BUCKETS = (("day", T("Days")), ("week", T("Weeks")))
KINDS = (("buy", T("Buy")), ("make", T("Make")), ("outsource", T("Outsource")))
SAID = (
    ("in", T("Move earlier")),
    ("overdue", T("Is overdue")),
    ("more", T("Raise")),
    ("less", T("Reduce")),
    ("out", T("Move later")),
    ("cancel", T("Cancel it")),
)
"""What is said of supply, the most urgent first."""
URGENCY = {kind: n for n, (kind, _label) in enumerate(SAID)}
TONES = {"in": "bad", "overdue": "bad", "more": "warn", "less": "info", "out": "info", "cancel": "warn"}
EXCEPTIONS = (
    ("no_color", T("No colour in the BOM")),
    ("no_bom", T("No BOM")),
    ("no_supplier", T("No supplier")),
    ("expedite", T("Expedite")),
    ("late", T("Late")),
)
"""Why a suggestion stands first, the worst first."""
RUN_STATES = (
    State("waiting", T("Being reckoned"), "info"),
    State("done", T("Current"), "good"),
    State("superseded", T("Superseded"), "neutral", closed=True),
    State("failed", T("Failed"), "bad", closed=True),
)
SUGGESTION_STATES = (
    State("open", T("Proposed"), "info"),
    State("firm", T("Firm"), "good"),
    State("merged", T("Merged"), "neutral", closed=True),
    State("released", T("Released"), "done", closed=True),
    State("dropped", T("Dropped"), "neutral", closed=True),
)
SCENARIO = EntityName("planning.scenario")
ASSUMED = (
    ("rush", T("Rush order")),
    ("late", T("A document comes later")),
    ("closed", T("A factory or supplier is later")),
    ("changed", T("An order changes")),
)
SCENARIO_STATES = (
    State("open", T("Open question"), "info"),
    State("done", T("Carried out"), "done", closed=True),
    State("discarded", T("Discarded"), "neutral", closed=True),
)
REPLAN = "/planning/replan/"
