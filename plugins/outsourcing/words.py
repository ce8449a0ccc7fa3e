"""Fixed words of the plugin: states, contract badges."""

from __future__ import annotations

import re

from core.api import EntityName, State, T, Text

CUSTOMER_ORDER = EntityName("orders.order")
FACTORY_ORDER = EntityName("outsourcing.order")

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

_CHANGES: tuple[tuple[re.Pattern[str], Text], ...] = (
    (re.compile(r"price line (?P<line>\d+)"), T("Price of line {line}")),
    (re.compile(r"price (?P<style>.+)"), T("Price of {style}")),
    (re.compile(r"line (?P<line>\d+) ship date"), T("Ship date of line {line}")),
    (re.compile(r"line (?P<line>\d+) short-closed"), T("Line {line} short-closed")),
    (re.compile(r"line (?P<line>\d+) (?P<cell>.+)"), T("Line {line}, {cell}")),
    (re.compile(r"line (?P<line>\d+)"), T("Line {line}")),
    (re.compile(r"total"), T("Contract total")),
)


def change_label(name: str) -> Text | str:
    """What changed in a revision, in the reader's language; the audit trail keeps a neutral name."""
    for pattern, sentence in _CHANGES:
        match = pattern.fullmatch(name)
        if match:
            return sentence.with_values(**match.groupdict())
    return name
