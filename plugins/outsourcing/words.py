"""Fixed words of the plugin: states, contract badges."""

from __future__ import annotations

from core.api import State, T, Text

ORDER_STATES = (
    State("draft", T("Draft"), "neutral"),
    State("issued", T("Issued"), "info"),
    State("in_production", T("In production"), "warn"),
    State("completed", T("Completed"), "good"),
    State("closed", T("Closed"), "done", closed=True),
    State("cancelled", T("Cancelled"), "bad", closed=True),
)
PAYMENT_STATES = (
    State("draft", T("Draft"), "neutral"),
    State("posted", T("Posted"), "good"),
    State("reversed", T("Reversed"), "bad", closed=True),
)
ADJUSTMENT_STATES = (
    State("draft", T("Draft"), "neutral"),
    State("agreed", T("Agreed"), "good"),
    State("cancelled", T("Cancelled"), "bad", closed=True),
)
CONTRACT_STATUS: dict[str, tuple[Text, str]] = {
    "none": (T("No contract"), "neutral"),
    "generated": (T("Generated"), "info"),
    "sent": (T("Sent"), "info"),
    "signed": (T("Signed"), "good"),
    "void": (T("Void"), "bad"),
}
"""Of a factory order: word and tone."""
VERSION_STATUS: dict[str, tuple[Text, str]] = {
    "preparing": (T("In preparation"), "warn"),
    "failed": (T("Failed"), "bad"),
    "generated": (T("Generated"), "info"),
    "signed": (T("Signed"), "good"),
    "void": (T("Void"), "bad"),
    "superseded": (T("Replaced"), "neutral"),
}
"""Of one contract in the history: word and tone."""
FLAGS: dict[str, tuple[Text, str]] = {
    "cancelled": (T("Customer cancelled"), "bad"),
    "stock": (T("For stock"), "warn"),
}
