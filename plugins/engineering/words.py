"""The fixed choices of engineering."""

from __future__ import annotations

from core.api import EntityName, State, T

BOM = EntityName("engineering.bom")
MATERIAL = EntityName("catalog.material")
STYLE = EntityName("catalog.style")

BUY, MAKE, OUTSOURCE = "buy", "make", "outsource"
SOURCES = ((BUY, T("Bought")), (MAKE, T("Made in the house")), (OUTSOURCE, T("Made by others")))
MADE = (MAKE, OUTSOURCE)
"""Sources of what has a BOM of its own."""

STATES = (
    State("draft", T("Draft")),
    State("active", T("In force"), "good"),
    State("retired", T("Retired"), "done", closed=True),
)
EDITORS = ("merch", "prod", "mgr")
