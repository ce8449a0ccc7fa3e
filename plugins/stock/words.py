"""Words that documents of stock share."""

from __future__ import annotations

from core.api import State, T

POSTED_STATES = (
    State("draft", T("Draft")),
    State("posted", T("Posted"), "good"),
    State("reversed", T("Reversed"), "bad", closed=True),
    State("cancelled", T("Cancelled"), "bad", closed=True),
)
